package io.sluice.cli;

import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.Sandbox;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The demonstration. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Shows a failover on this machine, in half a minute.",
      "",
      "Starts a cluster of namespaces, gives Pods a floating IP, kills the node that carries it in"
          + " the middle of traffic, tells what happened when, and cleans up."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything went as promised",
      "1:something did not; the end of the output says what, and where the logs are",
      "2:wrong options"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice demo",
      "  ./sluice demo --allocators 2",
      "  ./sluice demo --nodes 5 --keep-logs"
    })
final class DemoCommand implements Callable<Integer> {

  @Mixin private LabOptions options;

  @Spec private CommandSpec spec;

  @Option(
      names = "--compose",
      description =
          "On containers instead of namespaces: builds the images and runs docker-compose.yml.")
  private boolean compose;

  @Option(
      names = "--brokers",
      paramLabel = "N",
      defaultValue = "1",
      description = "With --compose, how many brokers: 1 or 3 (default: ${DEFAULT-VALUE}).")
  private int brokers;

  private final Terminal terminal = Terminal.standard();

  /**
   * Everything is in the sandbox, the logs too: on Ctrl-C, or after a crash, there is nothing to
   * tidy up.
   */
  @Override
  public Integer call() throws InterruptedException {
    if (compose) {
      return onContainers();
    }
    Path logs = Sandbox.scratch().resolve("logs");
    boolean asPromised = false;
    try {
      asPromised = run(logs);
    } finally {
      if (!asPromised || options.keepLogs()) {
        terminal.line("The programs' logs: " + StateDirectory.standard().keepLogs("demo", logs));
      }
    }
    return asPromised ? 0 : 1;
  }

  private int onContainers() throws InterruptedException {
    if (brokers != 1 && brokers != 3) {
      throw new ParameterException(spec.commandLine(), "--brokers: 1 or 3, not " + brokers);
    }
    introduce();
    List<String> broken = new ComposeDemo(terminal, brokers).run();
    conclude(broken, "docker compose up");
    return broken.isEmpty() ? 0 : 1;
  }

  private boolean run(Path logs) {
    introduce();
    terminal.heading("A cluster of network namespaces (nothing of it is seen outside of them)");
    Path scratch = Sandbox.scratch();
    LocalCluster.Directories directories =
        new LocalCluster.Directories(
            scratch.resolve("manifests"),
            scratch.resolve("status"),
            logs,
            scratch.resolve("cluster"));
    List<String> broken;
    try (LocalCluster cluster = LocalCluster.start(options.spec(), directories, terminal)) {
      broken = new Demo(cluster, terminal).run();
    }
    conclude(broken, "./sluice up");
    return broken.isEmpty();
  }

  private void introduce() {
    terminal.line(
        terminal.bold("Sluice gives chosen Pods a fixed source address towards the outside,"));
    terminal.line(
        terminal.bold("and keeps it working when the node that carries the address dies."));
  }

  private void conclude(List<String> broken, String next) {
    terminal.blank();
    if (broken.isEmpty()) {
      terminal.line(terminal.good("Everything went as promised.") + " Nothing is left behind.");
      terminal.line("Go on with: %s, and ./sluice --help".formatted(next));
    } else {
      terminal.line(terminal.bad("Not everything went as promised:"));
      broken.forEach(one -> terminal.line("  - " + one));
    }
  }
}

package io.sluice.cli;

import io.sluice.cli.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Runs a command on a host of the local cluster. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a command on a host of the local cluster.",
      "",
      "In the network of a node or a Pod, of outside (the host beyond the cluster), or of underlay"
          + " (the bridge between them, where Kafka listens)."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0-255:that of the command",
      "1:no cluster runs, or it has no such host",
      "2:wrong arguments"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice run node-1 -- nft list ruleset",
      "  ./sluice run alice-2 -- bash -c 'cat </dev/tcp/203.0.113.10/7777'",
      "  ./sluice run node-1 -- ip link set eth0 down"
    })
final class RunCommand implements Callable<Integer> {

  private static final String UNDERLAY = "underlay";

  @Parameters(index = "0", paramLabel = "HOST", description = "Where to run it.")
  private String host;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "What to run, after --.")
  private List<String> command;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Supervisor supervisor =
        StateDirectory.standard()
            .running()
            .orElseThrow(
                () -> new LabException("no local cluster runs; start one with: ./sluice up"));
    return new ProcessBuilder(enter(supervisor)).inheritIO().start().waitFor();
  }

  private List<String> enter(Supervisor supervisor) {
    List<String> line =
        new ArrayList<>(
            List.of("nsenter", "--target", Long.toString(supervisor.pid()), "--mount", "--pid"));
    if (supervisor.userNamespace()) {
      line.addAll(List.of("--user", "--preserve-credentials"));
    }
    line.add(host.equals(UNDERLAY) ? "--net" : "--net=" + namespace(supervisor));
    line.add("--");
    line.addAll(command);
    return line;
  }

  /** The sandbox's mounts are visible from outside through its first process. */
  private Path namespace(Supervisor supervisor) {
    Path names = Path.of("/proc", Long.toString(supervisor.pid()), "root", "run", "netns");
    Path namespace = names.resolve(host);
    if (host.contains("/") || !Files.exists(namespace)) {
      throw new LabException("no host \"%s\"; there are %s".formatted(host, list(names)));
    }
    return namespace;
  }

  private static String list(Path names) {
    try (Stream<Path> all = Files.list(names)) {
      return String.join(
          ", ",
          Stream.concat(Stream.of(UNDERLAY), all.map(path -> path.getFileName().toString()))
              .sorted()
              .toList());
    } catch (IOException e) {
      throw new LabException("cannot look into the cluster: " + e.getMessage(), e);
    }
  }
}

package io.sluice.cli.load;

import io.sluice.cli.Terminal;
import io.sluice.cli.audit.ReplayCommand;
import io.sluice.cli.lab.ControlPlane;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.Progress;
import io.sluice.cli.lab.Sandbox;
import io.sluice.kafka.KafkaOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the control plane with a synthetic cluster of any size. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = LoadKubernetesCommand.class,
    description = {
      "Writes a synthetic cluster to the topics and measures how long the decisions take.",
      "",
      "First all objects at once (initial sync), then single Pods at a steady rate, then nodes that"
          + " die, one after the other, and come back. No Kubernetes and no node is needed. Without"
          + " --bootstrap-servers it starts a broker and an allocator of its own, in a sandbox, and"
          + " ends with a replay of the audit log. With it, a running allocator answers: name a"
          + " --cluster that nobody uses, for the objects stay.",
      "",
      "With an API server instead of the topics, and for the watcher: ./sluice load kubernetes."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything was decided, no change was lost, and the replay gave the live state",
      "1:something was not, or Kafka does not answer; the message says what",
      "2:wrong options, or numbers that do not fit each other"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice load                                   150,000 Pods on 5,000 nodes",
      "  ./sluice load --pods 2000 --nodes 50 --namespaces 20 --policies 20 --floating-ips 20",
      "  ./sluice load --changes-per-second 500 --churn-seconds 60 --output json",
      "  ./sluice load --pods 2000 --nodes 50 --failovers 20    at least 1,000 decisions to replay",
      "  ./sluice load --bootstrap-servers kafka:9092 --cluster load-test",
      "  ./sluice load kubernetes --kubeconfig FILE      a real API server and the watcher"
    })
public final class LoadCommand implements Callable<Integer> {

  private static final String OWN_CLUSTER = "load";

  /** How the result is written. */
  enum Output {
    text,
    json
  }

  @Spec private CommandSpec spec;

  @Mixin private KafkaOptions kafka;

  @Mixin private ShapeOptions shapeOptions;

  @Mixin private ChurnOptions churn;

  @Option(
      names = "--failovers",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "How many times after that a gateway node dies, each time the one that carries most"
              + " (default: ${DEFAULT-VALUE}).")
  private int failovers;

  @Option(
      names = "--limit-seconds",
      paramLabel = "N",
      defaultValue = "300",
      description = "The most time for the sync (default: ${DEFAULT-VALUE}).")
  private int limitSeconds;

  @Option(
      names = "--allocator-heap-mebibytes",
      paramLabel = "N",
      defaultValue = "1024",
      description = "The heap of its own allocator (default: ${DEFAULT-VALUE}).")
  private int allocatorHeapMebibytes;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Output output;

  @Override
  public Integer call() {
    LoadShape shape = shapeOptions.shape();
    churn.check();
    churn.requireNotNegative("--failovers", failovers);
    if (failovers > 0 && shapeOptions.gatewayNodes() == 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--failovers: with one gateway node there is nowhere to go");
    }
    Progress progress = output == Output.json ? Progress.silent() : Terminal.standard();
    try {
      boolean named = spec.commandLine().getParseResult().hasMatchedOption("--bootstrap-servers");
      return named ? onRunning(shape, progress) : onOwn(shape, progress);
    } catch (KafkaException e) {
      throw new LabException("Kafka does not do its part: " + e.getMessage(), e);
    }
  }

  private int onRunning(LoadShape shape, Progress progress) {
    return show(run(kafka.clientProperties(), kafka.cluster(), shape, progress, Optional.empty()));
  }

  private int onOwn(LoadShape shape, Progress progress) {
    Properties client = new Properties();
    client.setProperty(
        CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, ControlPlane.BOOTSTRAP_SERVERS);
    try (ControlPlane plane =
        ControlPlane.start(OWN_CLUSTER, Sandbox.scratch(), allocatorHeapMebibytes)) {
      progress.done("a broker and an allocator of our own are ready");
      Optional<Long> pid = Optional.of(plane.allocator().pid());
      int shown = show(run(client, OWN_CLUSTER, shape, progress, pid));
      return Math.max(shown, replay());
    }
  }

  private LoadReport run(
      Properties client, String cluster, LoadShape shape, Progress progress, Optional<Long> pid) {
    return new LoadRun(client, cluster, shape, progress)
        .run(
            Duration.ofSeconds(limitSeconds),
            churn.changesPerSecond(),
            churn.duration(),
            failovers,
            pid);
  }

  private int show(LoadReport report) {
    switch (output) {
      case text -> new LoadText(report).lines().forEach(System.out::println);
      case json -> System.out.println(LoadJson.of(report));
    }
    return report.changesLost() == 0 ? 0 : 1;
  }

  private int replay() {
    return new CommandLine(new ReplayCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(
            "--bootstrap-servers",
            ControlPlane.BOOTSTRAP_SERVERS,
            "--cluster",
            OWN_CLUSTER,
            "--output",
            output.name());
  }
}

package io.sluice.cli.bench;

import io.sluice.cli.lab.ControlPlane;
import io.sluice.cli.lab.Progress;
import io.sluice.cli.lab.Sandbox;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long a decision takes. */
@Command(
    name = "decision",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Deadline passed -> new assignment read, under exactly-once.",
      "",
      "Nodes without a kernel beat every 100 ms, spread evenly. One after the other dies. Its"
          + " deadline is the time that the broker put on its last beat, plus the 500 ms after"
          + " which the allocator takes a node for silent. The measurement ends when a consumer"
          + " that reads committed records only has read where the last of the node's addresses"
          + " are granted instead. Broker, allocator and reader have the same clock; the broker's"
          + " times are in whole milliseconds."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:measured",
      "1:a decision did not come, or was taken before its deadline",
      "2:wrong options"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice bench decision",
      "  ./sluice bench decision --brokers 3 --failovers 300",
      "  ./sluice bench decision --nodes 50 --output json"
    })
final class DecisionCommand implements Callable<Integer> {

  private static final String CLUSTER = "bench";
  private static final int HEAP_MEBIBYTES = 512;
  private static final int MIN_NODES = 3;

  @Spec private CommandSpec spec;

  @Mixin private BenchOutput output;

  @Option(
      names = "--brokers",
      paramLabel = "N",
      defaultValue = "1",
      description = "1 or 3; with 3, two of them acknowledge (default: ${DEFAULT-VALUE}).")
  private int brokers;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "300",
      description = "How many nodes beat (default: ${DEFAULT-VALUE}).")
  private int nodes;

  @Option(
      names = "--failovers",
      paramLabel = "N",
      defaultValue = "200",
      description = "How many of them die (default: ${DEFAULT-VALUE}).")
  private int failovers;

  @Override
  public Integer call() {
    check(brokers == 1 || brokers == 3, "--brokers: 1 or 3, not " + brokers);
    check(nodes >= MIN_NODES, "--nodes: at least %d, not %d".formatted(MIN_NODES, nodes));
    check(failovers > 0, "--failovers: at least 1, not " + failovers);
    Progress progress = output.progress();
    ControlPlane.Plan plan =
        new ControlPlane.Plan(CLUSTER, Sandbox.scratch(), brokers, 1, HEAP_MEBIBYTES, List.of());
    try (ControlPlane plane = ControlPlane.start(plan)) {
      progress.done("ready: brokers %d, and an allocator".formatted(brokers));
      return output.show(
          new DecisionRun(plane.clientProperties(), CLUSTER, nodes, progress)
              .run(failovers, brokers));
    }
  }

  private void check(boolean fine, String otherwise) {
    if (!fine) {
      throw new CommandLine.ParameterException(spec.commandLine(), otherwise);
    }
  }
}

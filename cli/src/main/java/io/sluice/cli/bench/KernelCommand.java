package io.sluice.cli.bench;

import io.sluice.cli.lab.Lab;
import io.sluice.cli.lab.LabSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long an agent's kernel takes. */
@Command(
    name = "kernel",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Assignment read -> address, address translation and announcement in the kernel.",
      "",
      "The agent's own loop, on the kernel of a network namespace, without Kafka: it is handed the"
          + " assignments as its reader hands them on, and has done its work when addresses,"
          + " routes, nftables and the lease's fence are in place and each address has been"
          + " announced."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:measured",
      "1:the kernel refused something, or does not hold what it should",
      "2:wrong options"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice bench kernel",
      "  ./sluice bench kernel --addresses 1,10,100,1000 --runs 500 --pods 10000",
      "  ./sluice bench kernel --output json"
    })
final class KernelCommand implements Callable<Integer> {

  private static final int MOST_ADDRESSES = 5_000;
  private static final int MOST_PODS = 200_000;

  @Spec private CommandSpec spec;

  @Mixin private BenchOutput output;

  @Option(
      names = "--addresses",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,100",
      description = "How many addresses come at once (default: ${DEFAULT-VALUE}).")
  private List<Integer> addresses;

  @Option(
      names = "--pods",
      paramLabel = "N",
      defaultValue = "1000",
      description = "How many Pods are bound to their policies (default: ${DEFAULT-VALUE}).")
  private int pods;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "300",
      description = "How often each (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Override
  public Integer call() {
    addresses.forEach(count -> check("--addresses", count, MOST_ADDRESSES));
    check("--pods", pods, MOST_PODS);
    check("--runs", runs, Integer.MAX_VALUE);
    try (Lab lab = Lab.create(LabSpec.of(2))) {
      List<Figure> figures = new ArrayList<>();
      for (int count : addresses) {
        figures.addAll(
            lab.host("node-1").call(() -> KernelRun.measure(lab.spec(), count, pods, runs)));
        output.progress().done("%d addresses, %d times".formatted(count, runs));
      }
      return output.show(
          new BenchReport(
              "kernel",
              "from the moment the agent's reader hands the assignments to its loop until the"
                  + " kernel holds what follows from them and every address has been announced"
                  + " once",
              "%d Pods are bound, one policy for each address; %d runs of each, without Kafka"
                  .formatted(pods, runs),
              figures,
              List.of()));
    }
  }

  private void check(String option, int value, int most) {
    if (value < 1 || value > most) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "%s: between 1 and %d, not %d".formatted(option, most, value));
    }
  }
}

package io.sluice.cli.chaos;

import io.sluice.cli.StateDirectory;
import io.sluice.cli.Terminal;
import io.sluice.cli.chaos.core.Fault;
import io.sluice.cli.chaos.core.FaultReport;
import io.sluice.cli.chaos.core.Profile;
import io.sluice.cli.lab.Sandbox;
import io.sluice.model.LeaseMode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes real faults, and measures what they cost. */
@Command(
    name = "chaos",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Kills, freezes and cuts off the parts of a cluster, and measures what that costs.",
      "",
      "Starts a cluster of namespaces. For each run a Pod sends a packet every millisecond through"
          + " a floating IP, and an observer on the switch asks every 2 ms who has the address and"
          + " notes who answers for it or sends with it. Then the fault is made to the node that"
          + " carries the address, takes its course, and is healed. The table tells how long the"
          + " Pod had no answers, and for how long an address had two holders. docs/CHAOS.md says"
          + " how that is measured."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every promise was kept",
      "1:one was broken; the end of the output says which, and where logs and captures are",
      "2:wrong options"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice chaos --list                            the faults, and what is promised",
      "  ./sluice chaos                                   each once in each mode, in 10 minutes",
      "  ./sluice chaos --fault node-crash --runs 20 --mode available",
      "  ./sluice chaos --fault agent-killed agent-frozen-10s --profile fast --keep-logs",
      "  ./sluice chaos --mode strict --output json >chaos.json"
    })
public final class ChaosCommand implements Callable<Integer> {

  /** How the result is written. */
  enum Output {
    text,
    json
  }

  /** As on the gateway. */
  enum Mode {
    strict,
    available;

    LeaseMode leaseMode() {
      return switch (this) {
        case strict -> LeaseMode.STRICT;
        case available -> LeaseMode.AVAILABLE;
      };
    }
  }

  /** As for agents and allocator. */
  enum Times {
    DEFAULT(Profile.DEFAULT),
    FAST(Profile.FAST);

    private final Profile profile;

    Times(Profile profile) {
      this.profile = profile;
    }

    @Override
    public String toString() {
      return profile.toString();
    }
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--fault",
      paramLabel = "NAME",
      arity = "1..*",
      split = ",",
      description = "Only these; see --list (default: all).")
  private List<String> faults = List.of();

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "1",
      description = "How often each fault is made in each mode (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "Only gateways of this lease mode: ${COMPLETION-CANDIDATES} (default: both).")
  private Mode mode;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      defaultValue = "default",
      description =
          "The times of agents and allocator: default (beat 100 ms, lease 400 ms, silence 500 ms)"
              + " or fast (30, 90, 120) (default: ${DEFAULT-VALUE}).")
  private Times times;

  @Option(names = "--list", description = "Names the faults and what is promised, and ends.")
  private boolean list;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Output output;

  @Option(
      names = "--keep-logs",
      description = "Leave logs and captures on disk, also of what was as promised.")
  private boolean keepLogs;

  /** Everything is in the sandbox: on Ctrl-C, or after a crash, there is nothing to tidy up. */
  @Override
  public Integer call() {
    if (list) {
      ChaosText.list(times.profile).forEach(System.out::println);
      return 0;
    }
    if (runs < 1) {
      throw wrong("--runs: at least 1, not " + runs);
    }
    Chaos.Plan plan = new Chaos.Plan(chosenFaults(), chosenModes(), runs, times.profile, keepLogs);
    Sandbox.require();
    Path logs = Sandbox.scratch().resolve("logs");
    boolean kept = false;
    try {
      kept = run(plan, logs);
    } finally {
      if (!kept || keepLogs) {
        System.err.println(
            "Logs and captures: " + StateDirectory.standard().keepLogs("chaos", logs));
      }
    }
    return kept ? 0 : 1;
  }

  private boolean run(Chaos.Plan plan, Path logs) {
    Terminal progress = output == Output.json ? Terminal.onStandardError() : Terminal.standard();
    List<FaultReport> reports;
    try (Chaos chaos = new Chaos(plan, Sandbox.scratch(), logs, progress)) {
      reports = chaos.run();
    }
    List<String> broken = ChaosText.broken(reports);
    switch (output) {
      case text -> {
        System.out.println();
        ChaosText.table(reports).forEach(System.out::println);
        System.out.println();
        System.out.println(
            broken.isEmpty() ? "Every promise was kept." : "Not every promise was kept:");
        broken.forEach(sentence -> System.out.println("  - " + sentence));
      }
      case json -> System.out.println(ChaosJson.of(reports, plan.profile()));
    }
    return broken.isEmpty();
  }

  private List<Fault> chosenFaults() {
    if (faults.isEmpty()) {
      return List.of(Fault.values());
    }
    return new LinkedHashSet<>(faults)
        .stream()
            .map(name ->
                Fault.named(name)
                    .orElseThrow(() ->
                        wrong(
                            "--fault: there is no \"%s\"; there are %s"
                                .formatted(
                                    name,
                                    Arrays.stream(Fault.values())
                                        .map(Fault::toString)
                                        .collect(Collectors.joining(", "))))))
            .toList();
  }

  private List<LeaseMode> chosenModes() {
    return mode == null
        ? List.of(LeaseMode.STRICT, LeaseMode.AVAILABLE)
        : List.of(mode.leaseMode());
  }

  private CommandLine.ParameterException wrong(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }
}

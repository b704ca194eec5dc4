package io.sluice.simulator;

import io.sluice.simulator.Simulation.Outcome;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sluice simulate}: runs seeds, and shows what happened where a promise was broken. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the real allocator and the real agents in simulated time, strikes them with faults, and"
          + " checks after every step that no promise is broken.",
      "",
      "One seed is one run: the same seed gives the same trace, on every machine."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:no promise was broken",
      "1:a seed broke one; its trace ends with what was broken",
      "2:wrong options"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice simulate --seeds 1000            a thousand runs, seeds 1 to 1000",
      "  ./sluice simulate --seed 42               one run with its trace",
      "  ./sluice simulate --seeds 100 --faults 60",
      "  ./sluice simulate --bug no-gap-rule       plants a mistake, to see it noticed"
    })
public final class SimulateCommand implements Callable<Integer> {

  private static final int DEFAULT_SEEDS = 1_000;

  @Spec private CommandSpec command;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The seed to run, or the first of --seeds (default: 1). Not negative.")
  private Long seed;

  @Option(
      names = "--seeds",
      paramLabel = "K",
      description =
          "How many seeds to run, one after the other; ends at the first that breaks a promise"
              + " (default: 1 with --seed, else 1000).")
  private Integer seeds;

  @Option(
      names = "--faults",
      paramLabel = "F",
      defaultValue = "24",
      description = "How many faults strike in each run (default: ${DEFAULT-VALUE}).")
  private int faults;

  @Option(
      names = "--bug",
      paramLabel = "NAME",
      description = "Plants a mistake; an unknown name shows all of them.")
  private String bugName;

  @Option(names = "--trace", description = "Prints the trace of every run, also of those in order.")
  private boolean trace;

  /** Runs the command and ends with its exit code. */
  public static void main(String[] arguments) {
    SimulateMain.main(arguments);
  }

  static CommandLine commandLine() {
    return new CommandLine(new SimulateCommand());
  }

  @Override
  public Integer call() {
    long first = seed == null ? 1 : atLeast("--seed", seed, 0);
    int count = seeds == null ? (seed == null ? DEFAULT_SEEDS : 1) : seeds;
    atLeast("--seeds", count, 1);
    atLeast("--faults", faults, 0);
    Optional<Bug> bug = bug();
    boolean traced = trace || (seed != null && count == 1);
    PrintWriter out = command.commandLine().getOut();
    long began = System.nanoTime();
    for (int i = 0; i < count; i++) {
      Outcome outcome = Simulation.run(first + i, faults, bug, traced);
      if (outcome.violation().isPresent()) {
        report(out, traced ? outcome : Simulation.run(first + i, faults, bug, true), bug);
        return CommandLine.ExitCode.SOFTWARE;
      }
      outcome.trace().forEach(out::println);
    }
    out.printf(
        Locale.ROOT,
        "%d %s, %d faults each, no promise broken (%.1f s)%n",
        count,
        count == 1 ? "run" : "runs",
        faults,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) / 1e3);
    out.flush();
    return CommandLine.ExitCode.OK;
  }

  private void report(PrintWriter out, Outcome outcome, Optional<Bug> bug) {
    outcome.trace().forEach(out::println);
    out.println();
    out.printf("Seed %d breaks a promise: %s%n", outcome.seed(), outcome.violation().orElseThrow());
    bug.ifPresent(planted -> out.printf("Planted was %s: %s%n", planted, planted.description()));
    out.printf(
        "Again: ./sluice simulate --seed %d --faults %d%s%n",
        outcome.seed(), faults, bug.map(planted -> " --bug " + planted).orElse(""));
    out.flush();
  }

  private Optional<Bug> bug() {
    if (bugName == null) {
      return Optional.empty();
    }
    Optional<Bug> bug = Bug.named(bugName);
    if (bug.isEmpty()) {
      throw wrong("--bug: there is no \"%s\". There are:%n%s".formatted(bugName, Bug.list()));
    }
    return bug;
  }

  private long atLeast(String option, long value, long least) {
    if (value < least) {
      throw wrong("%s: at least %d, not %d".formatted(option, least, value));
    }
    return value;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}

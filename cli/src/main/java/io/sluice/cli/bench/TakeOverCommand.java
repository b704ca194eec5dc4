package io.sluice.cli.bench;

import io.sluice.cli.audit.ReplayCommand;
import io.sluice.cli.lab.ControlPlane;
import io.sluice.cli.lab.Progress;
import io.sluice.cli.lab.Sandbox;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How long a take-over takes. */
@Command(
    name = "takeover",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "The allocator that decides is killed -> the next decision read.",
      "",
      "Of two allocators the one that decides is killed (SIGKILL), again and again, while a policy"
          + " changes every 25 ms. The measurement ends when a consumer that reads committed"
          + " records only has read the outcome of a change that was written after the kill. Every"
          + " change must have exactly one outcome, in order, and in the end the audit log is"
          + " replayed: it must have no hole and give the live state."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:measured, and nothing was lost or doubled",
      "1:something was, or nobody took over",
      "2:wrong options"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice bench takeover",
      "  ./sluice bench takeover --kills 50 --output json",
      "  ./sluice bench takeover --session-timeout-millis 300"
    })
final class TakeOverCommand implements Callable<Integer> {

  private static final String CLUSTER = "bench";
  private static final int HEAP_MEBIBYTES = 256;

  @Spec private CommandSpec spec;

  @Mixin private BenchOutput output;

  @Option(
      names = "--kills",
      paramLabel = "N",
      defaultValue = "20",
      description = "How often (default: ${DEFAULT-VALUE}).")
  private int kills;

  @Option(
      names = "--session-timeout-millis",
      paramLabel = "MS",
      description = "As of the allocator (default: the allocator's).")
  private Integer sessionTimeoutMillis;

  @Override
  public Integer call() {
    if (kills < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--kills: at least 1, not " + kills);
    }
    Progress progress = output.progress();
    List<String> arguments =
        sessionTimeoutMillis == null
            ? List.of()
            : List.of("--session-timeout-millis", sessionTimeoutMillis.toString());
    ControlPlane.Plan plan =
        new ControlPlane.Plan(CLUSTER, Sandbox.scratch(), 1, 2, HEAP_MEBIBYTES, arguments);
    try (ControlPlane plane = ControlPlane.start(plan)) {
      progress.done("a broker and two allocators are ready");
      TakeOverRun.Outcome outcome = new TakeOverRun(plane, CLUSTER, progress).run(kills);
      List<String> wrong = new ArrayList<>(outcome.wrong());
      String replay = replay(plane, wrong);
      progress.done("replayed: " + replay);
      return output.show(TakeOverRun.report(outcome, wrong));
    }
  }

  /** Returns the verdict, which is also noted if it is bad. */
  private static String replay(ControlPlane plane, List<String> wrong) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    int code =
        new CommandLine(new ReplayCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(out)
            .setErr(out)
            .execute("--bootstrap-servers", plane.bootstrapServers(), "--cluster", CLUSTER);
    if (code != 0) {
      wrong.add("the replay of the audit log (exit code %d): %s".formatted(code, text));
      return "not as it should be";
    }
    return "no hole, and exactly the live state";
  }
}

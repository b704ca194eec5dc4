package io.sluice.cli.chaos;

import io.sluice.cli.Table;
import io.sluice.cli.chaos.core.Fault;
import io.sluice.cli.chaos.core.FaultReport;
import io.sluice.cli.chaos.core.Handover;
import io.sluice.cli.chaos.core.Profile;
import io.sluice.cli.chaos.core.RunResult;
import io.sluice.cli.core.Percentiles;
import io.sluice.model.LeaseMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reports for people. */
final class ChaosText {

  private static final double NANOS_PER_MILLI = 1e6;

  private ChaosText() {}

  /** What a run showed, and whether that was as promised. */
  static String inOneLine(RunResult run, List<String> broken) {
    String line =
        "outage %s, %d of %d lost, two holders %s%s"
            .formatted(
                millis(run.traffic().outageNanos()),
                run.traffic().lost(),
                run.traffic().sent(),
                millis(run.twoHolderNanos()),
                run.handover().map(ChaosText::handover).orElse(", " + run.victim() + " stayed"));
    return line + (broken.isEmpty() ? "" : "; BROKEN: " + String.join("; ", broken));
  }

  private static String handover(Handover handover) {
    return ", %s to %s with %s of silence"
        .formatted(handover.from(), handover.to(), millis(handover.silenceNanos()));
  }

  /** One line for each fault and mode. */
  static List<String> table(List<FaultReport> reports) {
    Table table =
        new Table(
            "FAULT", "MODE", "RUNS", "OUTAGE P50", "P99", "MAX", "LOST", "TWO HOLDERS", "PROMISE");
    for (FaultReport report : reports) {
      Percentiles outages = report.outages();
      table.row(
          report.fault().toString(),
          lower(report.mode()),
          Integer.toString(report.runs().size()),
          number(outages.p50Millis()) + " ms",
          number(outages.p99Millis()) + " ms",
          number(outages.maxMillis()) + " ms",
          Long.toString(report.lostAtMost()),
          number(report.twoHolderMillisAtMost()) + " ms",
          (report.broken().isEmpty() ? "kept: " : "BROKEN: ") + report.promise().text());
    }
    return table.lines("  ");
  }

  /** What was not kept, a sentence each. */
  static List<String> broken(List<FaultReport> reports) {
    List<String> all = new ArrayList<>();
    reports.forEach(report -> all.addAll(report.broken()));
    return all;
  }

  /** The faults and what must hold for each, for {@code --list}. */
  static List<String> list(Profile profile) {
    Table table = new Table("FAULT", "WHAT IS DONE", "STRICT", "AVAILABLE");
    for (Fault fault : Fault.values()) {
      table.row(
          fault.toString(),
          fault.description(),
          fault.promise(LeaseMode.STRICT, profile).text(),
          fault.promise(LeaseMode.AVAILABLE, profile).text());
    }
    return table.lines("");
  }

  static String lower(LeaseMode mode) {
    return mode.name().toLowerCase(Locale.ROOT);
  }

  private static String millis(long nanos) {
    return number(nanos / NANOS_PER_MILLI) + " ms";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}

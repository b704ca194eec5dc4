package io.sluice.cli.chaos;

import io.sluice.cli.chaos.core.FaultReport;
import io.sluice.cli.chaos.core.Handover;
import io.sluice.cli.chaos.core.Profile;
import io.sluice.cli.chaos.core.RunResult;
import io.sluice.cli.core.Percentiles;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reports for programs. */
final class ChaosJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final double NANOS_PER_MILLI = 1e6;

  private ChaosJson() {}

  private record Whole(String profile, long samplingMillis, boolean kept, List<OneFault> faults) {}

  private record OneFault(
      String fault,
      String mode,
      String promise,
      boolean kept,
      List<String> broken,
      Percentiles outages,
      long lostAtMost,
      double twoHolderMillisAtMost,
      List<OneRun> runs) {}

  private record OneRun(
      int number,
      String victim,
      String address,
      String begunAt,
      double outageMillis,
      long lost,
      long sent,
      double twoHolderMillis,
      Optional<String> heir,
      Optional<Double> lastSignOfOldMillis,
      Optional<Double> firstSignOfNewMillis,
      int signs,
      long framesLost,
      double longestPauseMillis) {}

  static String of(List<FaultReport> reports, Profile profile) {
    List<OneFault> faults = reports.stream().map(ChaosJson::fault).toList();
    return MAPPER.writeValueAsString(
        new Whole(
            profile.toString(),
            WireObserver.ASKS_EVERY.toMillis(),
            faults.stream().allMatch(OneFault::kept),
            faults));
  }

  private static OneFault fault(FaultReport report) {
    return new OneFault(
        report.fault().toString(),
        ChaosText.lower(report.mode()),
        report.promise().text(),
        report.broken().isEmpty(),
        report.broken(),
        report.outages(),
        report.lostAtMost(),
        report.twoHolderMillisAtMost(),
        report.runs().stream().map(ChaosJson::run).toList());
  }

  private static OneRun run(RunResult run) {
    return new OneRun(
        run.number(),
        run.victim(),
        run.address().toString(),
        Instant.ofEpochSecond(0, run.begunNanos()).toString(),
        millis(run.traffic().outageNanos()),
        run.traffic().lost(),
        run.traffic().sent(),
        millis(run.twoHolderNanos()),
        run.handover().map(Handover::to),
        run.handover().map(it -> millis(it.lastSignNanos() - run.begunNanos())),
        run.handover().map(it -> millis(it.firstSignNanos() - run.begunNanos())),
        run.observation().signs(),
        run.observation().framesLost(),
        millis(run.observation().longestPauseNanos()));
  }

  private static double millis(long nanos) {
    return nanos / NANOS_PER_MILLI;
  }
}

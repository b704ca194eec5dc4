package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.FailoverReport.Crash;
import io.sluice.cli.FailoverReport.NewHolder;
import io.sluice.cli.lab.KafkaView.Seen;
import io.sluice.cli.lab.OutsideHost.Arrival;
import io.sluice.cli.lab.ProbeReport;
import io.sluice.cli.lab.ProbeReport.Shot;
import io.sluice.kafka.TopicRecord;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailoverReportTest {

  private static final String IP = "10.40.1.100";
  private static final Instant CRASH = Instant.ofEpochMilli(1_000_000_000);
  private static final Crash POWER_CUT = new Crash("node-1", IpAddress.parse(IP), CRASH);

  @Test
  void aWholeFailoverIsToldInOrder() {
    FailoverReport report =
        FailoverReport.of(
            POWER_CUT,
            List.of(
                seen(TestRecords.silent("node-1", millis(500)), 505),
                seen(TestRecords.granted(IP, "node-2", 8), 506),
                seen(TestRecords.report("node-2", IP, 8, AppliedState.HELD, millis(509)), 511)),
            probe(-10, 1, 510, 600),
            arrivals(-10, 1, 510, 600));

    assertThat(report.events())
        .extracting(FailoverReport.Event::what)
        .satisfiesExactly(
            what -> assertThat(what).contains("power cut"),
            what -> assertThat(what).contains("last packet").contains("node-1"),
            what -> assertThat(what).contains("silent"),
            what -> assertThat(what).contains("decision").contains("node-2").contains("epoch 8"),
            what -> assertThat(what).contains("node-2 has it in its kernel"),
            what -> assertThat(what).contains("first packet"),
            what -> assertThat(what).contains("answer again"));
    assertThat(report.outage()).contains(Duration.ofMillis(509));
    assertThat(report.lost()).isEqualTo(508);
    assertThat(report.holder()).contains(new NewHolder("node-2", 8));
    assertThat(report.lines().getFirst()).contains("0.0 ms").contains("power cut");
    assertThat(report.lines().getLast()).contains("510.1 ms");
  }

  @Test
  void whatWasBeforeTheCrashIsNoneOfIt() {
    FailoverReport report =
        FailoverReport.of(
            POWER_CUT,
            List.of(
                seen(TestRecords.silent("node-1", millis(-900)), -900),
                seen(TestRecords.granted(IP, "node-2", 3), -890)),
            probe(-500, -400, -300, 100),
            arrivals(-500, -400, -300, 100));

    assertThat(report.holder()).isEmpty();
    assertThat(report.events())
        .extracting(FailoverReport.Event::what)
        .noneMatch(what -> what.contains("silent"));
  }

  @Test
  void trafficThatDoesNotComeBackHasNoOutageThatEnded() {
    FailoverReport report =
        FailoverReport.of(POWER_CUT, List.of(), probe(-10, -1, 9, 9), arrivals(-10, -1));

    assertThat(report.outage()).isEmpty();
    assertThat(report.holder()).isEmpty();
  }

  private static Seen seen(TopicRecord<?, ?> record, long readAtMillis) {
    return new Seen(record, CRASH.plusMillis(readAtMillis));
  }

  private static long millis(long afterCrash) {
    return CRASH.plusMillis(afterCrash).toEpochMilli();
  }

  /** A probe each millisecond, answered from begin to last and from first to end. */
  private static ProbeReport probe(long begin, long last, long first, long end) {
    List<Shot> shots = new ArrayList<>();
    for (long at = begin; at < end; at++) {
      Instant sent = CRASH.plusMillis(at);
      boolean answered = at <= last || at >= first;
      shots.add(
          new Shot(
              at - begin,
              sent,
              answered ? Optional.of(sent.plusNanos(100_000)) : Optional.empty(),
              answered ? Optional.of(IP) : Optional.empty()));
    }
    return new ProbeReport(shots);
  }

  private static List<Arrival> arrivals(long begin, long last, long first, long end) {
    List<Arrival> arrivals = new ArrayList<>(arrivals(begin, last));
    arrivals.addAll(arrivals(first, end));
    return arrivals;
  }

  private static List<Arrival> arrivals(long from, long to) {
    List<Arrival> arrivals = new ArrayList<>();
    for (long at = from; at <= to; at++) {
      arrivals.add(new Arrival(CRASH.plusMillis(at), "alice-2", at, IP));
    }
    return arrivals;
  }
}

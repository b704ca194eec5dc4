package io.sluice.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.lab.ProbeReport.Outage;
import io.sluice.cli.lab.ProbeReport.Shot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProbeReportTest {

  private static final Instant START = Instant.ofEpochSecond(1_000_000);

  @Test
  void aProbeWithoutLossHasNoOutage() {
    ProbeReport report = new ProbeReport(List.of(answered(0), answered(1), answered(2)));

    assertThat(report.outages()).isEmpty();
    assertThat(report.longestOutage()).isEmpty();
    assertThat(report.lost()).isZero();
  }

  @Test
  void anOutageReachesFromTheLastAnsweredToTheNextAnswered() {
    ProbeReport report =
        new ProbeReport(List.of(answered(0), answered(1), lost(2), lost(3), answered(4)));

    Outage outage = report.longestOutage().orElseThrow();
    assertThat(outage.duration()).isEqualTo(Duration.ofMillis(3));
    assertThat(outage.lost()).isEqualTo(2);
    assertThat(outage.lastBefore().sequence()).isEqualTo(1);
    assertThat(outage.firstAfter().sequence()).isEqualTo(4);
  }

  @Test
  void theLongestOfSeveralOutagesIsFound() {
    ProbeReport report =
        new ProbeReport(
            List.of(answered(0), lost(1), answered(2), lost(3), lost(4), answered(5), lost(6)));

    assertThat(report.outages()).hasSize(2);
    assertThat(report.longestOutage().orElseThrow().lost()).isEqualTo(2);
  }

  @Test
  void lossAtTheEndIsLossButNotYetAnOutageThatEnded() {
    ProbeReport report = new ProbeReport(List.of(answered(0), lost(1), lost(2)));

    assertThat(report.outages()).isEmpty();
    assertThat(report.lost()).isEqualTo(2);
    assertThat(report.answeredSince(START.plusMillis(1))).isFalse();
    assertThat(report.answeredSince(START)).isTrue();
  }

  @Test
  void lossBeforeTheFirstAnswerIsNoOutage() {
    assertThat(new ProbeReport(List.of(lost(0), lost(1), answered(2))).outages()).isEmpty();
  }

  @Test
  void shotsAreOrderedBySequenceWhateverOrderTheyComeIn() {
    ProbeReport report = new ProbeReport(List.of(answered(2), lost(1), answered(0)));

    assertThat(report.shots()).extracting(Shot::sequence).containsExactly(0L, 1L, 2L);
    assertThat(report.longestOutage().orElseThrow().lost()).isEqualTo(1);
  }

  @Test
  void eachSourceIsNamedOnceInOrderOfAppearance() {
    ProbeReport report =
        new ProbeReport(
            List.of(
                answered(0, "10.40.1.100"),
                answered(1, "10.40.1.100"),
                answered(2, "10.40.0.12"),
                answered(3, "10.40.1.100")));

    assertThat(report.sources()).containsExactly("10.40.1.100", "10.40.0.12");
  }

  @Test
  void aDatagramOfAProbeIsReadBack() {
    assertThat(Probe.parse(new Probe.Shot("alice-1", 42).text()))
        .contains(new Probe.Shot("alice-1", 42));
  }

  @Test
  void anythingElseIsNoProbe() {
    assertThat(Probe.parse("?")).isEmpty();
    assertThat(Probe.parse("probe alice-1 many")).isEmpty();
    assertThat(Probe.parse("probe alice-1 99999999999999999999")).isEmpty();
    assertThat(Probe.parse("probe a b 1")).isEmpty();
  }

  private static Shot answered(long sequence) {
    return answered(sequence, "10.40.1.100");
  }

  private static Shot answered(long sequence, String source) {
    Instant sent = START.plusMillis(sequence);
    return new Shot(sequence, sent, Optional.of(sent.plusNanos(100_000)), Optional.of(source));
  }

  private static Shot lost(long sequence) {
    return new Shot(sequence, START.plusMillis(sequence), Optional.empty(), Optional.empty());
  }
}

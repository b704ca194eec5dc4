package io.sluice.allocator.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommitPaceTest {

  private final CommitPace pace = new CommitPace(5, 100);

  @Test
  void nothingWantedIsNothingCommitted() {
    assertThat(pace.take(1_000)).isFalse();
  }

  @Test
  void aDecisionThatComesAloneIsCommittedAtOnce() {
    pace.want();
    assertThat(pace.take(100)).isTrue();
    assertThat(pace.take(100)).isFalse();
  }

  @Test
  void manyDecisionsShareACommit() {
    pace.want();
    pace.take(100);
    pace.want();
    assertThat(pace.take(104)).isFalse();
    pace.want();
    assertThat(pace.take(105)).isTrue();
    assertThat(pace.take(200)).isFalse();
  }

  @Test
  void aFewAreNotKeptWaitingForAsLongAsMany() {
    CommitPace patient = new CommitPace(20, 100);
    patient.want();
    patient.take(100);
    patient.want();
    assertThat(patient.take(104)).isFalse();
    assertThat(patient.take(105)).isTrue();
    for (int i = 0; i < 21; i++) {
      patient.want();
    }
    assertThat(patient.take(124)).isFalse();
    assertThat(patient.take(125)).isTrue();
  }

  @Test
  void failuresThatPassAreAllowedAndThoseThatComeAgainAndAgainAreNot() {
    FailureLimit limit = new FailureLimit(2, Duration.ofMillis(100));
    assertThat(limit.allows(0)).isTrue();
    assertThat(limit.allows(50)).isTrue();
    assertThat(limit.allows(60)).isFalse();
    assertThat(limit.allows(500)).isTrue();
  }

  @Test
  void theTimeOfTheLogIsThatOfTheLastBeatAndWhatPassedSince() {
    LogClock clock = new LogClock();
    assertThat(clock.nowMillis(10, 77_000)).isEqualTo(77_000);
    clock.heard(5_000, 10);
    assertThat(clock.nowMillis(15, 77_000)).isEqualTo(5_005);
  }
}

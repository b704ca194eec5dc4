package io.sluice.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.LeaseFence.Deadline;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.LeaseMode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeaseRenewalTest {

  private static final long SESSION = 7;
  private static final long LEASE = millis(400);
  private static final long START = millis(10_000);
  private static final long WALL_AHEAD = TimeUnit.DAYS.toNanos(20_000);

  private final LeaseRenewal renewal =
      new LeaseRenewal(Duration.ofMillis(400), Duration.ofSeconds(8));

  @Test
  void aBeatThatWasSentKeepsTheAvailableLeaseForTheLeaseAfterItsSending() {
    renewal.begin(SESSION, START);
    assertThat(renewal.sent(sent(SESSION, START + millis(100))))
        .contains(until(START + millis(500)));
  }

  @Test
  void anAcknowledgedBeatKeepsTheStrictLeaseForTheLeaseAfterItsSending() {
    renewal.begin(SESSION, START);
    assertThat(renewal.acknowledged(acknowledged(START + millis(100), START + millis(350))))
        .contains(until(START + millis(500)));
  }

  @Test
  void aBeatSentAfterTheLeaseRenewsNothingUntilTheNextSessionBegins() {
    renewal.begin(SESSION, START);
    renewal.sent(sent(SESSION, START));
    assertThat(renewal.sent(sent(SESSION, START + LEASE))).isEmpty();
    assertThat(renewal.sent(sent(SESSION, START + LEASE + 1))).isEmpty();

    renewal.begin(SESSION + 1, START + LEASE + 2);
    assertThat(renewal.sent(sent(SESSION, START + LEASE + 3))).as("the former one").isEmpty();
    assertThat(renewal.sent(sent(SESSION + 1, START + LEASE + 3))).isPresent();
  }

  @Test
  void anAcknowledgementAfterTheLeaseRenewsNothingEvenIfTheNextOnesAreInTime() {
    renewal.begin(SESSION, START);
    renewal.acknowledged(acknowledged(START, START + millis(5)));
    assertThat(renewal.acknowledged(acknowledged(START + millis(100), START + LEASE))).isEmpty();
    assertThat(renewal.acknowledged(acknowledged(START + millis(450), START + millis(455))))
        .isEmpty();

    renewal.begin(SESSION + 1, START + millis(460));
    assertThat(renewal.acknowledged(acknowledged(START + millis(470), START + millis(475))))
        .as("of the former session")
        .isEmpty();
  }

  @Test
  void anAcknowledgementThatIsOlderThanItsOwnLeaseGivesNone() {
    renewal.begin(SESSION, START);
    assertThat(renewal.acknowledged(acknowledged(START, START + LEASE))).isEmpty();
  }

  @Test
  void anOlderBeatAcknowledgedLaterDoesNotShortenTheLease() {
    renewal.begin(SESSION, START);
    renewal.acknowledged(acknowledged(START + millis(100), START + millis(105)));
    assertThat(renewal.acknowledged(acknowledged(START, START + millis(110)))).isEmpty();
  }

  @Test
  void anAnnouncedRestartThatWasAcknowledgedKeepsTheAvailableLeaseLonger() {
    renewal.begin(SESSION, START);
    renewal.acknowledged(acknowledged(START, START + millis(3)));
    assertThat(renewal.acknowledged(restarting(START + millis(50), START + millis(53))))
        .contains(new Deadline(START + millis(8_050), START + millis(8_050) + WALL_AHEAD));
    assertThat(LeaseRenewal.mode(Intent.RESTARTING)).isEqualTo(LeaseMode.AVAILABLE);
  }

  /** Its addresses may be elsewhere already, and nobody would be here to yield. */
  @Test
  void anAnnouncedRestartOpensNothingAgainAfterAGapInTheAcknowledgements() {
    renewal.begin(SESSION, START);
    assertThat(renewal.acknowledged(restarting(START, START + millis(3)))).as("first").isEmpty();
    renewal.acknowledged(acknowledged(START, START + millis(3)));
    assertThat(renewal.acknowledged(restarting(START + millis(100), START + LEASE))).isEmpty();
  }

  private static Input.BeatAcknowledged restarting(long sentAt, long receivedAt) {
    return new Input.BeatAcknowledged(
        SESSION, Intent.RESTARTING, sentAt, sentAt + WALL_AHEAD, receivedAt);
  }

  /** A beat before it may have counted, and the node may have been declared silent since. */
  @Test
  void aFirstAcknowledgementThatComesLaterThanALeaseAfterTheBeginningEntitlesToNothing() {
    renewal.begin(SESSION, START);
    assertThat(renewal.acknowledged(acknowledged(START + millis(390), START + LEASE))).isEmpty();
    assertThat(renewal.isProven(START + LEASE)).isFalse();
  }

  @Test
  void aSessionIsProvenForAsLongAsItsBeatsAreAcknowledgedWithoutAGap() {
    renewal.begin(SESSION, START);
    assertThat(renewal.isProven(START)).isFalse();
    renewal.acknowledged(acknowledged(START + millis(100), START + millis(105)));
    assertThat(renewal.isProven(START + millis(499))).isTrue();
    assertThat(renewal.isProven(START + millis(500))).isFalse();
    renewal.acknowledged(acknowledged(START + millis(400), START + millis(510)));
    assertThat(renewal.isProven(START + millis(511))).as("after a gap").isFalse();
  }

  @Test
  void aFarewellRenewsNothing() {
    renewal.begin(SESSION, START);
    assertThat(
            renewal.acknowledged(
                new Input.BeatAcknowledged(
                    SESSION, Intent.STOPPING, START, START + WALL_AHEAD, START + millis(3))))
        .isEmpty();
  }

  /** Wherever the process is stopped, no deadline lies later than the lease after the sending. */
  @Test
  void theWallDeadlineCountsFromTheReadingBeforeThePause() {
    renewal.begin(SESSION, START);
    long pause = millis(300);
    Optional<Deadline> deadline =
        renewal.sent(new Input.BeatSent(SESSION, START + pause, START + WALL_AHEAD));
    assertThat(deadline).contains(new Deadline(START + pause + LEASE, START + WALL_AHEAD + LEASE));
  }

  private static Deadline until(long monotonic) {
    return new Deadline(monotonic, monotonic + WALL_AHEAD);
  }

  private static Input.BeatSent sent(long session, long at) {
    return new Input.BeatSent(session, at, at + WALL_AHEAD);
  }

  private static Input.BeatAcknowledged acknowledged(long sentAt, long receivedAt) {
    return new Input.BeatAcknowledged(
        SESSION, Intent.RUNNING, sentAt, sentAt + WALL_AHEAD, receivedAt);
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}

package io.sluice.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.LeaseSession.Lapse;
import org.junit.jupiter.api.Test;

/** Times are in milliseconds here: the machine does not mind the unit. */
class LeaseSessionTest {

  private static final long LEASE = 400;
  private static final boolean STRICT = true;
  private static final boolean NO_STRICT = false;

  private final LeaseSession lease = new LeaseSession(5, LEASE, 0);

  @Test
  void anAcknowledgedBeatIsWorthALeaseFromWhenItWasSent() {
    lease.beatSent(5, 10);
    lease.acknowledged(5, 10, 90);

    assertThat(lease.strictLive(409)).isTrue();
    assertThat(lease.strictLive(410)).isFalse();
  }

  @Test
  void strictGrantsWaitForTheFirstAcknowledgement() {
    lease.beatSent(5, 10);

    assertThat(lease.strictLive(20)).isFalse();
    assertThat(lease.step(20, STRICT)).isEmpty();
  }

  @Test
  void missingAcknowledgementsEndASessionWithStrictGrants() {
    lease.beatSent(5, 10);
    lease.acknowledged(5, 10, 20);
    lease.beatSent(5, 300);

    assertThat(lease.step(409, STRICT)).isEmpty();
    assertThat(lease.step(410, STRICT)).contains(Lapse.UNACKNOWLEDGED);
    assertThat(lease.session()).isEqualTo(6);
    assertThat(lease.strictLive(411)).isFalse();
  }

  @Test
  void missingAcknowledgementsEndNothingWithoutStrictGrants() {
    lease.acknowledged(5, 10, 20);
    for (long now = 100; now < 100_000; now += 100) {
      lease.beatSent(5, now);
      assertThat(lease.step(now, NO_STRICT)).isEmpty();
    }
    assertThat(lease.session()).isEqualTo(5);
    assertThat(lease.unacknowledged(99_900)).isTrue();
  }

  @Test
  void anAcknowledgementThatComesLateDoesNotRevive() {
    lease.beatSent(5, 10);
    lease.acknowledged(5, 10, 20);
    lease.beatSent(5, 300);
    lease.acknowledged(5, 300, 410);

    assertThat(lease.strictLive(411)).isFalse();
    assertThat(lease.step(411, STRICT)).contains(Lapse.UNACKNOWLEDGED);
  }

  @Test
  void anAcknowledgementInTimeCountsThoughTheLoopHearsOfItLate() {
    lease.acknowledged(5, 10, 20);
    lease.beatSent(5, 300);
    lease.acknowledged(5, 300, 310);

    assertThat(lease.step(600, STRICT)).isEmpty();
    assertThat(lease.strictLive(600)).isTrue();
  }

  /** A beat before it may have counted, and the node may have been declared silent since. */
  @Test
  void aFirstAcknowledgementThatComesLaterThanALeaseAfterTheBeginningEntitlesToNothing() {
    lease.beatSent(5, 10);
    lease.beatSent(5, 390);
    lease.acknowledged(5, 390, 400);

    assertThat(lease.strictLive(401)).isFalse();
    assertThat(lease.step(401, STRICT)).contains(Lapse.UNACKNOWLEDGED);
  }

  @Test
  void whoYieldsBeginsTheNextSession() {
    lease.acknowledged(5, 10, 20);

    assertThat(lease.yield(50)).isEqualTo(Lapse.YIELDED);

    assertThat(lease.session()).isEqualTo(6);
    assertThat(lease.strictLive(51)).isFalse();
    assertThat(lease.unacknowledged(51)).isFalse();
  }

  @Test
  void onlyTheFirstAcknowledgementOfASessionOrAfterASilenceIsWaitedFor() {
    assertThat(lease.awaitsAcknowledgement(0)).isTrue();
    lease.beatSent(5, 10);
    lease.acknowledged(5, 10, 20);
    assertThat(lease.awaitsAcknowledgement(20)).isFalse();
    assertThat(lease.awaitsAcknowledgement(409)).isFalse();
    assertThat(lease.awaitsAcknowledgement(410)).as("silence").isTrue();

    lease.beatSent(5, 390);
    lease.acknowledged(5, 390, 430);
    assertThat(lease.strictLive(430)).as("there was a gap").isFalse();
    assertThat(lease.awaitsAcknowledgement(430)).isFalse();

    lease.yield(440);
    assertThat(lease.awaitsAcknowledgement(440)).as("a new session").isTrue();
  }

  @Test
  void acknowledgementsOfAFormerSessionMeanNothing() {
    lease.acknowledged(5, 10, 20);
    lease.beatSent(5, 390);
    lease.step(410, STRICT);

    lease.acknowledged(5, 405, 420);

    assertThat(lease.session()).isEqualTo(6);
    assertThat(lease.strictLive(421)).isFalse();
    lease.acknowledged(6, 425, 430);
    assertThat(lease.strictLive(431)).isTrue();
  }

  @Test
  void aProcessThatDidNotBeatForALeaseHasStalled() {
    lease.beatSent(5, 100);

    assertThat(lease.step(499, NO_STRICT)).isEmpty();
    assertThat(lease.step(500, NO_STRICT)).contains(Lapse.STALLED);
    assertThat(lease.session()).isEqualTo(6);
  }

  @Test
  void aBeatAfterTheStallDoesNotHideIt() {
    lease.beatSent(5, 100);
    lease.beatSent(5, 700);

    assertThat(lease.step(701, NO_STRICT)).contains(Lapse.STALLED);
  }

  @Test
  void theNextSessionHasALeaseOfItsOwn() {
    lease.step(1_000, NO_STRICT);

    assertThat(lease.step(1_399, NO_STRICT)).isEmpty();
    lease.beatSent(6, 1_300);
    assertThat(lease.step(1_699, NO_STRICT)).isEmpty();
    assertThat(lease.step(1_700, NO_STRICT)).contains(Lapse.STALLED);
    assertThat(lease.session()).isEqualTo(7);
  }

  @Test
  void theNextDeadlineIsTheEarliest() {
    lease.beatSent(5, 100);
    assertThat(lease.nanosUntilDeadline(150)).isEqualTo(350);

    lease.acknowledged(5, 50, 160);
    assertThat(lease.nanosUntilDeadline(160)).isEqualTo(290);
  }
}

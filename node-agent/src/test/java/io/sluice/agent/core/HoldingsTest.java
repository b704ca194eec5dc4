package io.sluice.agent.core;

import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.holder;
import static io.sluice.agent.core.Given.ip;
import static io.sluice.agent.core.Given.ips;
import static io.sluice.agent.core.Given.moving;
import static io.sluice.agent.core.Given.releasing;
import static io.sluice.agent.core.Given.strict;
import static io.sluice.agent.core.Given.strictMoving;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.IpAddress;
import org.junit.jupiter.api.Test;

class HoldingsTest {

  private static final IpAddress IP = ip("10.40.1.100");
  private static final long SESSION = 7;

  private final Assignments assignments = new Assignments();
  private final Holdings holdings = new Holdings("node-1");

  @Test
  void onlyWhatIsGrantedToThisNodeAndThisSessionIsHeld() {
    assignments.put(ip("10.40.1.1"), granted(holder(1, SESSION), 1));
    assignments.put(ip("10.40.1.2"), granted(holder(1, SESSION - 1), 1));
    assignments.put(ip("10.40.1.3"), granted(holder(1, SESSION + 1), 1));
    assignments.put(ip("10.40.1.4"), granted(holder(2, SESSION), 1));
    assignments.put(ip("10.40.1.5"), releasing(holder(1, SESSION), 1));

    assertThat(holdings.wanted(assignments, SESSION, true)).isEqualTo(ips("10.40.1.1"));
  }

  @Test
  void aStrictGrantIsHeldOnlyWhileItsLeaseLives() {
    assignments.put(IP, strict(holder(1, SESSION), 1));

    assertThat(holdings.needsAcknowledgements(assignments, SESSION)).isTrue();
    assertThat(holdings.wanted(assignments, SESSION, true)).containsExactly(IP);
    assertThat(holdings.wanted(assignments, SESSION, false)).isEmpty();
  }

  @Test
  void onlyStrictGrantsAndTheSuccessionToThemNeedAcknowledgements() {
    assignments.put(IP, granted(holder(1, SESSION), 1));
    assignments.put(ip("10.40.1.101"), moving(holder(2, 1), holder(1, SESSION), 1));
    assignments.put(ip("10.40.1.102"), strictMoving(holder(2, 1), holder(1, SESSION - 1), 1));
    assertThat(holdings.needsAcknowledgements(assignments, SESSION)).isFalse();

    assignments.put(ip("10.40.1.102"), strictMoving(holder(2, 1), holder(1, SESSION), 1));

    assertThat(holdings.needsAcknowledgements(assignments, SESSION)).isTrue();
  }

  /** It lapsed, and is about to be granted to this session. */
  @Test
  void aStrictGrantToTheSessionBeforeNeedsAcknowledgements() {
    assignments.put(IP, strict(holder(1, SESSION - 1), 1));

    assertThat(holdings.needsAcknowledgements(assignments, SESSION)).isTrue();
  }

  @Test
  void whatIsCarriedOverIsHeldUntilAnythingNewIsDecided() {
    assignments.put(IP, granted(holder(1, SESSION - 1), 4));
    holdings.carryOver(ips("10.40.1.100"));

    assertThat(holdings.wanted(assignments, SESSION, false)).containsExactly(IP);

    assignments.put(IP, granted(holder(2, 1), 5));
    assertThat(holdings.wanted(assignments, SESSION, false)).isEmpty();

    assignments.put(IP, granted(holder(1, SESSION - 1), 6));
    assertThat(holdings.wanted(assignments, SESSION, false))
        .as("what was let go of once does not come back without a grant to this session")
        .isEmpty();
  }

  @Test
  void aStrictGrantIsNeverCarriedOver() {
    assignments.put(IP, strict(holder(1, SESSION - 1), 4));
    holdings.carryOver(ips("10.40.1.100"));

    assertThat(holdings.wanted(assignments, SESSION, true)).isEmpty();
  }

  @Test
  void whatTheKernelCarriesIsReportedWithItsEpoch() {
    assignments.put(IP, granted(holder(1, SESSION), 4));

    assertThat(
            holdings.carriedOut(
                assignments, SESSION, ips("10.40.1.100"), ips("10.40.1.100"), ips()))
        .containsExactly(new Applied(IP, 4, AppliedState.HELD));
  }

  @Test
  void nothingIsReportedThatTheKernelHasNotDone() {
    assignments.put(IP, granted(holder(1, SESSION), 4));
    assertThat(holdings.carriedOut(assignments, SESSION, ips("10.40.1.100"), ips(), ips()))
        .isEmpty();

    holdings.carriedOut(assignments, SESSION, ips("10.40.1.100"), ips("10.40.1.100"), ips());
    assignments.put(IP, releasing(holder(1, SESSION), 4));
    assertThat(holdings.carriedOut(assignments, SESSION, ips(), ips("10.40.1.100"), ips()))
        .containsExactly(new Applied(IP, 4, AppliedState.HELD));
    assertThat(holdings.carriedOut(assignments, SESSION, ips(), ips(), ips()))
        .containsExactly(new Applied(IP, 4, AppliedState.RELEASED));
  }

  @Test
  void aReleaseThatIsAskedForIsReportedAlsoByWhoNeverHeldTheAddress() {
    assignments.put(IP, releasing(holder(1, SESSION - 1), 4));

    assertThat(holdings.carriedOut(assignments, SESSION, ips(), ips(), ips()))
        .containsExactly(new Applied(IP, 4, AppliedState.RELEASED));
  }

  @Test
  void aGrantToThisSessionThatMayNotBeHeldYetIsNotReportedAsReleased() {
    assignments.put(IP, strict(holder(1, SESSION), 4));

    assertThat(holdings.carriedOut(assignments, SESSION, ips(), ips(), ips())).isEmpty();
  }

  @Test
  void laterMovesAmongOthersAreNotReported() {
    assignments.put(IP, granted(holder(1, SESSION), 4));
    holdings.carriedOut(assignments, SESSION, ips("10.40.1.100"), ips("10.40.1.100"), ips());
    assignments.put(IP, granted(holder(2, 1), 5));
    holdings.carriedOut(assignments, SESSION, ips(), ips(), ips());
    assignments.put(IP, granted(holder(3, 1), 6));

    assertThat(holdings.carriedOut(assignments, SESSION, ips(), ips(), ips()))
        .containsExactly(new Applied(IP, 5, AppliedState.RELEASED));
  }

  @Test
  void theHighestSessionGrantedToIsThatOfThisNodeOnly() {
    assignments.put(ip("10.40.1.1"), granted(holder(1, 41), 1));
    assignments.put(ip("10.40.1.2"), granted(holder(2, 99), 1));

    assertThat(holdings.highestSession(assignments)).isEqualTo(41);
  }

  @Test
  void aSuccessorGetsReadyAndHoldsNothing() {
    assignments.put(IP, moving(holder(2, 1), holder(1, SESSION), 4));

    assertThat(holdings.wanted(assignments, SESSION, true)).isEmpty();
    assertThat(holdings.toPrepare(assignments, SESSION)).containsExactly(IP);
    assertThat(holdings.carriedOut(assignments, SESSION, ips(), ips(), ips()))
        .as("nothing is ready yet")
        .isEmpty();
    assertThat(holdings.carriedOut(assignments, SESSION, ips(), ips(), ips("10.40.1.100")))
        .containsExactly(new Applied(IP, 4, AppliedState.PREPARED));

    assignments.put(IP, granted(holder(1, SESSION), 5));
    assertThat(holdings.toPrepare(assignments, SESSION)).isEmpty();
    assertThat(
            holdings.carriedOut(
                assignments, SESSION, ips("10.40.1.100"), ips("10.40.1.100"), ips()))
        .containsExactly(new Applied(IP, 5, AppliedState.HELD));
  }

  @Test
  void aMoveThatIsCalledOffLeavesNothingToSay() {
    assignments.put(IP, moving(holder(2, 1), holder(1, SESSION), 4));
    holdings.carriedOut(assignments, SESSION, ips(), ips(), ips("10.40.1.100"));

    assignments.put(IP, granted(holder(2, 1), 4));
    assertThat(holdings.toPrepare(assignments, SESSION)).isEmpty();
    assertThat(holdings.carriedOut(assignments, SESSION, ips(), ips(), ips())).isEmpty();
  }

  @Test
  void anotherSessionIsNobodysSuccessor() {
    assignments.put(IP, moving(holder(2, 1), holder(1, SESSION - 1), 4));
    assertThat(holdings.toPrepare(assignments, SESSION)).isEmpty();
  }

  @Test
  void theHolderGoesOnWhileItsSuccessorGetsReady() {
    assignments.put(IP, granted(holder(1, SESSION), 4));
    assignments.put(IP, moving(holder(1, SESSION), holder(2, 1), 4));
    assertThat(holdings.wanted(assignments, SESSION, true)).containsExactly(IP);
    assertThat(holdings.toPrepare(assignments, SESSION)).isEmpty();
  }
}

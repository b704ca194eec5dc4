package io.sluice.agent;

import static io.sluice.agent.core.Given.addresses;
import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.holder;
import static io.sluice.agent.core.Given.ip;
import static io.sluice.agent.core.Given.ips;
import static io.sluice.agent.core.Given.pod;
import static io.sluice.agent.core.Given.podId;
import static io.sluice.agent.core.Given.policyId;
import static io.sluice.agent.core.Given.releasing;
import static io.sluice.agent.core.Given.snat;
import static io.sluice.agent.core.Given.strict;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.AgentLoop.Phase;
import io.sluice.agent.core.BeatOrder;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.NextHop;
import io.sluice.agent.core.WireWatch;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.AgentReport.Nic;
import io.sluice.model.Assignment;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.IpAddress;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AgentLoopTest {

  private static final long SESSION = SteppedAgent.FIRST_SESSION;
  private static final IpAddress FIP = ip("10.40.1.100");
  private static final IpAddress OTHER = ip("10.40.1.101");
  private static final Map<BindingId, Binding> SHOP =
      Map.of(
          policyId("shop"), snat(1, "203.0.113.0/24", "10.40.1.100"),
          podId("shop", "pod-1"), pod("10.244.1.5"));

  private final SteppedAgent agent = new SteppedAgent();

  // ---- starting ---------------------------------------------------------------------------------

  @Test
  void nothingIsRemovedBeforeTheTopicsHaveBeenReadToTheirEnd() {
    KernelTables found = kernelOfAnEarlierLife();
    SteppedAgent restarted = new SteppedAgent(found);

    restarted.advance(10_000);

    assertThat(restarted.dataPlane.kernel).isEqualTo(found);
    assertThat(restarted.orders).as("a node that knows nothing does not beat").isEmpty();
    assertThat(restarted.phase()).isEqualTo(Phase.STARTING);
  }

  @Test
  void whatIsStaleGoesOnceTheTopicsHaveBeenRead() {
    SteppedAgent restarted = new SteppedAgent(kernelOfAnEarlierLife());

    restarted.started(Map.of(FIP, granted(holder(2, 1), 9)), Map.of());

    assertThat(restarted.dataPlane.kernel.held()).isEmpty();
    assertThat(restarted.dataPlane.kernel.podClasses()).isEmpty();
    assertThat(restarted.applied()).isEmpty();
  }

  @Test
  void aRestartedAgentKeepsWhatItWasGrantedBeforeUntilItIsGrantedAnew() {
    SteppedAgent restarted = new SteppedAgent(kernelOfAnEarlierLife());

    restarted.started(Map.of(FIP, granted(holder(1, 7), 4)), SHOP);
    restarted.advance(1_000);
    assertThat(restarted.dataPlane.kernel.held()).containsExactly(FIP);

    restarted.read(FIP, granted(holder(1, SESSION), 5));
    assertThat(restarted.dataPlane.kernel.held()).containsExactly(FIP);
    assertThat(restarted.applied()).containsExactly(held(FIP, 5));
    assertThat(restarted.journal).noneMatch(entry -> entry.startsWith("held"));
  }

  @Test
  void theSessionIsAboveEveryOneThatThisNodeWasGrantedTo() {
    agent.started(Map.of(FIP, granted(holder(1, SESSION + 50), 4)), Map.of());

    assertThat(agent.orders).containsExactly(new BeatOrder(SESSION + 51, Intent.RUNNING));
  }

  @Test
  void aKernelThatRefusesAtTheStartIsTriedAgainAndReported() {
    agent.dataPlane.failuresToCome = 2;
    agent.started(Map.of(), SHOP);

    assertThat(agent.orders).isEmpty();
    assertThat(agent.lastError()).contains("the kernel is out of memory");

    agent.advance(1_000);
    assertThat(agent.phase()).isEqualTo(Phase.RUNNING);
    assertThat(agent.lastError()).isEmpty();
  }

  // ---- grants -----------------------------------------------------------------------------------

  @Test
  void aGrantToThisSessionIsHeldAnnouncedAndReported() {
    agent.started(Map.of(), SHOP);

    agent.read(FIP, granted(holder(1, SESSION), 1));

    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP);
    assertThat(agent.dataPlane.kernel.snat().values()).containsExactly(FIP);
    assertThat(agent.dataPlane.announced).containsExactly(FIP);
    assertThat(agent.applied()).containsExactly(held(FIP, 1));
    agent.advance(6_000);
    assertThat(agent.dataPlane.announced).hasSize(4);
  }

  @Test
  void aGrantToAnotherSessionIsNotHeld() {
    agent.started(Map.of(), SHOP);

    agent.read(FIP, granted(holder(1, SESSION - 1), 1));
    assertThat(agent.dataPlane.kernel.held()).isEmpty();

    agent.read(FIP, granted(holder(1, SESSION + 1), 2));
    assertThat(agent.dataPlane.kernel.held()).isEmpty();
    assertThat(agent.lastError().orElseThrow()).contains("the other agent");
  }

  @Test
  void aGrantWithAnOldEpochIsNotHeld() {
    agent.started(Map.of(FIP, granted(holder(2, 1), 5)), SHOP);

    agent.read(FIP, granted(holder(1, SESSION), 4));

    assertThat(agent.dataPlane.kernel.held()).isEmpty();
    assertThat(agent.dataPlane.kernel.routes().values())
        .containsExactly(new NextHop(true, ip("10.40.0.12")));
  }

  @Test
  void aTombstoneEndsAGrant() {
    agent.started(Map.of(FIP, granted(holder(2, 1), 1)), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 2));

    agent.tell(new Input.AssignmentRead(FIP, Optional.empty()));

    assertThat(agent.dataPlane.kernel.held()).isEmpty();
    assertThat(agent.dataPlane.kernel.egressRoutes().values())
        .containsExactly(KernelTables.NOWHERE);
  }

  @Test
  void aReleaseIsCarriedOutBeforeItIsReported() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.dataPlane.failuresToCome = 1;

    agent.read(FIP, releasing(holder(1, SESSION), 1));
    assertThat(agent.applied()).containsExactly(held(FIP, 1));

    agent.advance(200);
    assertThat(agent.dataPlane.kernel.held()).isEmpty();
    assertThat(agent.applied()).containsExactly(new Applied(FIP, 1, AppliedState.RELEASED));
  }

  // ---- lease ------------------------------------------------------------------------------------

  @Test
  void whileKafkaIsAwayAnAvailableGrantIsKept() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(1_000);
    agent.kafkaIsThere = false;

    agent.advance(600_000);

    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP);
    assertThat(agent.session()).isEqualTo(SESSION);
  }

  @Test
  void whenKafkaIsBackWhatIsHeldIsAnnouncedAgain() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(10_000);
    agent.kafkaIsThere = false;
    agent.advance(10_000);
    int before = agent.dataPlane.announced.size();
    agent.kafkaIsThere = true;

    agent.advance(300);

    assertThat(agent.dataPlane.announced.size()).isGreaterThan(before);
  }

  @Test
  void whileKafkaIsAwayAStrictGrantEndsWithItsLease() {
    agent.started(Map.of(), SHOP);
    agent.advance(50);
    agent.read(FIP, strict(holder(1, SESSION), 1));
    agent.read(OTHER, granted(holder(1, SESSION), 1));
    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP, OTHER);
    agent.kafkaIsThere = false;

    agent.advance(500);

    assertThat(agent.dataPlane.kernel.held())
        .as("the available grant survives the strict one")
        .containsExactly(OTHER);
    assertThat(agent.session()).isEqualTo(SESSION + 1);
    agent.kafkaIsThere = true;
    agent.advance(500);
    assertThat(agent.dataPlane.kernel.held()).containsExactly(OTHER);
    agent.read(FIP, strict(holder(1, SESSION + 1), 2));
    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP, OTHER);
  }

  @Test
  void aFrozenAgentLetsGoOfEverythingBeforeItBeatsInANewSession() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(300);

    agent.freeze(2_000);

    assertThat(agent.dataPlane.kernel.held()).isEmpty();
    assertThat(agent.journal.subList(agent.journal.size() - 2, agent.journal.size()))
        .containsExactly("held []", "beat " + new BeatOrder(SESSION + 1, Intent.RUNNING));
    assertThat(agent.reports.getLast().session()).isEqualTo(SESSION + 1);
    agent.advance(1_000);
    assertThat(agent.dataPlane.kernel.held())
        .as("a grant to the ended session stays void")
        .isEmpty();
    agent.read(FIP, granted(holder(1, SESSION + 1), 2));
    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP);
  }

  @Test
  void aFrozenAgentWithoutKafkaAsksTheWireAndGoesOnIfNobodyAnswers() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(300);
    agent.kafkaIsThere = false;

    agent.freeze(2_000);
    agent.advance(390);
    assertThat(agent.dataPlane.asked).containsExactly(FIP, FIP, FIP);
    assertThat(agent.fence.open()).isEmpty();

    agent.advance(100);
    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP);
    assertThat(agent.fence.open()).containsExactly(FIP);
    assertThat(agent.session()).isEqualTo(SESSION + 1);
    assertThat(agent.dataPlane.announced).endsWith(FIP);
  }

  @Test
  void aFrozenAgentWithoutKafkaYieldsWhatSomebodyAnswersFor() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.read(OTHER, granted(holder(1, SESSION), 1));
    agent.advance(300);
    agent.kafkaIsThere = false;

    agent.freeze(2_000);
    agent.advance(150);
    assertThat(agent.claim(FIP)).isEqualTo(WireWatch.Response.YIELD);
    agent.advance(1_000);

    assertThat(agent.fence.open()).containsExactly(OTHER);
    assertThat(agent.dataPlane.kernel.held()).containsExactly(OTHER);
  }

  @Test
  void aFrozenAgentThatHearsFromKafkaAsksNobody() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(300);

    agent.freeze(2_000);
    agent.advance(1_000);

    assertThat(agent.dataPlane.asked).isEmpty();
    assertThat(agent.fence.open()).isEmpty();
  }

  // ---- the wire ---------------------------------------------------------------------------------

  @Test
  void aHolderThatIsCutOffYieldsAtOnceAndGoesOnOnlyWithAGrantToItsNextSession() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.read(OTHER, granted(holder(1, SESSION), 1));
    agent.advance(300);
    agent.kafkaIsThere = false;
    agent.advance(1_000);
    assertThat(agent.dataPlane.asked).contains(FIP, OTHER);

    assertThat(agent.claim(FIP)).isEqualTo(WireWatch.Response.YIELD);

    assertThat(agent.fence.open()).containsExactly(OTHER);
    assertThat(agent.dataPlane.kernel.held()).containsExactly(OTHER);
    assertThat(agent.session()).isEqualTo(SESSION + 1);
    agent.kafkaIsThere = true;
    agent.advance(1_000);
    assertThat(agent.dataPlane.kernel.held())
        .as("beats alone do not bring it back")
        .doesNotContain(FIP);
    agent.read(FIP, granted(holder(1, SESSION), 2));
    assertThat(agent.dataPlane.kernel.held()).as("nor an older grant").doesNotContain(FIP);
    agent.read(FIP, granted(holder(1, SESSION + 1), 3));
    assertThat(agent.fence.open()).containsExactly(FIP, OTHER);
  }

  @Test
  void theFenceIsShutBeforeTheLoopHasMoved() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.kafkaIsThere = false;
    agent.advance(1_000);

    agent.claimBeforeTheLoop(FIP);

    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP);
    assertThat(agent.fence.open()).isEmpty();
  }

  @Test
  void aHolderWhoseBeatsAreAcknowledgedAnnouncesAgainInstead() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(10_000);
    int before = agent.dataPlane.announced.size();

    assertThat(agent.claim(FIP)).isEqualTo(WireWatch.Response.DEFEND);
    assertThat(agent.claim(FIP)).isEqualTo(WireWatch.Response.NONE);
    agent.advance(1_000);

    assertThat(agent.dataPlane.announced).hasSize(before + 1);
    assertThat(agent.fence.open()).containsExactly(FIP);
    assertThat(agent.session()).isEqualTo(SESSION);
  }

  @Test
  void aFenceThatCannotBeShutIsRenewedNoMore() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.kafkaIsThere = false;
    agent.advance(1_000);
    agent.fence.failuresToCome = 1_000;
    agent.claim(FIP);
    int before = agent.fence.renewals;

    agent.advance(1_000);
    assertThat(agent.fence.renewals).isEqualTo(before);
    assertThat(agent.fence.open()).isEmpty();
    agent.fence.failuresToCome = 0;
    agent.advance(100);
    assertThat(agent.fence.admitted.values()).allMatch(addresses -> !addresses.contains(FIP));
  }

  @Test
  void theLoopWakesForTheEndOfTheLease() {
    agent.started(Map.of(), SHOP);
    agent.advance(20);

    assertThat(agent.millisUntilWork()).isBetween(300L, 400L);
  }

  // ---- kernel -----------------------------------------------------------------------------------

  @Test
  void anErrorOfTheKernelIsReportedAndVanishesWhenItIsOver() {
    agent.started(Map.of(), SHOP);
    agent.dataPlane.failuresToCome = 1;

    agent.read(FIP, granted(holder(1, SESSION), 1));
    assertThat(agent.lastError()).contains("the kernel is out of memory");
    assertThat(agent.applied()).isEmpty();

    agent.advance(150);
    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP);
    assertThat(agent.lastError()).isEmpty();
    assertThat(agent.applied()).containsExactly(held(FIP, 1));
  }

  @Test
  void aKernelThatKeepsRefusingIsAskedMoreAndMoreSeldom() {
    agent.started(Map.of(), SHOP);
    agent.dataPlane.failuresToCome = 1_000;

    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(60_000);

    assertThat(1_000 - agent.dataPlane.failuresToCome).isBetween(10, 25);
    assertThat(agent.orders).as("and the agent beats on").hasSize(1);
    assertThat(agent.session()).isEqualTo(SESSION);
  }

  @Test
  void driftIsRepairedWhenTheKernelTellsOfIt() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(1_000);
    KernelTables right = agent.dataPlane.kernel;
    agent.dataPlane.kernel = right.withoutHeld(ips("10.40.1.100"));

    agent.tell(new Input.DriftNoticed());

    assertThat(agent.dataPlane.kernel).isEqualTo(right);
    assertThat(agent.driftRepaired()).isEqualTo(1);
    assertThat(agent.dataPlane.installations).isEqualTo(2);
  }

  @Test
  void driftIsRepairedWithin30SecondsThoughNobodyTells() {
    agent.started(Map.of(), SHOP);
    KernelTables right = agent.dataPlane.kernel;
    agent.dataPlane.kernel = KernelTables.EMPTY;

    agent.advance(30_100);

    assertThat(agent.dataPlane.kernel).isEqualTo(right);
    assertThat(agent.driftRepaired()).isEqualTo(1);
  }

  @Test
  void noDriftIsNoRepair() {
    agent.started(Map.of(), SHOP);

    agent.tell(new Input.DriftNoticed());
    agent.advance(100_000);

    assertThat(agent.driftRepaired()).isZero();
    assertThat(agent.dataPlane.observations).isBetween(4, 6);
  }

  @Test
  void whoKeepsDisturbingDoesNotKeepTheAgentBusy() {
    agent.started(Map.of(), SHOP);

    for (int i = 0; i < 100; i++) {
      agent.tell(new Input.DriftNoticed());
      agent.advance(10);
    }

    assertThat(agent.dataPlane.observations).isLessThan(15);
  }

  @Test
  void aNewAddressOfTheInterfaceIsReportedAndUsed() {
    agent.started(
        Map.of(FIP, granted(new Assignment.Holder("node-9", 1, addresses("10.99.0.9/16")), 1)),
        SHOP);
    agent.advance(1_000);
    Nic both = new Nic("eth0", "02:00:00:00:00:11", addresses("10.40.0.11/16", "10.99.0.1/16"));
    agent.dataPlane.nic = both;

    agent.tell(new Input.DriftNoticed());
    agent.advance(20);

    assertThat(agent.reports.getLast().nic()).isEqualTo(both);
    assertThat(agent.dataPlane.kernel.routes().values())
        .containsExactly(new NextHop(true, ip("10.99.0.9")));
  }

  @Test
  void whatIsReadAnewReplacesWhatWasReadBefore() {
    agent.started(Map.of(FIP, granted(holder(2, 1), 1)), SHOP);

    agent.topicsRead(Map.of(OTHER, granted(holder(3, 1), 1)), Map.of());
    agent.advance(10);

    assertThat(agent.dataPlane.kernel.pool()).containsExactly(OTHER);
    assertThat(agent.dataPlane.kernel.podClasses()).isEmpty();
  }

  @Test
  void unchangedReportsAreNotRepeated() {
    agent.started(Map.of(), SHOP);

    agent.advance(60_000);

    assertThat(agent.reports).hasSize(1);
  }

  // ---- stopping ---------------------------------------------------------------------------------

  @Test
  void anAgentThatStopsForGoodLetsGoFirstAndSaysSoThen() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(100);

    agent.tell(new Input.StopRequested(false));

    assertThat(agent.journal.subList(agent.journal.size() - 2, agent.journal.size()))
        .containsExactly("held []", "beat " + new BeatOrder(SESSION, Intent.STOPPING));
    assertThat(agent.dataPlane.kernel.podClasses()).as("the guards stay").isNotEmpty();
    agent.advance(50);
    assertThat(agent.phase()).as("it waits for the next holder").isEqualTo(Phase.LEAVING);

    agent.read(FIP, granted(holder(2, 1), 2));
    agent.advance(10);
    assertThat(agent.phase()).isEqualTo(Phase.STOPPED);
    assertThat(agent.dataPlane.kernel.routes().values())
        .containsExactly(new NextHop(true, ip("10.40.0.12")));
  }

  @Test
  void anAgentThatStopsWaitsForNothingForLong() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.kafkaIsThere = false;

    agent.tell(new Input.StopRequested(false));
    agent.advance(2_100);

    assertThat(agent.phase()).isEqualTo(Phase.STOPPED);
  }

  @Test
  void anAgentThatCannotLetGoDoesNotSayThatItHas() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.dataPlane.failuresToCome = 1_000;

    agent.tell(new Input.StopRequested(false));
    agent.advance(2_100);

    assertThat(agent.phase()).isEqualTo(Phase.STOPPED);
    assertThat(agent.orders).containsExactly(new BeatOrder(SESSION, Intent.RUNNING));
  }

  @Test
  void anAgentThatRestartsSaysSoAndLeavesEverythingInTheKernel() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    KernelTables before = agent.dataPlane.kernel;

    agent.tell(new Input.StopRequested(true));
    agent.advance(20);

    assertThat(agent.phase()).isEqualTo(Phase.STOPPED);
    assertThat(agent.orders.getLast()).isEqualTo(new BeatOrder(SESSION, Intent.RESTARTING));
    assertThat(agent.dataPlane.kernel).isEqualTo(before);
  }

  @Test
  void anAgentThatIsStoppedWhileItStartsLetsGoOfWhatItFound() {
    SteppedAgent restarted = new SteppedAgent(kernelOfAnEarlierLife());
    restarted.advance(10);

    restarted.tell(new Input.StopRequested(false));

    assertThat(restarted.phase()).isEqualTo(Phase.STOPPED);
    assertThat(restarted.dataPlane.kernel.held()).isEmpty();
    assertThat(restarted.dataPlane.kernel.podClasses()).isNotEmpty();
  }

  private static Applied held(IpAddress floatingIp, long epoch) {
    return new Applied(floatingIp, epoch, AppliedState.HELD);
  }

  private static KernelTables kernelOfAnEarlierLife() {
    SteppedAgent earlier = new SteppedAgent();
    earlier.started(Map.of(), SHOP);
    earlier.read(FIP, granted(holder(1, SESSION), 3));
    KernelTables found = earlier.dataPlane.kernel;
    assertThat(found.held()).containsExactly(FIP);
    assertThat(new TreeMap<>(found.podClasses())).isNotEmpty();
    return found;
  }
}

package io.sluice.agent;

import static io.sluice.agent.GivenShop.FIP;
import static io.sluice.agent.GivenShop.SESSION;
import static io.sluice.agent.GivenShop.SHOP;
import static io.sluice.agent.GivenShop.kernelOfAnEarlierLife;
import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.holder;
import static io.sluice.agent.core.Given.ip;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.AgentLoop.Phase;
import io.sluice.agent.core.BeatOrder;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.NextHop;
import io.sluice.model.Heartbeat.Intent;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An agent that stops for good, and one that says it will be back. */
class AgentStopTest {

  private final SteppedAgent agent = new SteppedAgent();

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

  /** Somebody else may have been told to take over, and who is gone asks nobody. */
  @Test
  void anAgentThatIsCutOffKeepsNothingForARestart() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(100);
    agent.kafkaIsThere = false;
    agent.advance(600);

    agent.tell(new Input.StopRequested(true));

    assertThat(agent.dataPlane.kernel.held()).isEmpty();
    assertThat(agent.dataPlane.kernel.podClasses()).as("the guards stay").isNotEmpty();
    assertThat(agent.orders.getLast()).isEqualTo(new BeatOrder(SESSION, Intent.STOPPING));
  }

  @Test
  void anAgentWhoseRestartIsNotAcknowledgedWithinTheLeaseKeepsNothing() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(100);
    agent.kafkaIsThere = false;

    agent.tell(new Input.StopRequested(true));
    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP);
    assertThat(agent.millisUntilWork()).isBetween(1L, SteppedAgent.LEASE_MILLIS);
    agent.advance(SteppedAgent.LEASE_MILLIS);

    assertThat(agent.phase()).isEqualTo(Phase.LEAVING);
    assertThat(agent.dataPlane.kernel.held()).isEmpty();
    assertThat(agent.orders.getLast()).isEqualTo(new BeatOrder(SESSION, Intent.STOPPING));
    agent.advance(2_000);
    assertThat(agent.phase()).isEqualTo(Phase.STOPPED);
  }

  /** What was decided meanwhile may not have been read yet. */
  @Test
  void norDoesOneThatWasCutOffAMomentAgo() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.kafkaIsThere = false;
    agent.advance(600);
    agent.kafkaIsThere = true;
    agent.advance(110);

    agent.tell(new Input.StopRequested(true));

    assertThat(agent.dataPlane.kernel.held()).isEmpty();
  }

  /** Its announcement would be heard, and yet the kernel would shut what it holds after a lease. */
  @Test
  void norDoesOneThatWasCutOffLongAgoAndIsNotProvenSince() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.kafkaIsThere = false;
    agent.advance(600);
    agent.kafkaIsThere = true;
    agent.advance(5_000);

    agent.tell(new Input.StopRequested(true));

    assertThat(agent.dataPlane.kernel.held()).isEmpty();
    assertThat(agent.orders.getLast()).isEqualTo(new BeatOrder(SESSION, Intent.STOPPING));
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
}

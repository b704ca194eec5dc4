package io.sluice.agent;

import static io.sluice.agent.GivenShop.FIP;
import static io.sluice.agent.GivenShop.SESSION;
import static io.sluice.agent.GivenShop.SHOP;
import static io.sluice.agent.GivenShop.held;
import static io.sluice.agent.GivenShop.kernelOfAnEarlierLife;
import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.holder;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.AgentLoop.Phase;
import io.sluice.agent.core.BeatOrder;
import io.sluice.agent.core.KernelTables;
import io.sluice.model.Heartbeat.Intent;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An agent that starts: what it finds in the kernel, what it reads, and when it speaks. */
class AgentStartTest {

  private final SteppedAgent agent = new SteppedAgent();

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
}

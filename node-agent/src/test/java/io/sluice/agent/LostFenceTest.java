package io.sluice.agent;

import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.holder;
import static io.sluice.agent.core.Given.ip;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.Input;
import io.sluice.agent.core.KernelTables;
import io.sluice.model.IpAddress;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody runs {@code nft flush ruleset} on a holder: the fence comes back, and is empty. */
class LostFenceTest {

  private static final IpAddress FIP = ip("10.40.1.100");

  private final SteppedAgent agent = new SteppedAgent();

  @BeforeEach
  void held() {
    agent.started(Map.of(), Map.of());
    agent.read(FIP, granted(holder(1, SteppedAgent.FIRST_SESSION), 1));
    agent.advance(1_000);
    assertThat(agent.fence.open()).containsExactly(FIP);
    agent.fence.admitted.clear();
    agent.fence.deadlines.clear();
  }

  @Test
  void itIsFilledAgainTogetherWithTheTables() {
    KernelTables right = agent.dataPlane.kernel;
    agent.dataPlane.kernel = right.withoutHeld(right.held());

    agent.tell(new Input.DriftNoticed());

    assertThat(agent.dataPlane.kernel).isEqualTo(right);
    assertThat(agent.fence.open()).containsExactly(FIP);
  }

  @Test
  void itIsFilledAgainThoughNothingElseIsMissing() {
    agent.tell(new Input.DriftNoticed());

    assertThat(agent.fence.open()).containsExactly(FIP);
  }
}

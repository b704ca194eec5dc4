package io.sluice.allocator.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment.State;
import io.sluice.model.Gateway;
import io.sluice.model.Gateway.Failback;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.LeaseMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whose word is needed before an address that somebody may still have is granted elsewhere. */
class ReleaseTest {

  private static final String A = "10.40.1.100";
  private static final String B = "10.40.1.101";
  private static final String C = "10.40.1.102";

  private final Scenario scenario = new Scenario();

  private Scenario threeNodesAndThreeAddresses() {
    return scenario.nodes(3).gateway(A + "-" + C).run(1_000);
  }

  private static Applied released(String ip, long epoch) {
    return new Applied(Scenario.ip(ip), epoch, AppliedState.RELEASED);
  }

  private static Applied held(String ip, long epoch) {
    return new Applied(Scenario.ip(ip), epoch, AppliedState.HELD);
  }

  /** Asks the node to let go, once its successors are ready. */
  private void drain(String node) {
    scenario.label(node, Map.of("networking.sluice.io/drain", "true"));
    List.copyOf(scenario.beating()).stream()
        .filter(other -> !other.equals(node))
        .forEach(scenario::carryOut);
  }

  @Test
  void anotherSessionOfANodeThatMayNotCarryItLetsGoBeforeTheAddressMoves() {
    scenario.nodes(2).gateway(A).run(1_000).disobedient();
    String node = scenario.holder(A);
    drain(node);
    assertThat(scenario.assignment(A).state()).isEqualTo(State.RELEASING);
    scenario.newSession(node).beat(node, Intent.RUNNING);
    // A restarted agent may have carried the address over before it read that it is asked back.
    assertThat(scenario.assignment(A).state()).isEqualTo(State.RELEASING);
    assertThat(scenario.assignment(A).holder().orElseThrow().session()).isEqualTo(2);
    scenario.report(node, released(A, 1));
    assertThat(scenario.assignment(A).state()).isEqualTo(State.GRANTED);
    assertThat(scenario.holder(A)).isNotEqualTo(node);
  }

  @Test
  void anotherSessionThatSaidItLetGoNeedsNotBeAsked() {
    scenario.nodes(2).gateway(A).run(1_000).disobedient();
    String node = scenario.holder(A);
    scenario.label(node, Map.of("networking.sluice.io/drain", "true"));
    scenario.newSession(node).report(node, released(A, 1)).beat(node, Intent.RUNNING);
    assertThat(scenario.assignment(A).state()).isEqualTo(State.GRANTED);
    assertThat(scenario.holder(A)).isNotEqualTo(node);
  }

  @Test
  void anotherSessionHasNoStrictAddressAnyMore() {
    Gateway strict =
        new Gateway(
            Scenario.metadata(1), List.of(A), Optional.empty(), Failback.GRADUAL, LeaseMode.STRICT);
    scenario.nodes(2).resource(Scenario.DEFAULT_GATEWAY, strict).run(1_000).disobedient();
    String node = scenario.holder(A);
    scenario.label(node, Map.of("networking.sluice.io/drain", "true"));
    scenario.newSession(node).beat(node, Intent.RUNNING);
    assertThat(scenario.assignment(A).state()).isEqualTo(State.GRANTED);
    assertThat(scenario.holder(A)).isNotEqualTo(node);
  }

  @Test
  void aDrainedNodeIsAskedAndTheAddressMovesWhenItSaysSo() {
    threeNodesAndThreeAddresses();
    String node = scenario.holder(A);
    scenario.disobedient();
    drain(node);
    assertThat(scenario.assignment(A).state()).isEqualTo(State.RELEASING);
    assertThat(scenario.holder(A)).isEqualTo(node);
    scenario.run(2_000);
    assertThat(scenario.assignment(A).state()).isEqualTo(State.RELEASING);
    scenario.report(node, released(A, 1));
    assertThat(scenario.assignment(A).state()).isEqualTo(State.GRANTED);
    assertThat(scenario.holder(A)).isNotEqualTo(node);
    assertThat(scenario.assignment(A).epoch()).isEqualTo(2);
    assertThat(scenario.assignment(A).reason()).isEqualTo(node + " is being drained");
  }

  @Test
  void aReleaseOfAnOlderEpochIsNoRelease() {
    threeNodesAndThreeAddresses();
    String node = scenario.holder(A);
    scenario.newSession(node).beat(node, Intent.RUNNING).disobedient();
    drain(node);
    assertThat(scenario.assignment(A).epoch()).isEqualTo(2);
    scenario.report(node, released(A, 1));
    assertThat(scenario.assignment(A).state()).isEqualTo(State.RELEASING);
  }

  @Test
  void aReportThatNeverMentionedTheAddressIsNoRelease() {
    scenario.disobedient();
    threeNodesAndThreeAddresses();
    String node = scenario.holder(A);
    drain(node);
    // The agent knows neither of the grant nor of its end yet: it may still be about to take it.
    scenario.report(node, held(B, 9));
    assertThat(scenario.assignment(A).state()).isEqualTo(State.RELEASING);
  }

  @Test
  void aReportThatNoLongerListsAHeldAddressIsARelease() {
    threeNodesAndThreeAddresses();
    String node = scenario.holder(A);
    scenario.disobedient();
    drain(node);
    scenario.report(node, new Applied[0]);
    assertThat(scenario.assignment(A).state()).isEqualTo(State.GRANTED);
    assertThat(scenario.holder(A)).isNotEqualTo(node);
  }

  @Test
  void aHolderThatFallsSilentWhileReleasingHasReleased() {
    threeNodesAndThreeAddresses();
    String node = scenario.holder(A);
    scenario.disobedient();
    drain(node);
    scenario.silence(node).run(700);
    assertThat(scenario.assignment(A).state()).isEqualTo(State.GRANTED);
    assertThat(scenario.holder(A)).isNotEqualTo(node);
  }
}

package io.sluice.allocator.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Assignment.State;
import io.sluice.model.Heartbeat.Intent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HoldOffTest {

  private static final HoldOffSettings HOLD_OFF = new HoldOffSettings(20_000, 60_000, 30_000);
  private static final AllocationSettings SETTINGS =
      new AllocationSettings(100, 400, 500, 10_000, 10_000, 1_000, HOLD_OFF, 2_000, 2_000);

  private final Scenario scenario = new Scenario(SETTINGS);

  private int load(String node) {
    return scenario.addressesByNode().getOrDefault(node, List.of()).size();
  }

  private void flap(String node) {
    scenario.silence(node).run(1_000).revive(node).run(200);
  }

  private long heldOffFor(String node) {
    return scenario
        .state()
        .heldOff(node)
        .map(holdOff -> holdOff.untilMillis().getAsLong() - holdOff.sinceMillis())
        .orElse(0L);
  }

  @Test
  void whoComesBackForTheFirstTimeIsNotHeldOff() {
    scenario.nodes(2).gateway("10.40.1.100-10.40.1.103").run(1_000);
    flap("node-2");
    assertThat(scenario.state().heldOff("node-2")).isEmpty();
    scenario.run(20_000);
    assertThat(load("node-2")).isEqualTo(2);
  }

  @Test
  void whoFallsSilentAgainSoonIsHeldOffForATimeThatDoublesUpToACap() {
    scenario.nodes(2).gateway("10.40.1.100").run(1_000);
    flap("node-2");
    flap("node-2");
    assertThat(heldOffFor("node-2")).isEqualTo(20_000);
    flap("node-2");
    assertThat(heldOffFor("node-2")).isEqualTo(40_000);
    flap("node-2");
    assertThat(heldOffFor("node-2")).isEqualTo(60_000);
    flap("node-2");
    assertThat(heldOffFor("node-2")).isEqualTo(60_000);
  }

  @Test
  void whoIsHeldOffGetsNothingForBalanceUntilItIsOver() {
    scenario.nodes(2).gateway("10.40.1.100-10.40.1.103").run(1_000);
    flap("node-2");
    flap("node-2");
    scenario.run(19_500);
    assertThat(load("node-2")).isZero();
    scenario.run(10_000);
    assertThat(scenario.state().heldOff("node-2")).isEmpty();
    assertThat(load("node-2")).isEqualTo(2);
  }

  @Test
  void whoIsHeldOffGetsNoAddressThatAnotherNodeCanCarry() {
    scenario.nodes(3).gateway("10.40.1.100").run(1_000);
    flap("node-2");
    flap("node-2");
    scenario.gateway("10.40.1.100-10.40.1.109").run(1_000);
    assertThat(load("node-2")).isZero();
    assertThat(load("node-1") + load("node-3")).isEqualTo(10);
    scenario.silence("node-1").run(1_000);
    assertThat(load("node-3")).isEqualTo(10);
  }

  @Test
  void ratherOnANodeThatIsHeldOffThanNowhere() {
    scenario.nodes(2).gateway("10.40.1.100-10.40.1.101").run(1_000);
    flap("node-2");
    flap("node-2");
    scenario.silence("node-1").run(1_000);
    assertThat(load("node-2")).isEqualTo(2);
    assertThat(scenario.assignment("10.40.1.100").state()).isEqualTo(State.GRANTED);
  }

  @Test
  void aNodeThatIsNotReadyKeepsItsAddressRatherThanGiveItToOneHeldOff() {
    scenario.nodes(2).gateway("10.40.1.100").run(1_000);
    String holder = scenario.holder("10.40.1.100");
    String other = holder.equals("node-1") ? "node-2" : "node-1";
    flap(other);
    flap(other);
    scenario.ready(holder, false).run(5_000);
    assertThat(scenario.holder("10.40.1.100")).isEqualTo(holder);
    scenario.run(20_000);
    assertThat(scenario.holder("10.40.1.100")).isEqualTo(other);
  }

  @Test
  void aDrainDoesNotWaitForTheEndOfAHoldOff() {
    scenario.nodes(2).gateway("10.40.1.100").run(1_000);
    String holder = scenario.holder("10.40.1.100");
    String other = holder.equals("node-1") ? "node-2" : "node-1";
    flap(other);
    flap(other);
    scenario.label(holder, Map.of(Eligibility.DRAIN_LABEL, "true")).run(500);
    assertThat(scenario.holder("10.40.1.100")).isEqualTo(other);
  }

  @Test
  void relapsesAreForgottenOnceTheNodeHasBeenStable() {
    scenario.nodes(2).gateway("10.40.1.100").run(1_000);
    flap("node-2");
    flap("node-2");
    scenario.run(20_000 + 30_000);
    flap("node-2");
    assertThat(heldOffFor("node-2")).isZero();
    flap("node-2");
    assertThat(heldOffFor("node-2")).isEqualTo(20_000);
  }

  @Test
  void beingAliveWhileHeldOffDoesNotCountAsStable() {
    scenario.nodes(2).gateway("10.40.1.100").run(1_000);
    flap("node-2");
    flap("node-2");
    flap("node-2");
    scenario.run(39_000);
    flap("node-2");
    assertThat(heldOffFor("node-2")).isEqualTo(60_000);
  }

  @Test
  void whoStopsOnPurposeDoesNotFlap() {
    scenario.nodes(2).gateway("10.40.1.100").run(1_000);
    for (int i = 0; i < 3; i++) {
      scenario.beat("node-2", Intent.STOPPING).silence("node-2").run(1_000);
      scenario.newSession("node-2").revive("node-2").run(1_000);
    }
    assertThat(scenario.state().holdOffs()).isEmpty();
  }

  @Test
  void anotherTaskKeepsTheHoldOff() {
    scenario.nodes(2).gateway("10.40.1.100-10.40.1.103").run(1_000);
    flap("node-2");
    flap("node-2");
    scenario.run(5_000).restart().run(14_000);
    assertThat(heldOffFor("node-2")).isEqualTo(20_000);
    assertThat(load("node-2")).isZero();
    scenario.run(2_000);
    assertThat(heldOffFor("node-2")).isZero();
  }

  @Test
  void aClockThatStepsBackDoesNotProlongIt() {
    scenario.nodes(2).gateway("10.40.1.100").run(1_000);
    flap("node-2");
    flap("node-2");
    scenario.tick(scenario.nowMillis() - 500_000);
    scenario.beat("node-1", Intent.RUNNING);
    scenario.label("node-1", Map.of("any", "change"));
    assertThat(heldOffFor("node-2")).isZero();
  }

  @Test
  void theGatewaySaysSo() {
    scenario.nodes(2).gateway("10.40.1.100").run(1_000);
    flap("node-2");
    flap("node-2");
    assertThat(scenario.condition(Scenario.DEFAULT_GATEWAY, "Degraded").message())
        .contains("node-2 is held off until 1970-01-01T00:17:0")
        .contains("once");
    scenario.run(25_000);
    assertThat(scenario.condition(Scenario.DEFAULT_GATEWAY, "Degraded").message())
        .isEqualTo("nothing is wrong");
  }
}

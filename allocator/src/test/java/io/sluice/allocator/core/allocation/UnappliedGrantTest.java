package io.sluice.allocator.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Assignment.State;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.StateChange.HoldOffChanged;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node that beats and does not carry out what it was granted does not keep the address. */
class UnappliedGrantTest {

  private static final String IP = "10.40.1.100";

  private final Scenario scenario = new Scenario();
  private String stuck;
  private String other;

  /** After 0.5 s the address is granted; nobody carries anything out by itself. */
  private void granted(int nodes) {
    scenario.disobedient().nodes(nodes).gateway(IP).run(600);
    stuck = scenario.holder(IP);
    other = stuck.equals("node-1") ? "node-2" : "node-1";
    assertThat(scenario.assignment(IP).state()).isEqualTo(State.GRANTED);
    scenario.error(stuck, "the kernel is out of memory");
  }

  @Test
  void itGoesToAnotherNodeAfterABoundedTimeAndTheReasonSaysWhy() {
    granted(2);
    scenario.run(1_800);
    assertThat(scenario.assignment(IP).state()).isEqualTo(State.GRANTED);
    scenario.run(300);

    Assignment asked = scenario.assignment(IP);
    assertThat(asked.state()).isEqualTo(State.RELEASING);
    assertThat(asked.successor().map(Holder::node)).contains(other);
    assertThat(asked.reason())
        .startsWith(stuck + " has not carried out its grant for 2")
        .endsWith(" ms: the kernel is out of memory");

    scenario.carryOut(stuck);
    assertThat(scenario.holder(IP)).isEqualTo(other);
    assertThat(scenario.assignment(IP).reason()).isEqualTo(asked.reason());
  }

  @Test
  void theNodeIsHeldOffForATimeThatDoublesSoThatTheAddressDoesNotGoToAndFro() {
    granted(2);
    scenario.run(2_100).carryOut(stuck);
    scenario.carryOut(other);
    assertThat(holdOff().flaps()).isEqualTo(1);
    assertThat(heldOffMillis()).isEqualTo(HoldOffSettings.DEFAULT.firstMillis());

    scenario.run(11_000).silence(other).run(600);
    assertThat(scenario.holder(IP)).as("nobody else is left").isEqualTo(stuck);
    scenario.revive(other).newSession(other).beat(other, Intent.RUNNING);
    scenario.report(other).run(2_500);

    assertThat(scenario.assignment(IP).state()).isEqualTo(State.RELEASING);
    assertThat(holdOff().flaps()).isEqualTo(2);
    assertThat(heldOffMillis()).isEqualTo(2 * HoldOffSettings.DEFAULT.firstMillis());
  }

  @Test
  void aGrantThatIsCarriedOutInTimeStays() {
    granted(2);
    scenario.run(1_500).carryOut(stuck);
    scenario.run(20_000);

    assertThat(scenario.holder(IP)).isEqualTo(stuck);
    assertThat(scenario.assignment(IP).epoch()).isEqualTo(1);
    assertThat(scenario.state().holdOffs()).isEmpty();
  }

  @Test
  void itStaysWhereItIsIfNobodyElseCouldHaveIt() {
    granted(1);
    scenario.run(20_000);

    assertThat(scenario.assignment(IP).state()).isEqualTo(State.GRANTED);
    assertThat(scenario.assignment(IP).epoch()).isEqualTo(1);
    assertThat(scenario.state().holdOffs()).isEmpty();

    scenario.node(2).run(200);
    assertThat(scenario.assignment(IP).state()).isEqualTo(State.RELEASING);
  }

  @Test
  void whoDoesNotSayThatSomethingIsWrongHasMoreTime() {
    granted(2);
    scenario.well(stuck).run(9_500);
    assertThat(scenario.assignment(IP).state()).isEqualTo(State.GRANTED);
    scenario.run(600);
    assertThat(scenario.assignment(IP).state()).isEqualTo(State.RELEASING);
  }

  @Test
  void anAgentThatRestartsIsWaitedFor() {
    granted(2);
    scenario.silence(stuck).beat(stuck, Intent.RESTARTING).run(5_000);

    assertThat(scenario.assignment(IP).state()).isEqualTo(State.GRANTED);
    assertThat(scenario.holder(IP)).isEqualTo(stuck);
  }

  /** Otherwise a move would keep a node from being held off that carries nothing out. */
  @Test
  void aNamedSuccessorDoesNotBeginTheTimeOfTheHolderAnew() {
    granted(2);
    scenario.run(1_000).label(stuck, Map.of(Eligibility.DRAIN_LABEL, "true")).run(100);
    assertThat(scenario.assignment(IP).isBeingPrepared()).isTrue();
    assertThat(scenario.state().holdOffs()).isEmpty();

    scenario.run(1_000);

    assertThat(scenario.state().holdOffs()).containsOnlyKeys(stuck);
  }

  @Test
  void aNewTaskGivesTheFullTimeAgain() {
    granted(2);
    scenario.run(1_500).restart();
    scenario.run(1_900);
    assertThat(scenario.assignment(IP).state()).isEqualTo(State.GRANTED);
    scenario.run(300);
    assertThat(scenario.assignment(IP).state()).isEqualTo(State.RELEASING);
  }

  private HoldOffChanged holdOff() {
    return scenario.state().holdOffs().get(stuck);
  }

  private long heldOffMillis() {
    return scenario.audit().stream()
        .flatMap(entry -> entry.changes().stream())
        .filter(HoldOffChanged.class::isInstance)
        .map(HoldOffChanged.class::cast)
        .filter(change -> change.node().equals(stuck) && change.untilMillis().isPresent())
        .mapToLong(change -> change.untilMillis().getAsLong() - change.sinceMillis())
        .max()
        .orElse(0);
  }
}

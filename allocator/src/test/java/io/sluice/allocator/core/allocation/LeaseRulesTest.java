package io.sluice.allocator.core.allocation;

import static io.sluice.allocator.core.allocation.Scenario.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.model.AgentReport.Leases;
import io.sluice.model.Assignment.State;
import io.sluice.model.Status.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An agent whose lease outlives what the allocator waits for is granted nothing. */
class LeaseRulesTest {

  private static final String IP = "10.40.1.100";

  private final Scenario scenario = new Scenario();

  @ParameterizedTest
  @CsvSource({"400, 8000, true", "450, 9000, true", "451, 8000, false", "400, 9001, false"})
  void aTenthOfWhatIsWaitedForIsLeftForClocks(long lease, long restartLease, boolean granted) {
    scenario.gateway(IP).node(1).leases("node-1", new Leases(lease, restartLease)).run(1_000);

    assertThat(scenario.holder(IP).isEmpty()).isNotEqualTo(granted);
  }

  @Test
  void theConditionNamesBothSettingsAndTheFix() {
    scenario.gateway(IP).node(1).leases("node-1", new Leases(500, 8_000)).run(1_000);

    Condition assigned =
        scenario.allocation().statuses().get(Scenario.DEFAULT_GATEWAY).conditions().stream()
            .filter(condition -> condition.type().equals("Degraded"))
            .findFirst()
            .orElseThrow();
    assertThat(assigned.message())
        .contains("node-1 has an agent whose --lease-millis (500 ms) must not be more than 450 ms")
        .contains("the allocator's --silence-millis is 500 ms", "give both the same --profile");
  }

  @Test
  void anAgentThatDoesNotSayIsGrantedAddresses() {
    scenario.gateway(IP).node(1).run(1_000);

    assertThat(scenario.holder(IP)).isEqualTo("node-1");
  }

  @Test
  void whatItHasLeavesWhenItsNextSessionHasTooLongALease() {
    scenario.nodes(1).gateway(IP).run(1_000);
    assertThat(scenario.holder(IP)).isEqualTo("node-1");

    scenario.leases("node-1", new Leases(500, 8_000)).run(100);

    assertThat(scenario.assignment(IP).state()).isEqualTo(State.UNASSIGNED);
  }

  @Test
  void anAllocatorWithOtherSettingsJudgesAnew() {
    scenario.nodes(1).gateway(IP).leases("node-1", new Leases(400, 8_000)).run(1_000);
    assertThat(scenario.holder(IP)).isEqualTo("node-1");

    scenario.restart(AllocationSettings.FAST).run(50);

    assertThat(scenario.state().reports().get("node-1").refusal()).isPresent();
    assertThat(scenario.state().assignments().get(ip(IP)).state()).isEqualTo(State.UNASSIGNED);
  }

  @Test
  void settingsWithoutRoomForClocksAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new AllocationSettings(
                100, 451, 500, 10_000, 0, 0, HoldOffSettings.DEFAULT, 2_000, 2_000))
        .withMessageContaining("the lease (451 ms) must end 50 ms before");
  }
}

package io.sluice.allocator.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.ObjectId;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is shown is what the agents have reported, not what was decided. */
class AppliedStatusTest {

  private static final String A = "10.40.1.100";

  private final Scenario scenario = new Scenario().nodes(2);

  private void decideWithoutAgents() {
    scenario
        .disobedient()
        .gateway(A)
        .policy("p", Scenario.policyOf(1, Optional.of(A), "203.0.113.0/24"))
        .run(1_000);
    assertThat(scenario.holder(A)).isNotEmpty();
  }

  private Condition ready(ObjectId id) {
    return scenario.condition(id, "Ready");
  }

  private void reports(String ip, long epoch, AppliedState state) {
    scenario.report(scenario.holder(A), new Applied(Scenario.ip(ip), epoch, state));
  }

  @Test
  void aPolicyIsNotReadyBeforeItsHolderReportsTheAddressInPlace() {
    decideWithoutAgents();

    assertThat(ready(ObjectId.policy("p")).truth()).isEqualTo(Truth.FALSE);
    assertThat(ready(ObjectId.policy("p")).reason()).isEqualTo("Applying");
    assertThat(ready(ObjectId.policy("p")).message()).contains(A).contains(scenario.holder(A));

    reports(A, scenario.assignment(A).epoch(), AppliedState.HELD);
    assertThat(ready(ObjectId.policy("p")).truth()).isEqualTo(Truth.TRUE);
  }

  @Test
  void aGatewayShowsAnAddressOnlyWhereItIsInPlace() {
    decideWithoutAgents();

    assertThat(scenario.status(Scenario.DEFAULT_GATEWAY).floatingIps()).isEmpty();
    assertThat(ready(Scenario.DEFAULT_GATEWAY).reason()).isEqualTo("Applying");
    Condition assigned = scenario.condition(Scenario.DEFAULT_GATEWAY, "AddressesAssigned");
    assertThat(assigned.truth()).isEqualTo(Truth.FALSE);
    assertThat(assigned.reason()).isEqualTo("Applying");
    assertThat(assigned.message()).contains(A + " on " + scenario.holder(A));

    reports(A, scenario.assignment(A).epoch(), AppliedState.HELD);
    assertThat(scenario.status(Scenario.DEFAULT_GATEWAY).floatingIps())
        .containsEntry(A, scenario.holder(A));
    assertThat(ready(Scenario.DEFAULT_GATEWAY).truth()).isEqualTo(Truth.TRUE);
  }

  @Test
  void anEarlierStayOnTheSameNodeDoesNotCount() {
    decideWithoutAgents();

    reports(A, scenario.assignment(A).epoch() - 1, AppliedState.HELD);
    assertThat(ready(ObjectId.policy("p")).reason()).isEqualTo("Applying");
  }

  @Test
  void anAddressThatWasLetGoOfIsNotInPlace() {
    decideWithoutAgents();

    reports(A, scenario.assignment(A).epoch(), AppliedState.RELEASED);
    assertThat(ready(ObjectId.policy("p")).reason()).isEqualTo("Applying");
  }

  @Test
  void whatAnotherNodeReportsDoesNotCount() {
    decideWithoutAgents();

    String other = scenario.holder(A).equals("node-1") ? "node-2" : "node-1";
    scenario.report(
        other, new Applied(Scenario.ip(A), scenario.assignment(A).epoch(), AppliedState.HELD));
    assertThat(ready(ObjectId.policy("p")).reason()).isEqualTo("Applying");
  }
}

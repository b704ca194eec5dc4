package io.sluice.allocator.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Assignment.State;
import io.sluice.model.Kind;
import io.sluice.model.MalformedResource;
import io.sluice.model.MalformedResource.FieldError;
import io.sluice.model.ObjectId;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FloatingIpPoolTest {

  private static final ObjectId OTHER = new ObjectId(Kind.NETWORK_GATEWAY_GROUP, "team", "other");

  private final Scenario scenario = new Scenario().nodes(2);

  private List<Refusal> refusals(ObjectId gateway) {
    return scenario.state().pool().refusals(gateway);
  }

  private Condition ready(ObjectId gateway) {
    return scenario.condition(gateway, "Ready");
  }

  @Test
  void singleAddressesRangesAndNetworksAreAllTakenIn() {
    scenario.gateway("10.40.1.1", "10.40.1.10-10.40.1.12", "10.40.2.0/30").run(1_000);
    assertThat(scenario.state().pool().addresses(Scenario.DEFAULT_GATEWAY)).hasSize(8);
    assertThat(scenario.state().assignments()).hasSize(8);
    assertThat(ready(Scenario.DEFAULT_GATEWAY).truth()).isEqualTo(Truth.TRUE);
  }

  @Test
  void anEntryThatIsNoAddressIsRefusedAlone() {
    scenario.gateway("10.40.1.100", "10.40.1", "10.40.1.101").run(1_000);
    assertThat(scenario.holder("10.40.1.100")).isNotEmpty();
    assertThat(scenario.holder("10.40.1.101")).isNotEmpty();
    Condition ready = ready(Scenario.DEFAULT_GATEWAY);
    assertThat(ready.truth()).isEqualTo(Truth.FALSE);
    assertThat(ready.reason()).isEqualTo("InvalidFloatingIP");
    assertThat(ready.message()).contains("spec.floatingIPs[1]").contains("\"10.40.1\"");
    assertThat(scenario.condition(Scenario.DEFAULT_GATEWAY, "Degraded").truth())
        .isEqualTo(Truth.TRUE);
    assertThat(scenario.condition(Scenario.DEFAULT_GATEWAY, "AddressesAssigned").truth())
        .isEqualTo(Truth.TRUE);
  }

  @Test
  void aRangeThatBeginsWithItsUpperEndIsRefused() {
    scenario.gateway("10.40.1.9-10.40.1.1");
    assertThat(refusals(Scenario.DEFAULT_GATEWAY))
        .singleElement()
        .satisfies(refusal -> assertThat(refusal.message()).contains("lower end"));
  }

  @Test
  void aGatewayOfTooManyAddressesIsRefusedFromThereOn() {
    scenario.gateway("10.40.1.100", "10.50.0.0/16");
    assertThat(scenario.state().pool().owners()).hasSize(1);
    assertThat(refusals(Scenario.DEFAULT_GATEWAY))
        .singleElement()
        .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo("TooManyFloatingIPs"));
  }

  private void oneAddressInTwoGateways() {
    scenario.resource(OTHER, Scenario.gatewayOf(5, "10.40.1.100-10.40.1.102"));
    scenario.gateway("10.40.1.101").run(1_000);
  }

  @Test
  void anAddressInTwoGatewaysStaysWithTheOlder() {
    oneAddressInTwoGateways();
    assertThat(scenario.assignment("10.40.1.101").gateway()).contains(Scenario.DEFAULT_GATEWAY);
    assertThat(scenario.assignment("10.40.1.100").gateway()).contains(OTHER);
    assertThat(ready(Scenario.DEFAULT_GATEWAY).truth()).isEqualTo(Truth.TRUE);
    assertThat(ready(OTHER).reason()).isEqualTo("FloatingIPInUse");
    assertThat(ready(OTHER).message())
        .contains("spec.floatingIPs[0]")
        .contains("10.40.1.101 belongs to AnthosNetworkGateway kube-system/default");
  }

  @Test
  void whenTheOlderGatewayIsDeletedTheYoungerTakesOverInPlace() {
    oneAddressInTwoGateways();
    String node = scenario.holder("10.40.1.101");
    scenario.delete(Scenario.DEFAULT_GATEWAY);
    assertThat(scenario.assignment("10.40.1.101").gateway()).contains(OTHER);
    assertThat(scenario.assignment("10.40.1.101").state()).isEqualTo(State.GRANTED);
    assertThat(scenario.holder("10.40.1.101")).isEqualTo(node);
    assertThat(ready(OTHER).truth()).isEqualTo(Truth.TRUE);
  }

  @Test
  void anAddressOfANodeIsRefused() {
    scenario.gateway("10.40.0.11", "10.40.1.100").run(1_000);
    assertThat(scenario.assignment("10.40.0.11")).isNull();
    assertThat(scenario.holder("10.40.1.100")).isNotEmpty();
    assertThat(ready(Scenario.DEFAULT_GATEWAY).reason()).isEqualTo("FloatingIPIsNodeAddress");
    assertThat(ready(Scenario.DEFAULT_GATEWAY).message())
        .contains("spec.floatingIPs[0]")
        .contains("node node-1 itself");
  }

  @Test
  void anAddressThatANewNodeHasIsTakenAwayFromItsHolder() {
    scenario.gateway("10.40.0.13").run(1_000);
    assertThat(scenario.holder("10.40.0.13")).isNotEmpty();
    scenario.node(3);
    assertThat(scenario.assignment("10.40.0.13").state()).isEqualTo(State.UNASSIGNED);
    assertThat(scenario.assignment("10.40.0.13").gateway()).isEmpty();
  }

  @Test
  void anAddressOutsideEverySubnetIsNotPlacedAndTheStatusNamesTheSubnets() {
    scenario.gateway("192.0.2.1", "10.40.1.100").run(1_000);
    assertThat(scenario.assignment("192.0.2.1").state()).isEqualTo(State.UNASSIGNED);
    assertThat(scenario.assignment("192.0.2.1").reason()).contains("10.40.0.0/16");
    assertThat(scenario.holder("10.40.1.100")).isNotEmpty();
    Condition assigned = scenario.condition(Scenario.DEFAULT_GATEWAY, "AddressesAssigned");
    assertThat(assigned.truth()).isEqualTo(Truth.FALSE);
    assertThat(assigned.reason()).isEqualTo("OutsideSubnets");
    assertThat(assigned.message()).contains("192.0.2.1").contains("10.40.0.0/16");
  }

  @Test
  void aMalformedGatewaySaysWhichFieldsAreWrongAndItsAddressesGo() {
    scenario.gateway("10.40.1.100").run(1_000);
    scenario.resource(
        Scenario.DEFAULT_GATEWAY,
        new MalformedResource(
            Scenario.metadata(1), List.of(new FieldError("spec.failback", "must be Never"))));
    assertThat(scenario.assignment("10.40.1.100").state()).isEqualTo(State.UNASSIGNED);
    assertThat(ready(Scenario.DEFAULT_GATEWAY).reason()).isEqualTo("Malformed");
    assertThat(ready(Scenario.DEFAULT_GATEWAY).message()).isEqualTo("spec.failback: must be Never");
    scenario.gateway("10.40.1.100");
    assertThat(scenario.assignment("10.40.1.100").state()).isEqualTo(State.GRANTED);
  }

  @Test
  void theStatusShowsNodesAndWhereEachAddressIs() {
    scenario.gateway("10.40.1.100", "10.40.1.101").run(1_000).silence("node-2").run(700);
    var status = scenario.status(Scenario.DEFAULT_GATEWAY);
    assertThat(status.nodes()).isEqualTo(Map.of("node-1", "Up", "node-2", "Down"));
    assertThat(status.floatingIps())
        .isEqualTo(Map.of("10.40.1.100", "node-1", "10.40.1.101", "node-1"));
    assertThat(status.observedGeneration()).isEqualTo(1);
  }

  @Test
  void whatStandsInTheWayAtEachNodeIsInTheMessage() {
    scenario.gateway("10.40.1.100").run(1_000);
    scenario.label("node-1", Map.of("networking.sluice.io/exclude-gateway", "true"));
    scenario.label("node-2", Map.of("networking.sluice.io/drain", "true"));
    assertThat(ready(Scenario.DEFAULT_GATEWAY).message())
        .contains("10.40.1.100")
        .contains("node-1 is excluded by the label networking.sluice.io/exclude-gateway")
        .contains("node-2 is being drained");
  }
}

package io.sluice.allocator.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.State;
import io.sluice.model.Gateway;
import io.sluice.model.Gateway.Failback;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.LabelSelector;
import io.sluice.model.LeaseMode;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AssignmentTest {

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

  @Test
  void addressesSpreadEvenlyOverTheNodes() {
    threeNodesAndThreeAddresses();
    assertThat(scenario.addressesByNode())
        .hasSize(3)
        .allSatisfy((_, ips) -> assertThat(ips).hasSize(1));
  }

  @Test
  void aGrantNamesNodeSessionAndTheAddressesOfItsInterface() {
    threeNodesAndThreeAddresses();
    Assignment.Holder holder = scenario.assignment(A).holder().orElseThrow();
    assertThat(holder.session()).isEqualTo(1);
    assertThat(holder.addresses())
        .isEqualTo(scenario.state().reports().get(holder.node()).nic().addresses());
    assertThat(scenario.assignment(A).epoch()).isEqualTo(1);
    assertThat(scenario.assignment(A).gateway()).contains(Scenario.DEFAULT_GATEWAY);
  }

  @Test
  void aGrantNamesTheAuditEntryThatSaysWhy() {
    threeNodesAndThreeAddresses();
    scenario
        .audit()
        .forEach(entry ->
            entry.changes().stream()
                .filter(AssignmentChanged.class::isInstance)
                .map(AssignmentChanged.class::cast)
                .forEach(change ->
                    assertThat(change.assignment().auditSequence()).isEqualTo(entry.sequence())));
  }

  @Test
  void atTheFirstStartTheFirstAgentDoesNotGetEverything() {
    scenario.gateway(A + "-" + C).node(1).run(200);
    assertThat(scenario.assignment(A).state()).isEqualTo(State.UNASSIGNED);
    scenario.node(2).node(3).run(500);
    assertThat(scenario.addressesByNode()).hasSize(3);
  }

  @Test
  void aSilentNodeLosesItsAddressesAndNobodyElseDoes() {
    threeNodesAndThreeAddresses();
    Map<String, List<String>> before = new TreeMap<>(scenario.addressesByNode());
    String dead = scenario.holder(A);
    scenario.silence(dead).run(700);
    assertThat(scenario.holder(A)).isNotEqualTo(dead).isNotEmpty();
    assertThat(scenario.assignment(A).state()).isEqualTo(State.GRANTED);
    assertThat(scenario.assignment(A).epoch()).isEqualTo(2);
    assertThat(scenario.assignment(A).reason()).matches(dead + " silent for 5\\d\\d ms");
    before.remove(dead);
    assertThat(scenario.addressesByNode())
        .allSatisfy((node, ips) -> assertThat(ips).containsAll(before.get(node)));
  }

  @Test
  void theTakeOverTakesTAndOneBeatAtMost() {
    threeNodesAndThreeAddresses();
    String dead = scenario.holder(A);
    long lastBeatMillis = scenario.nowMillis() - scenario.nowMillis() % 100 - 100;
    scenario.silence(dead);
    while (scenario.holder(A).equals(dead)) {
      scenario.run(10);
    }
    assertThat(scenario.nowMillis() - lastBeatMillis).isBetween(500L, 610L);
  }

  @Test
  void withNobodyLeftToCarryItAnAddressIsUnassignedWithAReason() {
    excludeOneNodeAndSilenceTheOther();
    assertThat(scenario.assignment(A).state()).isEqualTo(State.UNASSIGNED);
    assertThat(scenario.assignment(A).reason()).isEqualTo("no node may carry it at present");
    assertThat(scenario.assignment(A).epoch()).isEqualTo(1);
  }

  private void excludeOneNodeAndSilenceTheOther() {
    scenario.nodes(2).gateway(A).run(1_000);
    String holder = scenario.holder(A);
    String other = holder.equals("node-1") ? "node-2" : "node-1";
    scenario.label(other, Map.of("networking.sluice.io/exclude-gateway", "true"));
    scenario.silence(holder).run(700);
  }

  @Test
  void anUnassignedAddressIsGrantedAsSoonAsANodeMayCarryIt() {
    excludeOneNodeAndSilenceTheOther();
    String excluded =
        scenario.state().nodes().entrySet().stream()
            .filter(node -> !node.getValue().labels().isEmpty())
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow();
    scenario.label(excluded, Map.of());
    assertThat(scenario.holder(A)).isEqualTo(excluded);
    assertThat(scenario.assignment(A).epoch()).isEqualTo(2);
  }

  @Test
  void aNodeThatLeavesHandsOverAtOnce() {
    threeNodesAndThreeAddresses();
    String leaving = scenario.holder(A);
    scenario.silence(leaving).beat(leaving, Intent.STOPPING);
    assertThat(scenario.holder(A)).isNotEqualTo(leaving).isNotEmpty();
    assertThat(scenario.assignment(A).reason()).isEqualTo(leaving + " left");
  }

  @Test
  void aNodeThatRestartsKeepsItsAddresses() {
    threeNodesAndThreeAddresses();
    String restarting = scenario.holder(A);
    scenario.silence(restarting).beat(restarting, Intent.RESTARTING).run(5_000);
    assertThat(scenario.holder(A)).isEqualTo(restarting);
    assertThat(scenario.assignment(A).epoch()).isEqualTo(1);
    scenario.run(6_000);
    assertThat(scenario.holder(A)).isNotEqualTo(restarting).isNotEmpty();
  }

  @Test
  void anotherSessionOfALiveNodeIsGrantedItsAddressesAnewAtOnce() {
    threeNodesAndThreeAddresses();
    String node = scenario.holder(A);
    scenario.disobedient().newSession(node).beat(node, Intent.RUNNING);
    assertThat(scenario.holder(A)).isEqualTo(node);
    assertThat(scenario.assignment(A).holder().orElseThrow().session()).isEqualTo(2);
    assertThat(scenario.assignment(A).epoch()).isEqualTo(2);
    assertThat(scenario.assignment(A).reason()).isEqualTo(node + " began session 2");
  }

  @Test
  void anExcludedNodeAndOneThatTheSelectorDoesNotMatchCarryNothing() {
    scenario.nodes(3);
    scenario.label("node-1", Map.of("networking.sluice.io/exclude-gateway", "true"));
    scenario.label("node-2", Map.of("role", "egress"));
    Gateway selecting =
        new Gateway(
            Scenario.metadata(1),
            List.of(A + "-" + C),
            Optional.of(LabelSelector.ofLabels(Map.of("role", "egress"))),
            Failback.GRADUAL,
            LeaseMode.STRICT);
    scenario.resource(Scenario.DEFAULT_GATEWAY, selecting).run(1_000);
    assertThat(scenario.addressesByNode()).containsOnlyKeys("node-2");
    assertThat(scenario.assignment(A).leaseMode()).isEqualTo(LeaseMode.STRICT);
    scenario.gateway(A + "-" + C).run(60_000);
    assertThat(scenario.addressesByNode()).containsOnlyKeys("node-2", "node-3");
  }

  @Test
  void aNodeThatIsNotReadyHandsOver() {
    threeNodesAndThreeAddresses();
    String node = scenario.holder(A);
    scenario.ready(node, false);
    assertThat(scenario.holder(A)).isNotEqualTo(node).isNotEmpty();
    assertThat(scenario.assignment(A).reason()).isEqualTo(node + " is not ready");
  }

  @Test
  void whenAllNodesBecomeNotReadyNothingMoves() {
    threeNodesAndThreeAddresses();
    Map<String, List<String>> before = scenario.addressesByNode();
    scenario.ready("node-1", false).ready("node-2", false);
    Map<String, List<String>> onTheLast = scenario.addressesByNode();
    scenario.ready("node-3", false).run(20_000);
    assertThat(before).hasSize(3);
    assertThat(scenario.addressesByNode()).isEqualTo(onTheLast).containsOnlyKeys("node-3");
    assertThat(scenario.assignment(A).state()).isEqualTo(State.GRANTED);
  }

  @Test
  void aNodeThatIsDeletedHandsOver() {
    threeNodesAndThreeAddresses();
    String node = scenario.holder(A);
    scenario.delete(ObjectId.node(node));
    assertThat(scenario.holder(A)).isNotEqualTo(node).isNotEmpty();
  }

  @Test
  void anAddressThatNoGatewayListsGoesNowhereAndKeepsItsEpoch() {
    threeNodesAndThreeAddresses();
    scenario.disobedient().gateway(B, C);
    String node = scenario.holder(A);
    assertThat(scenario.assignment(A).state()).isEqualTo(State.RELEASING);
    scenario.report(node, released(A, 1));
    assertThat(scenario.assignment(A).state()).isEqualTo(State.UNASSIGNED);
    assertThat(scenario.assignment(A).gateway()).isEmpty();
    assertThat(scenario.assignment(A).epoch()).isEqualTo(1);
    scenario.gateway(A + "-" + C);
    assertThat(scenario.assignment(A).epoch()).isEqualTo(2);
  }

  @Test
  void anAddressOfASilentNodeThatNoGatewayListsGoesNowhereAtOnce() {
    scenario.nodes(1).gateway(A).run(1_000);
    scenario.silence("node-1").node(2).run(700).delete(Scenario.DEFAULT_GATEWAY);
    scenario.beat("node-2", Intent.STOPPING);
    assertThat(scenario.assignment(A).state()).isEqualTo(State.UNASSIGNED);
    assertThat(scenario.assignment(A).gateway()).isEmpty();
  }

  @Test
  void anotherLeaseModeIsANewGrantToTheSameNode() {
    threeNodesAndThreeAddresses();
    String node = scenario.holder(A);
    scenario.resource(
        Scenario.DEFAULT_GATEWAY,
        new Gateway(
            Scenario.metadata(1),
            List.of(A + "-" + C),
            Optional.empty(),
            Failback.GRADUAL,
            LeaseMode.STRICT));
    assertThat(scenario.holder(A)).isEqualTo(node);
    assertThat(scenario.assignment(A).epoch()).isEqualTo(2);
    assertThat(scenario.assignment(A).leaseMode()).isEqualTo(LeaseMode.STRICT);
  }

  @Test
  void anAddressGoesOnlyToNodesWhoseInterfaceReachesIt() {
    scenario.node("left", "10.40.0.1/24").node("right", "10.41.0.1/24");
    scenario.gateway("10.40.0.100", "10.40.0.101", "10.41.0.100").run(30_000);
    assertThat(scenario.addressesByNode())
        .containsEntry("left", List.of("10.40.0.100", "10.40.0.101"))
        .containsEntry("right", List.of("10.41.0.100"));
  }

  @Test
  void ipv6AddressesMoveLikeOthers() {
    scenario.node("one", "2001:db8::1/64").node("two", "2001:db8::2/64");
    scenario.gateway("2001:db8::100").run(1_000);
    String dead = scenario.holder("2001:db8::100");
    scenario.silence(dead).run(700);
    assertThat(scenario.holder("2001:db8::100")).isNotEqualTo(dead).isNotEmpty();
  }

  @Test
  void aNewTaskGoesOnWithoutMovingAnything() {
    threeNodesAndThreeAddresses();
    Map<String, List<String>> before = scenario.addressesByNode();
    AllocationState state = scenario.state();
    scenario.restart();
    assertThat(scenario.state()).isEqualTo(state);
    scenario.run(5_000);
    assertThat(scenario.addressesByNode()).isEqualTo(before);
    assertThat(scenario.assignment(A).epoch()).isEqualTo(1);
  }

  @Test
  void aNewTaskStillNoticesANodeThatDiedMeanwhile() {
    threeNodesAndThreeAddresses();
    String dead = scenario.holder(A);
    scenario.silence(dead).restart().run(450);
    assertThat(scenario.holder(A)).isEqualTo(dead);
    scenario.run(250);
    assertThat(scenario.holder(A)).isNotEqualTo(dead).isNotEmpty();
  }

  @Test
  void anOutageOfKafkaMovesNothing() {
    threeNodesAndThreeAddresses();
    Map<String, List<String>> before = scenario.addressesByNode();
    scenario.silence("node-1", "node-2", "node-3").run(60_000);
    scenario.revive("node-1").run(100);
    scenario.revive("node-2").revive("node-3").run(5_000);
    assertThat(scenario.addressesByNode()).isEqualTo(before);
    assertThat(scenario.assignment(A).epoch()).isEqualTo(1);
  }

  @Test
  void theAuditLogHasNoHoleAndEveryEntryAChange() {
    threeNodesAndThreeAddresses();
    scenario.label(scenario.holder(A), Map.of("networking.sluice.io/drain", "true"));
    scenario.silence(scenario.holder(B)).run(5_000);
    for (int i = 0; i < scenario.audit().size(); i++) {
      assertThat(scenario.audit().get(i).sequence()).isEqualTo(i + 1);
      assertThat(scenario.audit().get(i).changes()).isNotEmpty();
    }
  }
}

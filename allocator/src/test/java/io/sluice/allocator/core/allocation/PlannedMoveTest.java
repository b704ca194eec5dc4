package io.sluice.allocator.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Assignment.State;
import io.sluice.model.Gateway;
import io.sluice.model.Gateway.Failback;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.LabelSelector;
import io.sluice.model.LeaseMode;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Make before break: who is to have an address gets ready before its holder lets go of it. */
class PlannedMoveTest {

  private static final String IP = "10.40.1.100";
  private static final Map<String, String> DRAIN = Map.of(Eligibility.DRAIN_LABEL, "true");

  private final Scenario scenario = new Scenario();
  private String from;
  private String to;

  private Scenario twoNodes() {
    scenario.nodes(2).gateway(IP).run(1_000);
    from = scenario.holder(IP);
    to = from.equals("node-1") ? "node-2" : "node-1";
    return scenario;
  }

  private String successor() {
    return scenario.assignment(IP).successor().map(Holder::node).orElse("");
  }

  private void assertBeingPrepared() {
    Assignment now = scenario.assignment(IP);
    assertThat(now.state()).isEqualTo(State.GRANTED);
    assertThat(now.epoch()).isEqualTo(1);
    assertThat(scenario.holder(IP)).isEqualTo(from);
    assertThat(successor()).isEqualTo(to);
  }

  private void assertMoved() {
    assertThat(scenario.assignment(IP).state()).isEqualTo(State.GRANTED);
    assertThat(scenario.assignment(IP).epoch()).isEqualTo(2);
    assertThat(scenario.holder(IP)).isEqualTo(to);
    assertThat(successor()).isEmpty();
  }

  @Test
  void theHolderGoesOnUntilItsSuccessorIsReady() {
    twoNodes().disobedient().label(from, DRAIN).run(1_500);
    assertBeingPrepared();
    scenario.carryOut(to);
    assertThat(scenario.assignment(IP).state()).isEqualTo(State.RELEASING);
    assertThat(scenario.assignment(IP).reason()).isEqualTo(from + " is being drained");
    assertThat(successor()).isEqualTo(to);
    scenario.carryOut(from);
    assertMoved();
  }

  @Test
  void aSuccessorThatDoesNotGetReadyHoldsNothingUp() {
    twoNodes().disobedient().label(from, DRAIN).run(1_900);
    assertBeingPrepared();
    scenario.run(200);
    assertThat(scenario.assignment(IP).state()).isEqualTo(State.RELEASING);
    scenario.carryOut(from);
    assertMoved();
  }

  @Test
  void aSuccessorThatDiesIsReplacedAndTheTimeIsNotBegunAnew() {
    scenario.nodes(3).gateway(IP).run(1_000);
    from = scenario.holder(IP);
    scenario.disobedient().label(from, DRAIN).run(100);
    final String first = successor();
    scenario.silence(first).run(1_000);
    to = successor();
    assertThat(to).isNotEqualTo(first);
    assertBeingPrepared();
    scenario.run(1_000);
    assertThat(scenario.assignment(IP).state()).isEqualTo(State.RELEASING);
  }

  @Test
  void aNextSessionOfTheSuccessorIsNotTheSuccessor() {
    twoNodes().disobedient().label(from, DRAIN).run(100);
    scenario.newSession(to).beat(to, Intent.RUNNING);
    scenario.report(to);
    assertBeingPrepared();
    assertThat(scenario.assignment(IP).successor().orElseThrow().session()).isEqualTo(2);
  }

  @Test
  void aMoveForBalanceIsCalledOffWhenItsTakerDoesNotGetReady() {
    scenario.nodes(1).gateway(IP, "10.40.1.101").run(1_000);
    scenario.disobedient().node(2).error("node-2", "the kernel is out of memory").run(13_000);
    Assignment stays = scenario.assignment(IP);
    assertThat(stays.state()).isEqualTo(State.GRANTED);
    assertThat(stays.successor()).isEmpty();
    assertThat(stays.epoch()).isEqualTo(1);
    assertThat(stays.reason())
        .isEqualTo("stays on node-1: node-2 did not get ready for it in 2000 ms");
    assertThat(scenario.state().heldOff("node-2")).isPresent();
  }

  @Test
  void aMoveForBalanceIsCalledOffWhenItsTakerDies() {
    scenario.nodes(1).gateway(IP, "10.40.1.101").run(1_000);
    scenario.disobedient().node(2).run(11_000);
    assertThat(scenario.assignment(IP).isBeingPrepared()).isTrue();
    scenario.silence("node-2").run(600);
    Assignment stays = scenario.assignment(IP);
    assertThat(stays.state()).isEqualTo(State.GRANTED);
    assertThat(stays.successor()).isEmpty();
    assertThat(stays.epoch()).isEqualTo(1);
    assertThat(stays.reason()).isEqualTo("stays on node-1: node-2 cannot take it over");
  }

  @Test
  void aHolderThatDiesMeanwhileIsFollowedByTheSuccessor() {
    scenario.nodes(3).gateway(IP).run(1_000);
    from = scenario.holder(IP);
    scenario.disobedient().label(from, DRAIN).run(100);
    to = successor();
    scenario.silence(from).run(700);
    assertMoved();
  }

  @Test
  void anotherTaskGivesTheSuccessorItsFullTime() {
    twoNodes().disobedient().label(from, DRAIN).run(1_500).restart().run(1_500);
    assertBeingPrepared();
    scenario.run(700);
    assertThat(scenario.assignment(IP).state()).isEqualTo(State.RELEASING);
  }

  @Test
  void whoeverRemovesTheAddressFromItsGatewayWaitsForNobody() {
    twoNodes().disobedient().gateway("10.40.1.101");
    assertThat(scenario.assignment(IP).state()).isEqualTo(State.RELEASING);
    assertThat(successor()).isEmpty();
  }

  // ---- what sets a node apart -------------------------------------------------------------------

  private Scenario cordon(String node, Map<String, String> labels) {
    String address = node.replace("node-", "10.40.0.1");
    return scenario.resource(
        ObjectId.node(node),
        new Node(Scenario.metadata(1), labels, List.of(address), List.of(), true, true));
  }

  @Test
  void aCordonAloneMovesNothing() {
    twoNodes();
    cordon(from, Map.of()).run(30_000);
    assertThat(scenario.holder(IP)).isEqualTo(from);
    assertThat(scenario.assignment(IP).epoch()).isEqualTo(1);
  }

  @Test
  void aCordonDrainsANodeThatIsLabelledSo() {
    twoNodes().label(from, Map.of(Eligibility.DRAIN_LABEL, Eligibility.WHEN_CORDONED)).run(5_000);
    assertThat(scenario.holder(IP)).isEqualTo(from);
    cordon(from, Map.of(Eligibility.DRAIN_LABEL, Eligibility.WHEN_CORDONED)).run(500);
    assertMoved();
  }

  @Test
  void aCordonedNodeGetsOnlyWhatNobodyElseCanCarry() {
    scenario.nodes(2).run(1_000);
    cordon("node-2", Map.of()).gateway("10.40.1.100-10.40.1.103").run(60_000);
    assertThat(scenario.addressesByNode()).containsOnlyKeys("node-1");
    scenario.silence("node-1").run(1_000);
    assertThat(scenario.addressesByNode()).containsOnlyKeys("node-2");
  }

  @Test
  void aNodeSelectorThatNoLongerMatchesMovesTheAddress() {
    twoNodes();
    Map<String, String> egress = Map.of("egress", "true");
    scenario.label(to, egress);
    scenario.resource(
        Scenario.DEFAULT_GATEWAY,
        new Gateway(
            Scenario.metadata(1),
            List.of(IP),
            Optional.of(LabelSelector.ofLabels(egress)),
            Failback.GRADUAL,
            LeaseMode.AVAILABLE));
    scenario.run(500);
    assertMoved();
    scenario.label(from, egress).label(to, Map.of()).run(500);
    assertThat(scenario.holder(IP)).isEqualTo(from);
  }

  @Test
  void aRollingRestartOfAllAgentsMovesNothing() {
    scenario.nodes(3).gateway("10.40.1.100-10.40.1.105").run(1_000);
    Map<String, List<String>> before = scenario.addressesByNode();
    for (String node : List.of("node-1", "node-2", "node-3")) {
      scenario.beat(node, Intent.RESTARTING).silence(node).run(5_000);
      scenario.newSession(node).revive(node).run(200).report(node).run(300);
    }
    scenario.run(30_000);
    assertThat(scenario.addressesByNode()).isEqualTo(before);
  }

  @Test
  void aGracefulStopMovesAtOnce() {
    twoNodes().beat(from, Intent.STOPPING);
    assertMoved();
  }

  @Test
  void withFailbackNeverAReturningNodeGetsWhatHasNoOtherPlace() {
    scenario.nodes(2);
    scenario.resource(
        Scenario.DEFAULT_GATEWAY,
        new Gateway(
            Scenario.metadata(1),
            List.of(IP),
            Optional.empty(),
            Failback.NEVER,
            LeaseMode.AVAILABLE));
    scenario.run(1_000);
    from = scenario.holder(IP);
    to = from.equals("node-1") ? "node-2" : "node-1";
    scenario.silence(from).run(1_000);
    assertThat(scenario.holder(IP)).isEqualTo(to);
    scenario.newSession(from).revive(from).run(200).report(from).run(60_000);
    assertThat(scenario.holder(IP)).isEqualTo(to);
    scenario.silence(to).run(1_000);
    assertThat(scenario.holder(IP)).isEqualTo(from);
  }
}

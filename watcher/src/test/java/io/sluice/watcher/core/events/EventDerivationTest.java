package io.sluice.watcher.core.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Assignment.State;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.LeaseMode;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import io.sluice.model.StatusKey.Author;
import io.sluice.watcher.core.events.Event.Origin;
import io.sluice.watcher.core.events.Event.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class EventDerivationTest {

  private static final ObjectId GATEWAY =
      new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");
  private static final ObjectId POLICY = ObjectId.policy("p");
  private static final String A = "10.40.1.100";
  private static final String B = "10.40.1.101";

  private final EventDerivation derivation = new EventDerivation();
  private long offset;
  private long sequence;
  private boolean news = true;

  private Origin origin() {
    return new Origin("t", offset++, 1_000);
  }

  private void granted(String ip, String node, String reason) {
    assigned(ip, State.GRANTED, Optional.of(node), Optional.of(GATEWAY), reason);
  }

  private void assigned(
      String ip, State state, Optional<String> node, Optional<ObjectId> gateway, String reason) {
    derivation.assignment(
        IpAddress.parse(ip),
        new Assignment(
            state,
            node.map(name -> new Holder(name, 1, List.of())),
            1,
            gateway,
            LeaseMode.AVAILABLE,
            sequence,
            reason),
        origin(),
        news);
  }

  private void policy(Truth truth, String reason, String message, String... egressIps) {
    derivation.status(
        POLICY,
        Author.ALLOCATION,
        Optional.of(
            new Status(
                1,
                List.of(new Condition("Ready", truth, reason, message, 1)),
                Map.of(),
                Map.of(),
                List.of(egressIps),
                Optional.empty(),
                OptionalInt.empty())),
        origin(),
        news);
  }

  private List<String> told() {
    return derivation.take().stream()
        .map(event ->
            "%s %s %s: %s".formatted(event.type(), event.reason(), event.regarding(), event.note()))
        .toList();
  }

  @Test
  void theFirstNodeOfAnAddressIsToldOnItsGateway() {
    granted(A, "node-1", "first placement");
    assertThat(told())
        .containsExactly("Normal Assigned " + GATEWAY + ": 10.40.1.100 to node-1: first placement");
  }

  @Test
  void theAddressesOfOneDecisionAreOneEvent() {
    granted(A, "node-1", "first placement");
    granted(B, "node-1", "first placement");
    told();
    sequence++;
    granted(A, "node-2", "node-1 silent for 510 ms");
    granted(B, "node-3", "node-1 silent for 510 ms");
    assertThat(told())
        .containsExactly(
            "Warning FailedOver "
                + GATEWAY
                + ": 10.40.1.100 from node-1 to node-2, 10.40.1.101 from node-1 to node-3:"
                + " node-1 silent for 510 ms");
  }

  @Test
  void manyAddressesAreCounted() {
    for (int i = 0; i < 12; i++) {
      granted("10.40.2." + i, "node-1", "first placement");
    }
    assertThat(told().getFirst()).endsWith("10.40.2.9 to node-1 and 2 more: first placement");
  }

  @Test
  void aMoveIsToldWhenItHasComeToItsEnd() {
    granted(A, "node-1", "first placement");
    told();
    assigned(A, State.RELEASING, Optional.of("node-1"), Optional.of(GATEWAY), "node-1 is drained");
    assertThat(told()).isEmpty();
    granted(A, "node-2", "node-1 is drained");
    assertThat(told())
        .containsExactly(
            "Normal Moved " + GATEWAY + ": 10.40.1.100 from node-1 to node-2: node-1 is drained");
  }

  @Test
  void anotherSessionOfTheSameNodeIsNoNews() {
    granted(A, "node-1", "first placement");
    told();
    granted(A, "node-1", "node-1 began session 2");
    assertThat(told()).isEmpty();
  }

  @Test
  void anAddressThatLosesItsNodeOrItsGatewayIsTold() {
    granted(A, "node-1", "first placement");
    granted(B, "node-1", "first placement");
    told();
    assigned(A, State.UNASSIGNED, Optional.empty(), Optional.of(GATEWAY), "no node may carry it");
    assigned(B, State.UNASSIGNED, Optional.empty(), Optional.empty(), "no gateway lists it");
    assertThat(told())
        .containsExactly(
            "Warning Unassigned " + GATEWAY + ": 10.40.1.100 from node-1: no node may carry it",
            "Normal Withdrawn " + GATEWAY + ": 10.40.1.101 from node-1: no gateway lists it");
    assigned(A, State.UNASSIGNED, Optional.empty(), Optional.of(GATEWAY), "still none");
    assertThat(told()).isEmpty();
  }

  @Test
  void thePolicyThatUsesTheAddressIsToldToo() {
    policy(Truth.TRUE, "Ready", "leaves with " + A, A);
    granted(A, "node-1", "first placement");
    told();
    granted(A, "node-2", "node-1 left");
    assertThat(told())
        .contains(
            "Warning FailedOver " + POLICY + ": 10.40.1.100 from node-1 to node-2: node-1 left");

    policy(Truth.TRUE, "Ready", "leaves with " + B, B);
    told();
    granted(A, "node-3", "node-2 left");
    assertThat(told()).noneMatch(text -> text.contains(POLICY.toString()));
  }

  @Test
  void aRefusalIsToldOnceHoweverItsMessageChanges() {
    policy(Truth.FALSE, "EgressIPInUse", "free are: 10.40.1.101");
    policy(Truth.FALSE, "EgressIPInUse", "free are: none");
    assertThat(told())
        .containsExactly("Warning EgressIPInUse " + POLICY + ": free are: 10.40.1.101");
    policy(Truth.TRUE, "Ready", "leaves with " + A, A);
    assertThat(told()).containsExactly("Normal Ready " + POLICY + ": leaves with 10.40.1.100");
  }

  @Test
  void whatPassesByItselfIsNotTold() {
    policy(Truth.TRUE, "Ready", "leaves with " + A, A);
    told();
    policy(Truth.FALSE, "Applying", "wait", A);
    policy(Truth.TRUE, "Ready", "leaves with " + A, A);
    assertThat(told()).isEmpty();
    policy(Truth.FALSE, "Applying", "wait", B);
    policy(Truth.TRUE, "Ready", "leaves with " + B, B);
    assertThat(told()).containsExactly("Normal Ready " + POLICY + ": leaves with 10.40.1.101");
  }

  @Test
  void whatWasToldBeforeIsNotToldAgainButIsComparedWith() {
    news = false;
    granted(A, "node-1", "first placement");
    policy(Truth.FALSE, "EgressIPInUse", "free are: none");
    assertThat(told()).isEmpty();
    news = true;
    granted(A, "node-2", "node-1 left");
    policy(Truth.FALSE, "EgressIPInUse", "free are: none");
    assertThat(told())
        .containsExactly(
            "Warning FailedOver " + GATEWAY + ": 10.40.1.100 from node-1 to node-2: node-1 left");
  }

  @Test
  void aNoteIsNeverLongerThanTheApiServerTakes() {
    policy(Truth.FALSE, "Malformed", "x".repeat(5_000));
    Event event = derivation.take().getFirst();
    assertThat(event.note()).hasSize(Event.MAX_NOTE).endsWith("…");
    assertThat(event.type()).isEqualTo(Type.WARNING);
  }
}

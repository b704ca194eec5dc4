package io.sluice.watcher.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import io.sluice.model.StatusKey.Author;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class StatusBoardTest {

  private static final ObjectId POLICY = ObjectId.policy("alice-paul");

  private final StatusBoard board = new StatusBoard();

  @Test
  void theStatusesOfSeveralAuthorsBecomeOne() {
    board.accept(
        POLICY,
        Author.ALLOCATION,
        Optional.of(
            new Status(
                3,
                List.of(new Condition("Ready", Truth.TRUE, "Assigned", "on node-1", 5_000)),
                Map.of(),
                Map.of(),
                List.of("10.40.1.100"),
                Optional.of("node-1"),
                OptionalInt.empty())));
    board.accept(
        POLICY,
        Author.SELECTION,
        Optional.of(
            new Status(
                2,
                List.of(new Condition("Selected", Truth.TRUE, "Matched", "2 Pods", 6_000)),
                Map.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                OptionalInt.of(2))));

    assertThat(board.merged(POLICY))
        .contains(
            new Status(
                2,
                List.of(
                    new Condition("Ready", Truth.TRUE, "Assigned", "on node-1", 5_000),
                    new Condition("Selected", Truth.TRUE, "Matched", "2 Pods", 6_000)),
                Map.of(),
                Map.of(),
                List.of("10.40.1.100"),
                Optional.of("node-1"),
                OptionalInt.of(2)));
  }

  @Test
  void aConditionOfSeveralAuthorsHoldsOnlyIfItDoesForAll() {
    say(Author.ALLOCATION, new Condition("Ready", Truth.TRUE, "Assigned", "on node-1", 5_000));
    say(Author.SELECTION, new Condition("Ready", Truth.TRUE, "Matched", "2 Pods", 6_000));
    assertThat(ready())
        .isEqualTo(new Condition("Ready", Truth.TRUE, "Assigned", "on node-1", 6_000));

    say(Author.SELECTION, new Condition("Ready", Truth.UNKNOWN, "Starting", "wait", 7_000));
    assertThat(ready()).isEqualTo(new Condition("Ready", Truth.UNKNOWN, "Starting", "wait", 7_000));

    say(Author.ALLOCATION, new Condition("Ready", Truth.FALSE, "NoNode", "no node", 9_000));
    say(Author.SELECTION, new Condition("Ready", Truth.FALSE, "BadField", "bad field", 8_000));
    assertThat(ready())
        .isEqualTo(new Condition("Ready", Truth.FALSE, "NoNode", "no node; bad field", 8_000));
  }

  @Test
  void whatAnAuthorTakesBackIsGone() {
    say(Author.ALLOCATION, new Condition("Ready", Truth.FALSE, "NoNode", "no node", 1));
    say(Author.SELECTION, new Condition("Ready", Truth.TRUE, "Matched", "2 Pods", 2));
    board.accept(POLICY, Author.ALLOCATION, Optional.empty());
    assertThat(ready().truth()).isEqualTo(Truth.TRUE);

    board.accept(POLICY, Author.SELECTION, Optional.empty());
    assertThat(board.merged(POLICY)).isEmpty();
    assertThat(board.subjects()).isEmpty();
  }

  @Test
  void eachChangedObjectIsTakenOnce() {
    say(Author.ALLOCATION, new Condition("Ready", Truth.TRUE, "A", "a", 1));
    say(Author.SELECTION, new Condition("Ready", Truth.TRUE, "A", "a", 1));

    assertThat(board.takeChanged()).containsExactly(POLICY);
    assertThat(board.takeChanged()).isEmpty();
  }

  @Test
  void aStatusLooksAsTheKubernetesApiWantsIt() {
    Status status =
        new Status(
            4,
            List.of(new Condition("Ready", Truth.FALSE, "NoNode", "no node", 1_769_860_800_123L)),
            Map.of("node-2", "Down", "node-1", "Up"),
            Map.of("10.40.1.100", "node-1"),
            List.of(),
            Optional.empty(),
            OptionalInt.empty());

    assertThat(
            StatusTree.object(
                new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default"), status))
        .isEqualTo(
            Map.of(
                "apiVersion",
                "networking.gke.io/v1alpha1",
                "kind",
                "AnthosNetworkGateway",
                "metadata",
                Map.of("namespace", "kube-system", "name", "default"),
                "status",
                Map.of(
                    "observedGeneration",
                    4L,
                    "conditions",
                    List.of(
                        Map.of(
                            "type", "Ready",
                            "status", "False",
                            "observedGeneration", 4L,
                            "lastTransitionTime", "2026-01-31T12:00:00Z",
                            "reason", "NoNode",
                            "message", "no node")),
                    "nodes",
                    Map.of("node-1", "Up", "node-2", "Down"),
                    "nodesUp",
                    "1/2",
                    "floatingIPs",
                    Map.of("10.40.1.100", "node-1"))));
  }

  private void say(Author author, Condition condition) {
    board.accept(POLICY, author, Optional.of(Status.ofConditions(1, condition)));
  }

  private Condition ready() {
    return board.merged(POLICY).orElseThrow().conditions().getFirst();
  }
}

package io.sluice.allocator.core.selection;

import static io.sluice.allocator.core.selection.SelectedCluster.METADATA;
import static io.sluice.allocator.core.selection.SelectedCluster.podOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.allocator.core.selection.SelectionInput.WorkloadRead;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.BindingId;
import io.sluice.model.IpAddress;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange;
import io.sluice.model.Workload.Pod;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Many events: the log gives the state back, and the state is what the selectors say. */
class SelectionReplayTest {

  private final SelectedCluster cluster = new SelectedCluster();

  @Test
  void replayingTheAuditLogInAnyOrderGivesTheState() {
    Random random = new Random(42);
    for (int i = 0; i < 2_000; i++) {
      randomEvent(random);
      cluster.nowMillis += random.nextInt(50);
    }
    SortedMap<String, StateChange> last = new TreeMap<>();
    cluster.audit.forEach(
        entry -> entry.changes().forEach(change -> last.put(change.entity(), change)));
    List<StateChange> shuffled = new ArrayList<>(last.values());
    Collections.shuffle(shuffled, random);
    SelectionState replayed = new SelectionState();
    shuffled.forEach(replayed::apply);
    assertThat(replayed).isEqualTo(cluster.selection.state());
    assertBindingsAreWhatTheSelectorsSay(replayed);
  }

  private void randomEvent(Random random) {
    String namespace = "ns-" + random.nextInt(4);
    Map<String, String> labels = Map.of("l", "" + random.nextInt(3));
    switch (random.nextInt(6)) {
      case 0 ->
          cluster.policy("p-" + random.nextInt(5), labels, Map.of("l", "" + random.nextInt(3)));
      case 1 -> cluster.resource(ObjectId.policy("p-" + random.nextInt(5)), null);
      case 2 -> cluster.namespace(namespace, labels);
      case 3 -> cluster.pod(namespace, "pod-" + random.nextInt(10), null);
      case 4 -> cluster.take(new WorkloadRead(ObjectId.namespace(namespace), Optional.empty()));
      default ->
          cluster.pod(
              namespace, "pod-" + random.nextInt(10), podOf(labels, "10.0.0." + random.nextInt(9)));
    }
  }

  private static void assertBindingsAreWhatTheSelectorsSay(SelectionState state) {
    state
        .policies()
        .forEach((name, policy) -> {
          List<PodName> expected = new ArrayList<>();
          state
              .namespaces()
              .forEach((namespace, content) ->
                  state
                      .pods(namespace)
                      .forEach((pod, podContent) -> {
                        if (Matching.matches(policy, content, podContent)) {
                          expected.add(new PodName(namespace, pod));
                        }
                      }));
          assertThat(state.bindings(name).keySet()).containsExactlyElementsOf(expected);
        });
    for (PodName name : state.pods()) {
      Pod pod = state.pods(name.namespace()).get(name.name());
      boolean known = state.namespaces().containsKey(name.namespace());
      assertThat(state.clearance(name))
          .isEqualTo(known ? Optional.of(Matching.clearance(pod)) : Optional.empty());
    }
    assertThat(state.bindings().keySet().stream().filter(BindingId.OfClearance.class::isInstance))
        .hasSizeLessThanOrEqualTo(state.pods().size());
  }

  /** How long it takes is measured by {@code ./sluice load}. */
  @Test
  void aLargeClusterIsSelectedCompletely() {
    for (int p = 0; p < 1_000; p++) {
      cluster.policy("p-" + p, Map.of("team", "" + p), Map.of("app", "web"));
    }
    for (int n = 0; n < 1_000; n++) {
      cluster.namespace("ns-" + n, Map.of("team", "" + n));
    }
    IpAddress ip = IpAddress.parse("10.0.0.0");
    for (int i = 0; i < 150_000; i++) {
      ip = ip.next();
      Pod pod =
          new Pod(
              METADATA, Map.of("app", i % 2 == 0 ? "web" : "db"), List.of(ip), "n", false, false);
      cluster.selection.on(
          new WorkloadRead(ObjectId.pod("ns-" + i % 1_000, "pod-" + i), Optional.of(pod)),
          Cause.tick(0),
          0);
    }
    assertThat(cluster.matchedPods("p-0")).hasValue(150);
    assertThat(cluster.selection.state().bindings("p-1")).isEmpty();
  }
}

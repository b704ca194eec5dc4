package io.sluice.allocator.core.selection;

import static io.sluice.allocator.core.selection.SelectedCluster.METADATA;
import static io.sluice.allocator.core.selection.SelectedCluster.bindingsIn;
import static io.sluice.allocator.core.selection.SelectedCluster.node;
import static io.sluice.allocator.core.selection.SelectedCluster.podOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.AuditEntry;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.BindingChanged;
import io.sluice.model.StateChange.ResourceObserved;
import io.sluice.model.StateChange.WorkloadObserved;
import io.sluice.model.Workload.Namespace;
import io.sluice.model.Workload.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which Pods are let out of the cluster, and from when on that takes a clearance. */
class ClearanceTest {

  private final SelectedCluster cluster = new SelectedCluster();

  private static BindingChanged cleared(String namespace, String pod, String ip) {
    return new BindingChanged(
        new BindingId.OfClearance(namespace, pod),
        Optional.of(new Binding.Clearance(List.of(IpAddress.parse(ip)), "node-1")));
  }

  private static BindingChanged notCleared(String namespace, String pod) {
    return new BindingChanged(new BindingId.OfClearance(namespace, pod), Optional.empty());
  }

  @Test
  void aPodIsClearedBehindItsBindingsAndNotAnyMoreBeforeTheyGo() {
    cluster.shop();
    cluster.policy("p", Map.of("team", "shop"), Map.of("app", "web"));
    BindingId.OfPod id = new BindingId.OfPod("p", "shop", "new");
    assertThat(bindingsIn(cluster.pod("shop", "new", podOf(Map.of("app", "web"), "10.244.1.9"))))
        .containsExactly(
            new BindingChanged(
                id,
                Optional.of(new Binding.OfPod(List.of(IpAddress.parse("10.244.1.9")), "node-1"))),
            cleared("shop", "new", "10.244.1.9"));
    assertThat(bindingsIn(cluster.pod("shop", "new", podOf(Map.of("app", "web"), "10.244.1.10"))))
        .containsExactly(
            notCleared("shop", "new"),
            new BindingChanged(
                id,
                Optional.of(new Binding.OfPod(List.of(IpAddress.parse("10.244.1.10")), "node-1"))),
            cleared("shop", "new", "10.244.1.10"));
    assertThat(bindingsIn(cluster.pod("shop", "new", null)))
        .containsExactly(notCleared("shop", "new"), new BindingChanged(id, Optional.empty()));
  }

  @Test
  void aPodThatNoPolicyMatchesIsClearedToo() {
    cluster.shop();
    cluster.policy("p", Map.of("team", "shop"), Map.of());
    assertThat(bindingsIn(cluster.pod("bank", "new", podOf(Map.of(), "10.244.1.9"))))
        .containsExactly(cleared("bank", "new", "10.244.1.9"));
    assertThat(bindingsIn(cluster.pod("bank", "new", podOf(Map.of("app", "other"), "10.244.1.9"))))
        .as("who it is stays the same")
        .isEmpty();
  }

  @Test
  void aPodIsNotClearedBeforeItsNamespaceIsKnownOrWithoutPacketsOfItsOwn() {
    assertThat(bindingsIn(cluster.pod("late", "web", podOf(Map.of(), "10.244.1.1")))).isEmpty();
    assertThat(bindingsIn(cluster.namespace("late", Map.of())))
        .containsExactly(cleared("late", "web", "10.244.1.1"));
    List<IpAddress> ips = List.of(IpAddress.parse("10.244.1.1"));
    assertThat(
            bindingsIn(
                cluster.pod("late", "web", new Pod(METADATA, Map.of(), ips, "n", false, true))))
        .containsExactly(notCleared("late", "web"));
  }

  @Test
  void podsAreGuardedAsSoonAndAsLongAsThereIsAPolicy() {
    cluster.shop();
    cluster.resource(
        ObjectId.node("n-1"), node(true, List.of("10.40.0.11"), List.of("10.244.1.0/24")));
    assertThat(cluster.guardedPods()).isEmpty();
    List<StateChange> changes = cluster.policy("p", Map.of("team", "shop"), Map.of());
    assertThat(cluster.guardedPods())
        .isEqualTo(Map.of("n-1", List.of(Cidr.parse("10.244.1.0/24"))));
    assertThat(((BindingChanged) changes.getLast()).id())
        .as("the guard comes last")
        .isEqualTo(new BindingId.ClusterNetworks());
    cluster.nowMillis += Selection.NETWORKS_INTERVAL_MILLIS;
    cluster.resource(
        ObjectId.node("n-2"), node(true, List.of("10.40.0.12"), List.of("10.244.2.0/24")));
    assertThat(cluster.guardedPods()).containsOnlyKeys("n-1", "n-2");
    cluster.resource(ObjectId.policy("p"), null);
    assertThat(cluster.guardedPods()).isEmpty();
  }

  @Test
  void podsOfAnEarlierVersionsStateAreClearedBitByBitBeforeTheyAreGuarded() {
    Selection earlier = new Selection();
    earlier.restore(
        new WorkloadObserved(
            ObjectId.namespace("n"), Optional.of(new Namespace(METADATA, Map.of()))));
    earlier.restore(
        new ResourceObserved(
            ObjectId.node("n-1"),
            Optional.of(node(true, List.of("10.40.0.11"), List.of("10.244.1.0/24")))));
    earlier.restore(
        new ResourceObserved(
            ObjectId.policy("p"),
            Optional.of(
                new Policy(
                    METADATA,
                    List.of(),
                    Policy.Action.SNAT,
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    false))));
    IpAddress ip = IpAddress.parse("10.244.1.0");
    for (int i = 0; i < 1_200; i++) {
      ip = ip.next();
      earlier.restore(
          new WorkloadObserved(
              ObjectId.pod("n", "pod-" + i),
              Optional.of(new Pod(METADATA, Map.of(), List.of(ip), "n-1", false, false))));
    }
    earlier.resume(7);
    for (int expected : List.of(500, 1_000)) {
      assertThat(earlier.nextDeadlineMillis()).isLessThan(cluster.nowMillis);
      earlier.tick(cluster.nowMillis);
      assertThat(earlier.state().bindings()).hasSize(expected);
    }
    List<AuditEntry> last = earlier.tick(cluster.nowMillis);
    assertThat(earlier.state().bindings()).hasSize(1_201);
    assertThat(((BindingChanged) last.getLast().changes().getLast()).id())
        .isEqualTo(new BindingId.ClusterNetworks());
    assertThat(earlier.nextDeadlineMillis()).isEqualTo(Selection.NO_DEADLINE);
  }
}

package io.sluice.allocator.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.BindingKey;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.LabelSelector;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.ObjectKey;
import io.sluice.model.Policy;
import io.sluice.model.StatusKey;
import io.sluice.model.Workload;
import io.sluice.model.Workload.Namespace;
import io.sluice.model.Workload.Pod;
import io.sluice.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SelectionTopologyTest {

  private static final String CLUSTER = "local";
  private static final Metadata METADATA = new Metadata("uid", "1", 1, 1);
  private static final ObjectId POLICY = ObjectId.policy("p");

  private final TopologyRig rig = new TopologyRig(Topologies::selection);

  @AfterEach
  void close() {
    rig.close();
  }

  private void workload(ObjectId id, Workload workload) {
    rig.send(Topics.WORKLOADS, new ObjectKey(CLUSTER, id), workload);
  }

  private void pod(String name, String ip) {
    workload(
        ObjectId.pod("shop", name),
        new Pod(METADATA, Map.of(), List.of(IpAddress.parse(ip)), "node-1", false, false));
  }

  private void start() {
    rig.send(
        Topics.RESOURCES,
        new ObjectKey(CLUSTER, POLICY),
        new Policy(
            METADATA,
            List.of(new Policy.Source(LabelSelector.EVERYTHING, LabelSelector.EVERYTHING)),
            Policy.Action.SNAT,
            List.of("203.0.113.0/24"),
            Optional.empty(),
            Optional.empty(),
            false));
    workload(ObjectId.namespace("shop"), new Namespace(METADATA, Map.of()));
    pod("web", "10.244.1.1");
  }

  private Optional<Binding> bindingOf(String pod) {
    return rig.newest(
        Topics.BINDINGS, new BindingKey(CLUSTER, new BindingId.OfPod("p", "shop", pod)));
  }

  @Test
  void aMatchedPodIsBoundAndUnboundWhenItIsDeleted() {
    start();
    assertThat(bindingOf("web"))
        .contains(new Binding.OfPod(List.of(IpAddress.parse("10.244.1.1")), "node-1"));
    workload(ObjectId.pod("shop", "web"), null);
    assertThat(bindingOf("web")).isEmpty();
  }

  @Test
  void theStatusCountsTheMatchedPodsAndIsCoalesced() {
    start();
    for (int i = 0; i < 100; i++) {
      pod("pod-" + i, "10.244.2." + i);
    }
    rig.advance(StatusPublication.INTERVAL_MILLIS);
    StatusKey key = new StatusKey(CLUSTER, POLICY, StatusKey.Author.SELECTION);
    assertThat(rig.newest(Topics.STATUS, key).orElseThrow().matchedPods()).hasValue(101);
    assertThat(rig.values(Topics.STATUS, key)).hasSizeLessThan(5);
  }

  @Test
  void theNetworksOfTheClusterArePublished() {
    rig.send(
        Topics.RESOURCES,
        new ObjectKey(CLUSTER, ObjectId.node("node-1")),
        new Node(METADATA, Map.of(), List.of("10.40.0.11"), List.of("10.244.1.0/24"), true, false));
    rig.advance(200);
    assertThat(
            rig.newest(Topics.BINDINGS, new BindingKey(CLUSTER, new BindingId.ClusterNetworks())))
        .contains(
            new Binding.ClusterNetworks(
                List.of(Cidr.parse("10.40.0.11/32"), Cidr.parse("10.244.1.0/24"))));
  }

  @Test
  void theAuditSequenceIsItsOwnAndHasNoHole() {
    start();
    List<AuditEntry> entries =
        rig.values(Topics.AUDIT, new AuditKey(CLUSTER, AuditKey.Stream.SELECTION));
    assertThat(entries).extracting(AuditEntry::sequence).containsExactly(1L, 2L, 3L);
  }

  @Test
  void recordsThatCannotBeUsedAreKeptAsideAndWorkGoesOn() {
    rig.sendRaw(Topics.WORKLOADS.name(), new byte[] {1}, new byte[] {2});
    workload(ObjectId.pod("shop", "web"), new Namespace(METADATA, Map.of()));
    workload(ObjectId.node("node-1"), null);
    start();
    assertThat(bindingOf("web")).isPresent();
    assertThat(rig.rawRecords(DeadLetters.TOPIC)).hasSize(3);
  }
}

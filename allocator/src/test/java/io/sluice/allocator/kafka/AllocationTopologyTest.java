package io.sluice.allocator.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.AgentReport.Nic;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Assignment.State;
import io.sluice.model.AssignmentKey;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.BindingKey;
import io.sluice.model.Gateway;
import io.sluice.model.Gateway.Failback;
import io.sluice.model.Heartbeat;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.LabelSelector;
import io.sluice.model.LeaseMode;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.NodeKey;
import io.sluice.model.ObjectId;
import io.sluice.model.ObjectKey;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import io.sluice.model.Status;
import io.sluice.model.Status.Truth;
import io.sluice.model.StatusKey;
import io.sluice.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AllocationTopologyTest {

  private static final String CLUSTER = "local";
  private static final ObjectId GATEWAY =
      new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");
  private static final IpAddress A = IpAddress.parse("10.40.1.100");
  private static final Metadata METADATA = new Metadata("uid", "1", 1, 1);

  private final TopologyRig rig =
      new TopologyRig(
          (clock, metrics) -> Topologies.allocation(AllocationSettings.DEFAULT, clock, metrics));
  private final Map<String, Long> sequences = new TreeMap<>();

  @AfterEach
  void close() {
    rig.close();
  }

  private void resource(String cluster, ObjectId id, Resource resource) {
    rig.send(Topics.RESOURCES, new ObjectKey(cluster, id), resource);
  }

  private void gateway(String cluster, String... ips) {
    resource(
        cluster,
        GATEWAY,
        new Gateway(
            METADATA, List.of(ips), Optional.empty(), Failback.GRADUAL, LeaseMode.AVAILABLE));
  }

  private void node(String cluster, int n) {
    String address = "10.40.0." + (10 + n);
    resource(
        cluster,
        ObjectId.node("node-" + n),
        new Node(METADATA, Map.of(), List.of(address), List.of(), true, false));
    report(cluster, n, List.of());
  }

  private void report(String cluster, int n, List<Applied> applied) {
    String address = "10.40.0." + (10 + n);
    Nic nic =
        new Nic("eth0", "02:00:00:00:00:0" + n, List.of(InterfaceAddress.parse(address + "/16")));
    rig.send(
        Topics.AGENTS,
        new NodeKey(cluster, "node-" + n),
        new AgentReport("agent-" + n, 1, "1", nic, applied, Optional.empty()));
  }

  private void beat(String cluster, int n) {
    rig.send(
        Topics.HEARTBEATS,
        new NodeKey(cluster, "node-" + n),
        new Heartbeat(
            "agent-" + n, 1, sequences.merge(cluster + n, 1L, Long::sum), 100, Intent.RUNNING));
  }

  /** These nodes beat for so long, every 100 ms. */
  private void run(long millis, int... nodes) {
    for (long passed = 0; passed < millis; passed += 100) {
      for (int n : nodes) {
        beat(CLUSTER, n);
      }
      rig.advance(100);
    }
  }

  private void start() {
    gateway(CLUSTER, "10.40.1.100", "10.40.1.101");
    node(CLUSTER, 1);
    node(CLUSTER, 2);
    run(1_000, 1, 2);
  }

  /** The agents of these nodes have done all that was decided. */
  private void reportAllHeld(int... nodes) {
    for (int n : nodes) {
      List<Applied> held = new ArrayList<>();
      for (String ip : List.of("10.40.1.100", "10.40.1.101")) {
        IpAddress address = IpAddress.parse(ip);
        if (holder(CLUSTER, address).equals("node-" + n)) {
          held.add(
              new Applied(
                  address, assignment(CLUSTER, address).orElseThrow().epoch(), AppliedState.HELD));
        }
      }
      report(CLUSTER, n, held);
    }
    rig.advance(100);
  }

  private Optional<Assignment> assignment(String cluster, IpAddress ip) {
    return rig.newest(Topics.ASSIGNMENTS, new AssignmentKey(cluster, ip));
  }

  private String holder(String cluster, IpAddress ip) {
    return assignment(cluster, ip).flatMap(Assignment::holder).map(Holder::node).orElse("");
  }

  private List<AuditEntry> audit(String cluster) {
    return rig.values(Topics.AUDIT, new AuditKey(cluster, AuditKey.Stream.ALLOCATION));
  }

  @Test
  void addressesAreGrantedAndTheStatusSaysSo() {
    start();
    assertThat(holder(CLUSTER, A)).startsWith("node-");
    reportAllHeld(1, 2);
    Status status =
        rig.newest(Topics.STATUS, new StatusKey(CLUSTER, GATEWAY, StatusKey.Author.ALLOCATION))
            .orElseThrow();
    assertThat(status.floatingIps()).containsEntry("10.40.1.100", holder(CLUSTER, A));
    assertThat(status.conditions().getFirst().truth()).isEqualTo(Truth.TRUE);
    assertThat(status.conditions().getFirst().sinceMillis())
        .isGreaterThan(TopologyRig.START_MILLIS);
  }

  @Test
  void aPunctuationDeclaresTheSilentNodeAndTheAddressMoves() {
    failOver();
    Assignment moved = assignment(CLUSTER, A).orElseThrow();
    assertThat(moved.state()).isEqualTo(State.GRANTED);
    assertThat(moved.epoch()).isEqualTo(2);
    assertThat(moved.auditSequence()).isEqualTo(audit(CLUSTER).getLast().sequence());
  }

  private void failOver() {
    start();
    String dead = holder(CLUSTER, A);
    int survivor = dead.equals("node-1") ? 2 : 1;
    run(300, survivor);
    beat(CLUSTER, survivor);
    rig.advance(98);
    int before = audit(CLUSTER).size();
    assertThat(holder(CLUSTER, A)).isEqualTo(dead);
    // Now the last beat of the dead node was 500 ms ago; no record says so, only the clock.
    rig.advance(2);
    assertThat(audit(CLUSTER)).hasSize(before + 1);
    assertThat(audit(CLUSTER).getLast().cause().topic()).isEmpty();
    assertThat(holder(CLUSTER, A)).isEqualTo("node-" + survivor);
    assertThat(assignment(CLUSTER, A).orElseThrow().reason())
        .isEqualTo(dead + " silent for 500 ms");
  }

  @Test
  void aFailoverIsCountedAndTimed() {
    failOver();
    assertThat(rig.metrics())
        .contains("sluice_allocator_failovers_total{cluster=\"local\"} 1.0")
        .contains("sluice_allocator_silent_nodes_total{cluster=\"local\"} 1.0")
        .contains("sluice_allocator_detection_delay_seconds_bucket{le=\"0.001\"} 1")
        .contains("sluice_allocator_floating_ips{cluster=\"local\",state=\"granted\"} 2.0")
        .contains("sluice_allocator_nodes{cluster=\"local\",liveness=\"silent\"} 1.0")
        .contains("sluice_allocator_takeovers_total{application=\"allocation\"} 1.0")
        .contains(
            "sluice_allocator_decisions_total{application=\"allocation\",kind=\"LivenessChanged\"}"
                + " 3.0");
  }

  @Test
  void anAddressThatNoGatewayListsIsNoLongerCounted() {
    start();
    reportAllHeld(1, 2);
    gateway(CLUSTER, "10.40.1.100");
    report(CLUSTER, 1, List.of());
    report(CLUSTER, 2, List.of());
    run(1_000, 1, 2);
    assertThat(rig.metrics())
        .contains("sluice_allocator_floating_ips{cluster=\"local\",state=\"granted\"} 1.0")
        .contains("sluice_allocator_floating_ips{cluster=\"local\",state=\"unassigned\"} 0.0");
  }

  @Test
  void theAuditSequenceHasNoHoleAndNamesItsCauses() {
    failOver();
    List<AuditEntry> entries = audit(CLUSTER);
    for (int i = 0; i < entries.size(); i++) {
      assertThat(entries.get(i).sequence()).isEqualTo(i + 1);
    }
    assertThat(entries.getFirst().cause().topic()).isEqualTo("sluice.resources");
    assertThat(entries.getFirst().cause().offset()).isZero();
  }

  @Test
  void beatsThatChangeNothingWriteNothing() {
    start();
    reportAllHeld(1, 2);
    int before = rig.written();
    run(5_000, 1, 2);
    assertThat(rig.written()).isEqualTo(before);
  }

  @Test
  void clustersOnOnePartitionDoNotMix() {
    start();
    gateway("other", "10.40.1.100");
    node("other", 7);
    for (int i = 0; i < 10; i++) {
      beat("other", 7);
      run(100, 1, 2);
    }
    assertThat(holder("other", A)).isEqualTo("node-7");
    assertThat(holder(CLUSTER, A)).isIn("node-1", "node-2");
    assertThat(audit("other").getFirst().sequence()).isEqualTo(1);
  }

  @Test
  void aPolicyIsBoundToItsAddressAndUnboundWhenDeleted() {
    start();
    ObjectId id = ObjectId.policy("shop");
    BindingKey key = new BindingKey(CLUSTER, new BindingId.OfPolicy("shop"));
    resource(
        CLUSTER,
        id,
        new Policy(
            METADATA,
            List.of(new Policy.Source(LabelSelector.EVERYTHING, LabelSelector.EVERYTHING)),
            Policy.Action.SNAT,
            List.of("203.0.113.0/24"),
            Optional.of("10.40.1.100"),
            Optional.empty(),
            false));
    assertThat(rig.newest(Topics.BINDINGS, key).map(Binding.OfPolicy.class::cast))
        .hasValueSatisfying(binding -> assertThat(binding.egressIps()).containsExactly(A));
    resource(CLUSTER, id, null);
    rig.advance(100);
    assertThat(rig.newest(Topics.BINDINGS, key)).isEmpty();
    assertThat(rig.newest(Topics.STATUS, new StatusKey(CLUSTER, id, StatusKey.Author.ALLOCATION)))
        .isEmpty();
  }

  @Test
  void aRecordThatCannotBeDecodedIsKeptAsideAndWorkGoesOn() {
    byte[] nonsense = {1, 2, 3};
    ObjectKey key = new ObjectKey(CLUSTER, GATEWAY);
    rig.sendRaw(
        Topics.RESOURCES.name(),
        Topics.RESOURCES.keySerde().serializer().serialize("", key),
        nonsense);
    rig.sendRaw(Topics.HEARTBEATS.name(), nonsense, nonsense);
    start();
    assertThat(holder(CLUSTER, A)).isNotEmpty();
    List<TestRecord<byte[], byte[]>> dead = rig.rawRecords(DeadLetters.TOPIC);
    assertThat(dead).hasSize(2);
    assertThat(rig.metrics())
        .contains("sluice_allocator_dead_letters_total{topic=\"sluice.resources\"} 1.0")
        .contains("sluice_allocator_dead_letters_total{topic=\"sluice.heartbeats\"} 1.0");
    assertThat(dead.getFirst().value()).isEqualTo(nonsense);
    assertThat(dead.getFirst().headers().lastHeader("__streams.errors.topic").value())
        .asString()
        .isEqualTo("sluice.resources");
  }

  @Test
  void aRecordThatDoesNotBelongOnItsTopicIsKeptAsideAndWorkGoesOn() {
    resource(CLUSTER, ObjectId.node("node-1"), METADATA_POLICY);
    resource(CLUSTER, ObjectId.pod("ns", "pod"), null);
    rig.send(Topics.HEARTBEATS, new NodeKey(CLUSTER, "node-1"), null);
    rig.sendRaw(
        Topics.RESOURCES.name(),
        null,
        Topics.RESOURCES.valueSerde().serializer().serialize("", METADATA_POLICY));
    start();
    assertThat(holder(CLUSTER, A)).isNotEmpty();
    assertThat(rig.rawRecords(DeadLetters.TOPIC)).hasSize(4);
  }

  private static final Policy METADATA_POLICY =
      new Policy(
          METADATA,
          List.of(),
          Policy.Action.NO_SNAT,
          List.of(),
          Optional.empty(),
          Optional.empty(),
          false);
}

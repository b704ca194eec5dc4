package io.sluice.schemas;

import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.BindingKey;
import io.sluice.model.Cidr;
import io.sluice.model.Gateway;
import io.sluice.model.Heartbeat;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.LabelSelector;
import io.sluice.model.LeaseMode;
import io.sluice.model.MalformedResource;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.NodeKey;
import io.sluice.model.ObjectId;
import io.sluice.model.ObjectKey;
import io.sluice.model.Policy;
import io.sluice.model.StateChange;
import io.sluice.model.Status;
import io.sluice.model.StatusKey;
import io.sluice.model.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The values of the golden files. What stands here has been written: entries are only ever added,
 * one for each record whenever its schema gets a new version. When a type of the model gains a
 * field, give the samples of older versions the value that the schema's default stands for.
 */
final class Samples {

  private static final IpAddress IP = IpAddress.parse("10.40.1.100");
  private static final IpAddress IP6 = IpAddress.parse("2001:db8::100");
  private static final InterfaceAddress ETH0 = InterfaceAddress.parse("10.40.0.11/16");
  private static final Metadata METADATA = new Metadata("uid-1", "4711", 3, 1_700_000_000_123L);
  private static final ObjectId GATEWAY_ID =
      new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");
  private static final LabelSelector SELECTOR =
      new LabelSelector(
          Map.of("app", "web", "tier", "front"),
          List.of(
              new LabelSelector.Requirement("zone", LabelSelector.Operator.IN, List.of("a", "b")),
              new LabelSelector.Requirement("team", LabelSelector.Operator.NOT_IN, List.of("x")),
              new LabelSelector.Requirement("gpu", LabelSelector.Operator.EXISTS, List.of()),
              new LabelSelector.Requirement(
                  "old", LabelSelector.Operator.DOES_NOT_EXIST, List.of())));

  private static final Gateway GATEWAY =
      new Gateway(
          METADATA,
          List.of("10.40.1.100-10.40.1.102", "2001:db8::/120", "not an address"),
          Optional.of(LabelSelector.ofLabels(Map.of("egress", "true"))),
          Gateway.Failback.NEVER,
          LeaseMode.STRICT);
  private static final Policy POLICY =
      new Policy(
          METADATA,
          List.of(new Policy.Source(LabelSelector.EVERYTHING, SELECTOR)),
          Policy.Action.SNAT,
          List.of("203.0.113.0/24", "2001:db8:1::/48"),
          Optional.of("10.40.1.100"),
          Optional.of(new Policy.GatewayRef("kube-system", "default")),
          true);
  private static final Node NODE =
      new Node(
          METADATA,
          Map.of("kubernetes.io/hostname", "node-1", "egress", "true"),
          List.of("10.40.0.11"),
          List.of("10.244.1.0/24"),
          true,
          false);
  private static final Workload.Pod POD =
      new Workload.Pod(
          METADATA,
          Map.of("app", "web"),
          List.of(IpAddress.parse("10.244.1.7"), IpAddress.parse("fd00:244:1::7")),
          "node-1",
          false,
          true);
  private static final AgentReport REPORT =
      new AgentReport(
          "instance-1",
          2,
          "0.1.0",
          new AgentReport.Nic("eth0", "02:00:00:00:00:0b", List.of(ETH0)),
          List.of(
              new AgentReport.Applied(IP, 5, AgentReport.AppliedState.HELD),
              new AgentReport.Applied(IP6, 6, AgentReport.AppliedState.RELEASED)),
          Optional.of("eth0 is down"));
  private static final Assignment GRANTED =
      new Assignment(
          Assignment.State.GRANTED,
          Optional.of(new Assignment.Holder("node-1", 2, List.of(ETH0))),
          5,
          Optional.of(GATEWAY_ID),
          LeaseMode.AVAILABLE,
          42,
          "node-2 fell silent");
  private static final Assignment MOVING =
      new Assignment(
          Assignment.State.GRANTED,
          Optional.of(new Assignment.Holder("node-1", 2, List.of(ETH0))),
          5,
          Optional.of(GATEWAY_ID),
          LeaseMode.AVAILABLE,
          44,
          "node-1 is being drained",
          Optional.of(
              new Assignment.Holder(
                  "node-2", 7, List.of(InterfaceAddress.parse("10.40.0.12/16")))));
  private static final Assignment UNASSIGNED =
      new Assignment(
          Assignment.State.UNASSIGNED,
          Optional.empty(),
          6,
          Optional.empty(),
          LeaseMode.STRICT,
          43,
          "no gateway lists it");
  private static final Binding.OfPolicy OF_POLICY =
      new Binding.OfPolicy(
          1_700_000_000_123L,
          Policy.Action.NO_SNAT,
          List.of(Cidr.parse("203.0.113.0/24"), Cidr.parse("2001:db8:1::/48")),
          List.of(IP, IP6));
  private static final Binding.OfPod OF_POD = new Binding.OfPod(POD.ips(), "node-1");
  private static final Binding.ClusterNetworks NETWORKS =
      new Binding.ClusterNetworks(List.of(Cidr.parse("10.244.0.0/16"), Cidr.of(IP6)));
  private static final StateChange.LivenessChanged RESTARTING =
      new StateChange.LivenessChanged(
          "node-1", StateChange.Liveness.RESTARTING, 2, 1_700_000_060_000L);
  private static final AgentReport LEASES =
      REPORT.withLeases(Optional.of(new AgentReport.Leases(400, 8_000)));
  private static final Binding.ClusterNetworks GUARDED =
      new Binding.ClusterNetworks(
          NETWORKS.networks(),
          new TreeMap<>(
              Map.of(
                  "node-1", List.of(Cidr.parse("10.244.1.0/24")),
                  "node-2", List.of(Cidr.parse("10.244.2.0/24"), Cidr.parse("2001:db8:2::/64")))));
  private static final Binding.Clearance CLEARANCE = new Binding.Clearance(POD.ips(), "node-1");
  private static final BindingId.OfClearance CLEARANCE_OF_POD =
      new BindingId.OfClearance("shop", "web-1");
  private static final BindingId.OfPod POD_BINDING = new BindingId.OfPod("web", "shop", "web-1");

  static final List<Sample<?, ?>> ALL =
      List.of(
          new Sample<>(new ObjectKeyCodec(), 1, "gateway", new ObjectKey("local", GATEWAY_ID)),
          new Sample<>(
              new ObjectKeyCodec(), 1, "policy", new ObjectKey("local", ObjectId.policy("web"))),
          new Sample<>(new NodeKeyCodec(), 1, "node", new NodeKey("local", "node-1")),
          new Sample<>(new AssignmentKeyCodec(), 1, "ipv4", new AssignmentKey("local", IP)),
          new Sample<>(new AssignmentKeyCodec(), 1, "ipv6", new AssignmentKey("local", IP6)),
          new Sample<>(
              new BindingKeyCodec(),
              1,
              "policy",
              new BindingKey("local", new BindingId.OfPolicy("web"))),
          new Sample<>(new BindingKeyCodec(), 1, "pod", new BindingKey("local", POD_BINDING)),
          new Sample<>(
              new BindingKeyCodec(),
              1,
              "networks",
              new BindingKey("local", new BindingId.ClusterNetworks())),
          new Sample<>(
              new BindingKeyCodec(), 1, "clearance", new BindingKey("local", CLEARANCE_OF_POD)),
          new Sample<>(
              new StatusKeyCodec(),
              1,
              "selection",
              new StatusKey("local", ObjectId.policy("web"), StatusKey.Author.SELECTION)),
          new Sample<>(
              new AuditKeyCodec(),
              1,
              "allocation",
              new AuditKey("local", AuditKey.Stream.ALLOCATION)),
          new Sample<>(new ResourceCodec(), 1, "gateway", GATEWAY),
          new Sample<>(new ResourceCodec(), 1, "policy", POLICY),
          new Sample<>(new ResourceCodec(), 1, "node", NODE),
          new Sample<>(
              new ResourceCodec(),
              1,
              "malformed",
              new MalformedResource(
                  METADATA,
                  List.of(new MalformedResource.FieldError("spec.floatingIPs", "not a list")))),
          new Sample<>(
              new WorkloadCodec(),
              1,
              "namespace",
              new Workload.Namespace(METADATA, Map.of("team", "shop"))),
          new Sample<>(new WorkloadCodec(), 1, "pod", POD),
          new Sample<>(
              new HeartbeatCodec(),
              1,
              "beat",
              new Heartbeat("instance-1", 2, 300, 100, Heartbeat.Intent.RESTARTING)),
          new Sample<>(new AgentReportCodec(), 1, "report", REPORT),
          new Sample<>(new AssignmentCodec(), 1, "granted", GRANTED),
          new Sample<>(new AssignmentCodec(), 1, "unassigned", UNASSIGNED),
          new Sample<>(new BindingCodec(), 1, "policy", OF_POLICY),
          new Sample<>(new BindingCodec(), 1, "pod", OF_POD),
          new Sample<>(new BindingCodec(), 1, "networks", NETWORKS),
          new Sample<>(
              new StatusCodec(),
              1,
              "full",
              new Status(
                  3,
                  List.of(
                      new Status.Condition(
                          "Ready", Status.Truth.TRUE, "Granted", "held", 1_700_000_000_123L)),
                  Map.of("node-1", "Up", "node-2", "Down"),
                  Map.of("10.40.1.100", "node-1"),
                  List.of("10.40.1.100"),
                  Optional.of("node-1"),
                  OptionalInt.of(7))),
          new Sample<>(new StatusCodec(), 1, "bare", Status.ofConditions(1)),
          new Sample<>(
              new StateChangeCodec(),
              1,
              "liveness",
              new StateChange.LivenessChanged(
                  "node-2", StateChange.Liveness.SILENT, 1, 1_700_000_000_623L)),
          new Sample<>(
              new AuditCodec(),
              1,
              "every-change",
              new AuditEntry(
                  42,
                  new AuditEntry.Cause("sluice.heartbeats", 0, 4711, 1_700_000_000_623L),
                  1_700_000_000_624L,
                  List.of(
                      new StateChange.ResourceObserved(GATEWAY_ID, Optional.of(GATEWAY)),
                      new StateChange.ResourceObserved(ObjectId.policy("web"), Optional.empty()),
                      new StateChange.WorkloadObserved(
                          ObjectId.pod("shop", "web-1"), Optional.of(POD)),
                      new StateChange.WorkloadObserved(
                          ObjectId.namespace("shop"), Optional.empty()),
                      new StateChange.AgentObserved("node-1", Optional.of(REPORT)),
                      new StateChange.AgentObserved("node-2", Optional.empty()),
                      new StateChange.LivenessChanged(
                          "node-2", StateChange.Liveness.LEFT, 1, 1_700_000_000_623L),
                      new StateChange.EgressChosen("web", List.of(IP, IP6)),
                      new StateChange.AssignmentChanged(IP, GRANTED),
                      new StateChange.BindingChanged(POD_BINDING, Optional.of(OF_POD)),
                      new StateChange.BindingChanged(
                          new BindingId.ClusterNetworks(), Optional.empty())))),
          new Sample<>(
              new AuditCodec(),
              1,
              "tick",
              new AuditEntry(
                  43, AuditEntry.Cause.tick(1_700_000_000_700L), 1_700_000_000_700L, List.of())),
          new Sample<>(
              new StateChangeCodec(),
              2,
              "hold-off",
              new StateChange.HoldOffChanged(
                  "node-2", 3, 1_700_000_000_623L, OptionalLong.of(1_700_000_040_623L))),
          new Sample<>(
              new AuditCodec(),
              2,
              "hold-off-ends",
              new AuditEntry(
                  44,
                  AuditEntry.Cause.tick(1_700_000_040_623L),
                  1_700_000_040_623L,
                  List.of(
                      new StateChange.HoldOffChanged(
                          "node-2", 3, 1_700_000_040_623L, OptionalLong.empty())))),
          new Sample<>(new AssignmentCodec(), 2, "moving", MOVING),
          new Sample<>(
              new AgentReportCodec(),
              2,
              "prepared",
              new AgentReport(
                  "instance-2",
                  7,
                  "0.1.0",
                  REPORT.nic(),
                  List.of(new AgentReport.Applied(IP, 5, AgentReport.AppliedState.PREPARED)),
                  Optional.empty())),
          new Sample<>(
              new StateChangeCodec(), 3, "moving", new StateChange.AssignmentChanged(IP, MOVING)),
          new Sample<>(
              new AuditCodec(),
              3,
              "move-begins",
              new AuditEntry(
                  45,
                  AuditEntry.Cause.tick(1_700_000_050_000L),
                  1_700_000_050_000L,
                  List.of(new StateChange.AssignmentChanged(IP, MOVING)))),
          new Sample<>(new StateChangeCodec(), 4, "restarting", RESTARTING),
          new Sample<>(
              new AuditCodec(),
              4,
              "restart-begins",
              new AuditEntry(
                  46,
                  new AuditEntry.Cause("sluice.heartbeats", 0, 4712, 1_700_000_060_000L),
                  1_700_000_060_000L,
                  List.of(RESTARTING))),
          new Sample<>(new AgentReportCodec(), 3, "leases", LEASES),
          new Sample<>(
              new StateChangeCodec(),
              5,
              "leases",
              new StateChange.AgentObserved("node-1", Optional.of(LEASES))),
          new Sample<>(
              new AuditCodec(),
              5,
              "refused",
              new AuditEntry(
                  47,
                  new AuditEntry.Cause("sluice.agents", 0, 12, 1_700_000_070_000L),
                  1_700_000_070_000L,
                  List.of(
                      new StateChange.AgentObserved(
                          "node-1",
                          Optional.of(LEASES.withRefusal(Optional.of("its lease is too long"))))))),
          new Sample<>(new BindingCodec(), 2, "clearance", CLEARANCE),
          new Sample<>(new BindingCodec(), 2, "guarded", GUARDED),
          new Sample<>(
              new StateChangeCodec(),
              6,
              "clearance",
              new StateChange.BindingChanged(CLEARANCE_OF_POD, Optional.of(CLEARANCE))),
          new Sample<>(
              new AuditCodec(),
              6,
              "pod-cleared",
              new AuditEntry(
                  48,
                  new AuditEntry.Cause("sluice.workloads", 0, 4712, 1_700_000_060_000L),
                  1_700_000_060_001L,
                  List.of(
                      new StateChange.WorkloadObserved(
                          ObjectId.pod("shop", "web-1"), Optional.of(POD)),
                      new StateChange.BindingChanged(CLEARANCE_OF_POD, Optional.of(CLEARANCE)),
                      new StateChange.BindingChanged(
                          new BindingId.ClusterNetworks(), Optional.of(GUARDED))))));

  private Samples() {}
}

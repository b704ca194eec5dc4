package io.sluice.cli.load;

import io.sluice.model.AgentReport;
import io.sluice.model.Gateway;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import io.sluice.model.Kind;
import io.sluice.model.LabelSelector;
import io.sluice.model.LeaseMode;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The objects of a cluster of a given shape, each computed from its number: the same shape gives
 * the same cluster. Policy {@code p} takes the Pods with {@code app: app-p} in the namespaces of
 * tenant {@code p mod namespaces}.
 */
public final class SyntheticCluster {

  private static final long NODE_ADDRESSES = ipv4("10.0.0.10");
  private static final long FLOATING_IPS = ipv4("10.8.0.1");
  private static final long POD_ADDRESSES = ipv4("10.64.0.0");
  private static final int NODE_PREFIX = 12;
  private static final int PODS_OF_NODE_BITS = 8;
  private static final long IPV6_POD_NETWORK = IpAddress.parse("fd00:244::").high();
  private static final long CREATED_AT_MILLIS = 1_700_000_000_000L;

  private final LoadShape shape;

  public SyntheticCluster(LoadShape shape) {
    this.shape = shape;
  }

  public LoadShape shape() {
    return shape;
  }

  public ObjectId nodeId(int number) {
    return ObjectId.node("node-" + number);
  }

  public Node node(int number) {
    String name = nodeId(number).name();
    return new Node(
        metadata(name, 1),
        Map.of("kubernetes.io/hostname", name),
        List.of(nodeAddress(number).toString()),
        List.of("%s/24".formatted(address(podNetwork(number)))),
        true,
        false);
  }

  /** What the agent of a node says of its network interface. */
  AgentReport.Nic nic(int number) {
    return new AgentReport.Nic(
        "eth0",
        "02:00:00:00:%02x:%02x".formatted(number >> 8 & 0xFF, number & 0xFF),
        List.of(new InterfaceAddress(nodeAddress(number), NODE_PREFIX)));
  }

  public ObjectId gatewayId() {
    return new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");
  }

  public Gateway gateway() {
    return gateway(Gateway.Failback.GRADUAL);
  }

  /** The gateway with another way to treat nodes that come back. */
  public Gateway gateway(Gateway.Failback failback) {
    String pool = "%s-%s".formatted(floatingIp(0), address(FLOATING_IPS + shape.floatingIps() - 1));
    return new Gateway(
        metadata("gateway", 1), List.of(pool), Optional.empty(), failback, LeaseMode.AVAILABLE);
  }

  IpAddress floatingIp(int number) {
    return address(FLOATING_IPS + number);
  }

  public ObjectId namespaceId(int number) {
    return ObjectId.namespace("tenant-" + number);
  }

  public Workload.Namespace namespace(int number) {
    String name = namespaceId(number).name();
    return new Workload.Namespace(metadata(name, 1), Map.of("tenant", name));
  }

  public ObjectId policyId(int number) {
    return ObjectId.policy("policy-" + number);
  }

  public Policy policy(int number) {
    return new Policy(
        metadata(policyId(number).name(), 1),
        List.of(
            new Policy.Source(
                LabelSelector.ofLabels(
                    Map.of("tenant", namespaceId(number % shape.namespaces()).name())),
                LabelSelector.ofLabels(Map.of("app", app(number))))),
        Policy.Action.SNAT,
        List.of("203.0.113.0/24"),
        Optional.of(floatingIp(number).toString()),
        Optional.empty(),
        false);
  }

  /** The policy that matches a Pod once it has changed so many times. */
  int policyOf(int pod, int changes) {
    int turn = (pod / shape.namespaces() + changes) % policiesInNamespaceOf(pod);
    return pod % shape.namespaces() + turn * shape.namespaces();
  }

  private int policiesInNamespaceOf(int pod) {
    return (shape.policies() - pod % shape.namespaces() - 1) / shape.namespaces() + 1;
  }

  public ObjectId podId(int number) {
    return ObjectId.pod(namespaceId(number % shape.namespaces()).name(), "pod-" + number);
  }

  /**
   * A Pod.
   *
   * @param changes how often it has changed; each change moves it to another policy of its
   *     namespace, or if there is none, gives it an IPv6 address or takes that away
   */
  public Workload.Pod pod(int number, int changes) {
    int node = number % shape.nodes();
    return new Workload.Pod(
        metadata("pod-" + number, changes + 1L),
        Map.of("app", app(policyOf(number, changes))),
        podAddresses(number, changes),
        nodeId(node).name(),
        false,
        false);
  }

  private List<IpAddress> podAddresses(int number, int changes) {
    IpAddress ipv4 = address(podNetwork(number % shape.nodes()) + 2 + number / shape.nodes());
    return policiesInNamespaceOf(number) == 1 && changes % 2 == 1
        ? List.of(ipv4, new IpAddress(IpFamily.IPV6, IPV6_POD_NETWORK, number))
        : List.of(ipv4);
  }

  private static String app(int policy) {
    return "app-" + policy;
  }

  private static Metadata metadata(String uid, long version) {
    return new Metadata("uid-" + uid, Long.toString(version), version, CREATED_AT_MILLIS);
  }

  private static IpAddress nodeAddress(int number) {
    return address(NODE_ADDRESSES + number);
  }

  private static long podNetwork(int node) {
    return POD_ADDRESSES + ((long) node << PODS_OF_NODE_BITS);
  }

  private static long ipv4(String text) {
    return IpAddress.parse(text).low();
  }

  private static IpAddress address(long value) {
    return new IpAddress(IpFamily.IPV4, 0, value);
  }
}

package io.sluice.cli.lab;

import io.sluice.cli.lab.LabSpec.NodeSpec;
import io.sluice.cli.lab.LabSpec.PodSpec;
import io.sluice.cli.lab.LabSpec.Segment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The network of a local cluster. The sandbox's own network namespace has a bridge, the underlay;
 * every node is a namespace on it (eth0), with its Pods as namespaces behind it, routed as by a
 * simple CNI plugin; {@code outside} is the router of the underlay and owns the addresses that Pods
 * talk to. With a node on the second segment there is a second bridge behind the router.
 */
public final class Lab implements AutoCloseable {

  /** The host outside of the cluster, which is the router too. */
  public static final String OUTSIDE = "outside";

  /** The sandbox's own address on the underlay: Kafka listens here. */
  public static final String UNDERLAY_ADDRESS = "10.40.0.1";

  /** An address of the outside host that the example's policy names as a destination. */
  public static final String MATCHED_DESTINATION = "203.0.113.10";

  /** An address of the outside host that no example names. */
  public static final String OTHER_DESTINATION = "198.51.100.10";

  private static final String ROUTER = "10.40.0.254";
  private static final String SECOND_ROUTER = "10.41.0.254";
  private static final String PORT = "p-";

  /** The switch of the first segment, as an interface of the sandbox's own namespace. */
  public static final String UNDERLAY = "underlay";

  private static final Map<Segment, String> BRIDGES =
      Map.of(Segment.FIRST, UNDERLAY, Segment.SECOND, "underlay-2");
  private static final String POD_NETWORKS = "10.244.0.0/16";
  private static final Path BRIDGE_FILTER = Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables");

  private final LabSpec spec;

  private Lab(LabSpec spec) {
    this.spec = spec;
  }

  /**
   * Builds it, in the place of whatever an earlier lab in this sandbox left.
   *
   * @throws LabException outside of a sandbox, or if the system refuses something
   */
  public static Lab create(LabSpec spec) {
    Sandbox.require();
    Lab lab = new Lab(spec);
    lab.close();
    try {
      lab.build();
    } catch (RuntimeException e) {
      lab.close();
      throw e;
    }
    return lab;
  }

  public LabSpec spec() {
    return spec;
  }

  /** The namespace of a node or Pod, or {@link #OUTSIDE}. */
  public NetworkNamespace host(String name) {
    NetworkNamespace namespace = new NetworkNamespace(name);
    if (!namespace.exists()) {
      throw new LabException(
          "the lab has no host \"%s\"; it has %s".formatted(name, String.join(", ", hosts())));
    }
    return namespace;
  }

  /** The names of all hosts. */
  public List<String> hosts() {
    List<String> names = new ArrayList<>();
    names.add(OUTSIDE);
    spec.nodes().forEach(node -> names.add(node.name()));
    spec.pods().forEach(pod -> names.add(pod.name()));
    return names;
  }

  /** Pulls a node's cable: the link goes down at the switch's end, as in a power cut. */
  public void unplug(String node) {
    Commands.ip(List.of("link set dev " + switchPort(node) + " down"));
  }

  /** Plugs it in again. */
  public void plug(String node) {
    Commands.ip(List.of("link set dev " + switchPort(node) + " up"));
  }

  /**
   * Drops what a node sends to a TCP port of the sandbox's own namespace, or what it gets from
   * there, on the far side of the cable: the node's kernel does not know.
   */
  void cut(String node, int port, boolean fromNode, boolean toNode) {
    String address = spec.nodeAddress(node);
    List<String> rules = new ArrayList<>();
    if (fromNode) {
      rules.add("add rule inet lab_cut in ip saddr %s tcp dport %d drop".formatted(address, port));
    }
    if (toNode) {
      rules.add("add rule inet lab_cut out ip daddr %s tcp sport %d drop".formatted(address, port));
    }
    Commands.nft(
        """
        table inet lab_cut {
          chain in { type filter hook input priority filter; }
          chain out { type filter hook output priority filter; }
        }
        flush table inet lab_cut
        """
            + String.join("\n", rules)
            + "\n");
  }

  /** Drops nothing any more. */
  void mend() {
    Commands.nft("table inet lab_cut {}\ndelete table inet lab_cut\n");
  }

  /** The switch's end of a node's cable, as an interface of the sandbox's own namespace. */
  public String switchPort(String node) {
    return port(spec.node(node).name());
  }

  /**
   * Removes links, bridges and namespaces. The links go first: a namespace is taken apart by the
   * kernel later than it disappears from sight, and its links' names would still be taken.
   */
  @Override
  public void close() {
    List<String> lines = new ArrayList<>();
    Commands.run(List.of("ip", "-oneline", "link", "show"), "")
        .lines()
        .map(line -> line.split(": ", 3)[1].replaceFirst("@.*", ""))
        .filter(link -> link.startsWith(PORT) || BRIDGES.containsValue(link))
        .forEach(link -> lines.add("link delete dev " + link));
    for (String name : hosts()) {
      if (new NetworkNamespace(name).exists()) {
        lines.add("netns delete " + name);
      }
    }
    if (!lines.isEmpty()) {
      Commands.ip(lines);
    }
  }

  private void build() {
    Commands.ip(underlay());
    doNotFilterBridgedPackets();
    NetworkNamespace outside = host(OUTSIDE);
    outside.sysctl("net.ipv4.ip_forward", "1");
    // It is router and destination at once: answers of its own come by again on their way from a
    // gateway node to a Pod of the other segment.
    outside.sysctl("net.ipv4.conf.all.accept_local", "1");
    outside.sysctl("net.ipv4.conf.all.rp_filter", "0");
    outside.sysctl("net.ipv4.conf.default.rp_filter", "0");
    Commands.ip(outside, outsideLines());
    for (NodeSpec node : spec.nodes()) {
      buildNode(node);
    }
    for (PodSpec pod : spec.pods()) {
      Commands.ip(host(pod.name()), podLines(pod));
    }
  }

  private List<String> underlay() {
    List<String> lines = new ArrayList<>();
    hosts().forEach(name -> lines.add("netns add " + name));
    lines.add("link set lo up");
    lines.addAll(bridgeLines(Segment.FIRST, "eth0"));
    lines.add("address add " + UNDERLAY_ADDRESS + "/16 dev " + bridge(Segment.FIRST));
    if (hasSecondSegment()) {
      lines.addAll(bridgeLines(Segment.SECOND, "eth1"));
      lines.add("route add 10.41.0.0/16 via " + ROUTER + " onlink dev " + bridge(Segment.FIRST));
    }
    for (NodeSpec node : spec.nodes()) {
      lines.add(
          "link add %s type veth peer name eth0 netns %s"
              .formatted(port(node.name()), node.name()));
      lines.add("link set %s master %s up".formatted(port(node.name()), bridge(node.segment())));
    }
    for (PodSpec pod : spec.pods()) {
      lines.add(
          "link add %s netns %s type veth peer name eth0 netns %s"
              .formatted(podLink(pod), pod.node(), pod.name()));
    }
    return lines;
  }

  private static List<String> bridgeLines(Segment segment, String outsideInterface) {
    String bridge = bridge(segment);
    String port = port("out-" + outsideInterface);
    return List.of(
        "link add %s type bridge mcast_snooping 0".formatted(bridge),
        "link set %s up".formatted(bridge),
        "link add %s type veth peer name %s netns %s".formatted(port, outsideInterface, OUTSIDE),
        "link set %s master %s up".formatted(port, bridge));
  }

  /** A switch does not look at IP; with Docker's module loaded a Linux bridge would. */
  private static void doNotFilterBridgedPackets() {
    if (Files.exists(BRIDGE_FILTER)) {
      try {
        Files.writeString(BRIDGE_FILTER, "0");
      } catch (IOException e) {
        throw new LabException("cannot switch off netfilter on bridges: " + e.getMessage(), e);
      }
    }
  }

  private List<String> outsideLines() {
    List<String> lines = new ArrayList<>();
    lines.add("link set lo up");
    lines.add("address add " + MATCHED_DESTINATION + "/32 dev lo");
    lines.add("address add " + OTHER_DESTINATION + "/32 dev lo");
    lines.add("link set eth0 up");
    lines.add("address add " + ROUTER + "/16 dev eth0");
    if (hasSecondSegment()) {
      lines.add("link set eth1 up");
      lines.add("address add " + SECOND_ROUTER + "/16 dev eth1");
    }
    for (NodeSpec node : spec.nodes()) {
      lines.add(
          "route add %s via %s"
              .formatted(spec.podNetwork(node.name()), spec.nodeAddress(node.name())));
    }
    return lines;
  }

  private void buildNode(NodeSpec node) {
    NetworkNamespace namespace = host(node.name());
    namespace.sysctl("net.ipv4.ip_forward", "1");
    // Loose reverse path filtering is what common distributions set.
    namespace.sysctl("net.ipv4.conf.all.rp_filter", "2");
    Commands.ip(namespace, nodeLines(node));
    Commands.nft(namespace, masquerade(spec.podNetwork(node.name())));
  }

  private List<String> nodeLines(NodeSpec node) {
    List<String> lines = new ArrayList<>();
    lines.add("link set lo up");
    lines.add("link set eth0 up");
    lines.add("address add %s/16 dev eth0".formatted(spec.nodeAddress(node.name())));
    lines.add(
        "route add default via " + (node.segment() == Segment.FIRST ? ROUTER : SECOND_ROUTER));
    for (NodeSpec other : spec.nodes()) {
      if (!other.equals(node) && other.segment() == node.segment()) {
        lines.add(
            "route add %s via %s"
                .formatted(spec.podNetwork(other.name()), spec.nodeAddress(other.name())));
      }
    }
    for (PodSpec pod : spec.podsOn(node.name())) {
      lines.add("link set %s up".formatted(podLink(pod)));
      lines.add("address add %s/32 dev %s".formatted(spec.podGateway(node.name()), podLink(pod)));
      lines.add("route add %s/32 dev %s".formatted(spec.podAddress(pod.name()), podLink(pod)));
    }
    return lines;
  }

  /** What CNI plugins do: Pods leave the cluster with the address of their node. */
  private static String masquerade(String podNetwork) {
    return """
    table ip cni {
      chain postrouting {
        type nat hook postrouting priority srcnat; policy accept;
        ip saddr %s ip daddr != %s masquerade
      }
    }
    """
        .formatted(podNetwork, POD_NETWORKS);
  }

  private List<String> podLines(PodSpec pod) {
    String gateway = spec.podGateway(pod.node());
    return List.of(
        "link set lo up",
        "link set eth0 up",
        "address add %s/32 dev eth0".formatted(spec.podAddress(pod.name())),
        "route add %s/32 dev eth0 scope link".formatted(gateway),
        "route add default via %s".formatted(gateway));
  }

  private boolean hasSecondSegment() {
    return spec.nodes().stream().anyMatch(node -> node.segment() == Segment.SECOND);
  }

  private static String bridge(Segment segment) {
    return BRIDGES.get(segment);
  }

  private static String port(String host) {
    return PORT + host;
  }

  private static String podLink(PodSpec pod) {
    return "v-" + pod.name();
  }
}

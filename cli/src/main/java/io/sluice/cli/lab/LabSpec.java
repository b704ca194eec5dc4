package io.sluice.cli.lab;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a local cluster consists of. Addresses follow from the positions: node {@code n} of the list
 * (from 1) has 10.40.0.(10+n), or 10.41.0.(10+n) on the second segment, and its Pods have
 * 10.244.n.10 and up.
 *
 * @param namespaces Kubernetes namespaces and their labels
 */
public record LabSpec(
    List<NodeSpec> nodes,
    SortedMap<String, Map<String, String>> namespaces,
    List<PodSpec> pods,
    Settings settings) {

  /** The most nodes a lab has: 10.40.0.254 is the router. */
  public static final int MAX_NODES = 200;

  /** With the two letters in front it is a network interface's name, of at most 15 bytes. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,11}[a-z0-9])?");

  public LabSpec {
    nodes = List.copyOf(nodes);
    namespaces = new TreeMap<>(namespaces);
    pods = List.copyOf(pods);
    if (nodes.isEmpty() || nodes.size() > MAX_NODES) {
      throw new IllegalArgumentException("a lab has 1 to " + MAX_NODES + " nodes");
    }
    Set<String> names = new HashSet<>(Set.of(Lab.OUTSIDE));
    Set<String> nodeNames = new HashSet<>();
    for (NodeSpec node : nodes) {
      unique(names, node.name());
      nodeNames.add(node.name());
    }
    for (PodSpec pod : pods) {
      unique(names, pod.name());
      if (!nodeNames.contains(pod.node())) {
        throw new IllegalArgumentException("Pod " + pod.name() + " is on no node of the lab");
      }
      if (!namespaces.containsKey(pod.namespace())) {
        throw new IllegalArgumentException("Pod " + pod.name() + " is in no namespace of the lab");
      }
    }
  }

  private static void unique(Set<String> names, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is not 1 to 13 lower case letters, digits and hyphens");
    }
    if (!names.add(name)) {
      throw new IllegalArgumentException("two hosts of the lab are called " + name);
    }
  }

  /**
   * A node.
   *
   * @param labels its Kubernetes labels
   */
  public record NodeSpec(String name, Segment segment, Map<String, String> labels) {

    public NodeSpec {
      labels = new TreeMap<>(labels);
    }
  }

  /** The L2 segments. Floating IPs of the usual gateway lie in the first one's subnet. */
  public enum Segment {
    FIRST,
    /** Behind a router: its nodes reach a gateway node only through a tunnel. */
    SECOND
  }

  /**
   * A Pod. Its name is that of its network namespace too, so it is unique over all namespaces.
   *
   * @param node where it runs
   */
  public record PodSpec(String namespace, String name, Map<String, String> labels, String node) {

    public PodSpec {
      labels = new TreeMap<>(labels);
    }
  }

  /**
   * How the programs run.
   *
   * @param allocators how many of them share the work
   * @param agentArguments further arguments of every agent
   * @param allocatorArguments further arguments of each allocator
   * @param watcherArguments further arguments of the watcher
   */
  public record Settings(
      int allocators,
      List<String> agentArguments,
      List<String> allocatorArguments,
      List<String> watcherArguments) {

    public static final Settings DEFAULT = new Settings(1, List.of(), List.of(), List.of());

    public Settings {
      if (allocators < 1) {
        throw new IllegalArgumentException("a lab has at least one allocator");
      }
      agentArguments = List.copyOf(agentArguments);
      allocatorArguments = List.copyOf(allocatorArguments);
      watcherArguments = List.copyOf(watcherArguments);
    }
  }

  /** Three nodes and the Pods of {@link #of}. */
  public static LabSpec threeNodes() {
    return of(3);
  }

  /**
   * So many nodes on one segment; namespaces alice and paul with a {@code role: frontend} Pod on
   * each node (alice-1 …) and on the first (paul-1), a {@code role: backend} Pod of alice, and a
   * frontend in a namespace that the example's policy does not match.
   */
  public static LabSpec of(int nodeCount) {
    List<NodeSpec> nodes = new ArrayList<>();
    List<PodSpec> pods = new ArrayList<>();
    for (int n = 1; n <= nodeCount; n++) {
      String node = "node-" + n;
      nodes.add(new NodeSpec(node, Segment.FIRST, Map.of("kubernetes.io/hostname", node)));
      pods.add(new PodSpec("alice", "alice-" + n, Map.of("role", "frontend"), node));
    }
    String first = nodes.getFirst().name();
    String last = nodes.getLast().name();
    pods.add(new PodSpec("paul", "paul-1", Map.of("role", "frontend"), first));
    pods.add(new PodSpec("alice", "alice-backend", Map.of("role", "backend"), last));
    pods.add(new PodSpec("other", "other-1", Map.of("role", "frontend"), last));
    return new LabSpec(
        nodes,
        new TreeMap<>(
            Map.of(
                "alice", Map.of("user", "alice"),
                "paul", Map.of("user", "paul"),
                "other", Map.of("user", "other"))),
        pods,
        Settings.DEFAULT);
  }

  /** The same lab, one node having a further label. */
  LabSpec withLabel(String node, String label, String value) {
    List<NodeSpec> labelled = new ArrayList<>();
    for (NodeSpec each : nodes) {
      SortedMap<String, String> labels = new TreeMap<>(each.labels());
      if (each.name().equals(node)) {
        labels.put(label, value);
      }
      labelled.add(new NodeSpec(each.name(), each.segment(), labels));
    }
    return new LabSpec(labelled, namespaces, pods, settings);
  }

  /** The same lab with a further node. */
  public LabSpec withNode(NodeSpec node) {
    List<NodeSpec> more = new ArrayList<>(nodes);
    more.add(node);
    return new LabSpec(more, namespaces, pods, settings);
  }

  /** The same lab with a further Pod. */
  public LabSpec withPod(PodSpec pod) {
    List<PodSpec> more = new ArrayList<>(pods);
    more.add(pod);
    return new LabSpec(nodes, namespaces, more, settings);
  }

  /** The same lab with programs that run otherwise. */
  public LabSpec withSettings(Settings other) {
    return new LabSpec(nodes, namespaces, pods, other);
  }

  /** The same lab with so many allocators. */
  public LabSpec withAllocators(int count) {
    return withSettings(
        new Settings(
            count,
            settings.agentArguments(),
            settings.allocatorArguments(),
            settings.watcherArguments()));
  }

  /**
   * @throws IllegalArgumentException if there is none of that name
   */
  public NodeSpec node(String name) {
    return nodes.get(position(name) - 1);
  }

  /**
   * @throws IllegalArgumentException if there is none of that name
   */
  public PodSpec pod(String name) {
    return pods.stream()
        .filter(pod -> pod.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the lab has no Pod " + name));
  }

  /** A node's own address. */
  public String nodeAddress(String node) {
    int third = node(node).segment() == Segment.FIRST ? 40 : 41;
    return "10.%d.0.%d".formatted(third, 10 + position(node));
  }

  /** The network of a node's Pods, in CIDR notation. */
  public String podNetwork(String node) {
    return "10.244.%d.0/24".formatted(position(node));
  }

  /** The address a node has towards its Pods. */
  String podGateway(String node) {
    return "10.244.%d.1".formatted(position(node));
  }

  /** A Pod's address. */
  public String podAddress(String name) {
    PodSpec wanted = pod(name);
    List<PodSpec> neighbours = podsOn(wanted.node());
    return "10.244.%d.%d".formatted(position(wanted.node()), 10 + neighbours.indexOf(wanted));
  }

  /** The Pods of a node. */
  public List<PodSpec> podsOn(String node) {
    return pods.stream().filter(pod -> pod.node().equals(node)).toList();
  }

  private int position(String node) {
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i).name().equals(node)) {
        return i + 1;
      }
    }
    throw new IllegalArgumentException("the lab has no node " + node);
  }
}

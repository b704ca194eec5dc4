package io.sluice.cli.lab;

import io.sluice.cli.lab.LabSpec.NodeSpec;
import io.sluice.cli.lab.LabSpec.PodSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes what the API server of a real cluster would say of the lab's nodes and Pods. */
public final class Manifests {

  private final Path directory;

  Manifests(Path directory) {
    this.directory = directory;
  }

  Path directory() {
    return directory;
  }

  /** Writes nodes, namespaces and Pods, each kind into a file of its own. */
  void writeCluster(LabSpec spec) {
    writeNodes(spec);
    write(
        "lab-namespaces.yaml",
        join(
            spec.namespaces().entrySet().stream()
                .map(entry -> namespace(entry.getKey(), entry.getValue()))
                .toList()));
    writePods(spec, Set.of());
  }

  /** Writes the Pods alone, without some. */
  void writePods(LabSpec spec, Set<String> withheld) {
    write(
        "lab-pods.yaml",
        join(
            spec.pods().stream()
                .filter(pod -> !withheld.contains(pod.name()))
                .map(pod -> pod(spec, pod))
                .toList()));
  }

  /** Writes the nodes alone. */
  void writeNodes(LabSpec spec) {
    write("lab-nodes.yaml", join(spec.nodes().stream().map(node -> node(spec, node)).toList()));
  }

  /** Writes a file in one step: the watcher never sees half of it. */
  void write(String name, String text) {
    try {
      Files.createDirectories(directory);
      Path half = Files.createTempFile(directory, ".", ".part");
      Files.writeString(half, text);
      Files.move(
          half,
          directory.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new LabException("cannot write manifest %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  void delete(String name) {
    try {
      Files.deleteIfExists(directory.resolve(name));
    } catch (IOException e) {
      throw new LabException("cannot delete manifest %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  /** A node, Ready. */
  public static String node(LabSpec spec, NodeSpec node) {
    return """
    apiVersion: v1
    kind: Node
    metadata:
      name: %s
      labels: %s
    spec:
      podCIDR: %s
      podCIDRs: [%3$s]
    status:
      addresses:
      - {type: InternalIP, address: %s}
      - {type: Hostname, address: %1$s}
      conditions:
      - {type: Ready, status: "True"}
    """
        .formatted(
            node.name(),
            labels(node.labels()),
            spec.podNetwork(node.name()),
            spec.nodeAddress(node.name()));
  }

  /** A Kubernetes namespace. */
  public static String namespace(String name, Map<String, String> labels) {
    return """
    apiVersion: v1
    kind: Namespace
    metadata:
      name: %s
      labels: %s
    """
        .formatted(name, labels(labels));
  }

  /** A Pod that runs, with its address. */
  public static String pod(LabSpec spec, PodSpec pod) {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: %s
      namespace: %s
      labels: %s
    spec:
      nodeName: %s
    status:
      phase: Running
      podIP: %s
      podIPs:
      - {ip: %5$s}
    """
        .formatted(
            pod.name(),
            pod.namespace(),
            labels(pod.labels()),
            pod.node(),
            spec.podAddress(pod.name()));
  }

  private static String labels(Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(entry -> "%s: \"%s\"".formatted(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String join(Iterable<String> documents) {
    return String.join("---\n", documents);
  }
}

package io.sluice.cli.load.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.sluice.cli.load.SyntheticCluster;
import io.sluice.model.Gateway;
import io.sluice.model.IpAddress;
import io.sluice.model.LabelSelector;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Workload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The objects of a synthetic cluster in the form of the Kubernetes API, each with a label. */
final class ApiObjects {

  /** What is made for a load has this label, so that it can be told from everything else. */
  static final String LABEL = "networking.sluice.io/load";

  static final String LABEL_VALUE = "true";

  private static final String GROUP = "networking.gke.io/";

  private final SyntheticCluster content;
  private final String filler;

  /**
   * Objects of this cluster.
   *
   * @param annotationBytes that each Pod has, since real Pods are larger than what is read of them
   */
  ApiObjects(SyntheticCluster content, int annotationBytes) {
    this.content = content;
    this.filler = "x".repeat(annotationBytes);
  }

  private static Map<String, String> labelled(Map<String, String> labels) {
    Map<String, String> all = new HashMap<>(labels);
    all.put(LABEL, LABEL_VALUE);
    return all;
  }

  /** With its status, which a kubelet gives when it registers its node. */
  Node node(int number) {
    var node = content.node(number);
    return new NodeBuilder()
        .withNewMetadata()
        .withName(content.nodeId(number).name())
        .withLabels(labelled(node.labels()))
        .endMetadata()
        .withNewSpec()
        .withPodCIDR(node.podCidrs().getFirst())
        .withPodCIDRs(node.podCidrs())
        .endSpec()
        .withNewStatus()
        .addNewAddress(node.addresses().getFirst(), "InternalIP")
        .addNewCondition()
        .withType("Ready")
        .withStatus("True")
        .endCondition()
        .endStatus()
        .build();
  }

  HasMetadata namespace(int number) {
    return new NamespaceBuilder()
        .withNewMetadata()
        .withName(content.namespaceId(number).name())
        .withLabels(labelled(content.namespace(number).labels()))
        .endMetadata()
        .build();
  }

  /** Without it Pods are refused; a controller would make it too. */
  ServiceAccount account(int namespace) {
    return new ServiceAccountBuilder()
        .withNewMetadata()
        .withNamespace(content.namespaceId(namespace).name())
        .withName("default")
        .endMetadata()
        .build();
  }

  /** Without a status, which the API server would not take together with it. */
  Pod pod(int number) {
    Workload.Pod pod = content.pod(number, 0);
    ObjectId id = content.podId(number);
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(id.namespace())
        .withName(id.name())
        .withLabels(labelled(pod.labels()))
        .addToAnnotations(LABEL, filler)
        .endMetadata()
        .withNewSpec()
        .withNodeName(pod.node())
        .withAutomountServiceAccountToken(false)
        .addNewContainer()
        .withName("none")
        .withImage("none.invalid/none")
        .endContainer()
        .endSpec()
        .build();
  }

  /** The change of a Pod to running with its addresses, as a kubelet makes it. */
  Map<String, Object> running(int number, int changes) {
    List<String> ips = ips(number, changes);
    return Map.of(
        "status",
        Map.of(
            "phase",
            "Running",
            "podIP",
            ips.getFirst(),
            "podIPs",
            ips.stream().map(ip -> Map.of("ip", ip)).toList()));
  }

  /** The change of a Pod to the labels that it has after so many changes. */
  Map<String, Object> labels(int number, int changes) {
    return Map.of("metadata", Map.of("labels", content.pod(number, changes).labels()));
  }

  private List<String> ips(int number, int changes) {
    return content.pod(number, changes).ips().stream().map(IpAddress::toString).toList();
  }

  HasMetadata gateway() {
    Gateway gateway = content.gateway();
    return custom("v1alpha1", content.gatewayId(), Map.of("floatingIPs", gateway.floatingIps()));
  }

  HasMetadata policy(int number) {
    Policy policy = content.policy(number);
    return custom(
        "v1",
        content.policyId(number),
        Map.of(
            "sources",
            policy.sources().stream()
                .map(source ->
                    Map.of(
                        "namespaceSelector", selector(source.namespaceSelector()),
                        "podSelector", selector(source.podSelector())))
                .toList(),
            "destinations",
            policy.destinations().stream().map(cidr -> Map.of("cidr", cidr)).toList(),
            "egressSourceIP",
            policy.egressSourceIp().orElseThrow()));
  }

  private static Map<String, Object> selector(LabelSelector selector) {
    return Map.of("matchLabels", selector.matchLabels());
  }

  private static HasMetadata custom(String version, ObjectId id, Map<String, Object> spec) {
    GenericKubernetesResource object = new GenericKubernetesResource();
    object.setApiVersion(GROUP + version);
    object.setKind(id.kind().toString());
    object.setMetadata(
        new ObjectMetaBuilder()
            .withName(id.name())
            .withNamespace(id.namespace().isEmpty() ? null : id.namespace())
            .addToLabels(LABEL, LABEL_VALUE)
            .build());
    object.setAdditionalProperty("spec", spec);
    return object;
  }
}

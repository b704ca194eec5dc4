package io.sluice.watcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.sluice.model.Gateway;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.MalformedResource;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import io.sluice.model.Workload;
import io.sluice.watcher.MemoryTopicLog;
import io.sluice.watcher.RunningWatcher;
import io.sluice.watcher.core.ApiType;
import io.sluice.watcher.core.Change;
import io.sluice.watcher.core.Observed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;

/**
 * The source against the client library's own stand-in for an API server, which stores, lists and
 * watches but is not Kubernetes: nothing here speaks for expired versions, bookmarks or admission.
 */
@EnableKubernetesMockClient(crud = true, https = false)
class KubernetesSourceTest {

  private static final ObjectId GATEWAY =
      new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");
  private static final ObjectId POLICY = ObjectId.policy("alice-paul");
  private static final ObjectId POD = ObjectId.pod("alice", "web-0");

  private static final String LAST = "last-";

  private final MemoryTopicLog topics = new MemoryTopicLog();
  private KubernetesClient client;

  @Test
  void everyKindIsPublished() throws Exception {
    try (var _ = watch()) {
      create(ApiType.ANTHOS_NETWORK_GATEWAY, GATEWAY, gatewaySpec("10.40.1.100"));
      create(ApiType.EGRESS_NAT_POLICY, POLICY, policySpec("203.0.113.0/24"));
      client
          .nodes()
          .resource(
              new NodeBuilder()
                  .withNewMetadata()
                  .withName("node-1")
                  .endMetadata()
                  .withNewSpec()
                  .withPodCIDRs("10.244.1.0/24")
                  .endSpec()
                  .withNewStatus()
                  .addNewAddress("10.40.0.11", "InternalIP")
                  .addNewCondition()
                  .withType("Ready")
                  .withStatus("True")
                  .endCondition()
                  .endStatus()
                  .build())
          .create();
      client
          .namespaces()
          .resource(
              new NamespaceBuilder()
                  .withNewMetadata()
                  .withName("alice")
                  .addToLabels("user", "alice")
                  .endMetadata()
                  .build())
          .create();
      createPod("node-1");

      eventually(() ->
          assertThat(known())
              .containsExactlyInAnyOrder(
                  GATEWAY, POLICY, ObjectId.node("node-1"), ObjectId.namespace("alice"), POD));
    }
    assertThat(((Gateway) resource(GATEWAY)).floatingIps()).containsExactly("10.40.1.100");
    assertThat(((Policy) resource(POLICY)).destinations()).containsExactly("203.0.113.0/24");
    Node node = (Node) resource(ObjectId.node("node-1"));
    assertThat(node.addresses()).containsExactly("10.40.0.11");
    assertThat(node.podCidrs()).containsExactly("10.244.1.0/24");
    assertThat(node.ready()).isTrue();
    Workload.Pod pod = (Workload.Pod) workload(POD);
    assertThat(pod.ips()).containsExactly(IpAddress.parse("10.244.1.5"));
    assertThat(pod.labels()).isEqualTo(Map.of("role", "frontend"));
    assertThat(pod.metadata().uid()).isNotEmpty();
    assertThat(pod.metadata().createdAtMillis()).isPositive();
    assertThat(workload(ObjectId.namespace("alice")).labels()).containsEntry("user", "alice");
  }

  @Test
  void changesAndDeletionsArePublished() throws Exception {
    createPod("node-1");
    try (var _ = watch()) {
      eventually(() -> assertThat(known()).containsExactly(POD));

      client
          .pods()
          .inNamespace("alice")
          .withName("web-0")
          .edit(pod -> new PodBuilder(pod).editSpec().withNodeName("node-2").endSpec().build());
      eventually(() -> assertThat(((Workload.Pod) workload(POD)).node()).isEqualTo("node-2"));

      client.pods().inNamespace("alice").withName("web-0").delete();
      eventually(() -> assertThat(known()).isEmpty());
    }
  }

  @Test
  void anObjectWithWrongFieldsIsPublishedAsMalformedAndStopsNothing() throws Exception {
    try (var _ = watch()) {
      create(ApiType.EGRESS_NAT_POLICY, ObjectId.policy("bad"), Map.of("sources", "all"));
      create(ApiType.EGRESS_NAT_POLICY, POLICY, policySpec("203.0.113.0/24"));

      eventually(
          () -> assertThat(known()).containsExactlyInAnyOrder(POLICY, ObjectId.policy("bad")));
    }
    assertThat(resource(ObjectId.policy("bad"))).isInstanceOf(MalformedResource.class);
  }

  @Test
  void whatHappenedWhileTheWatcherWasDownIsPublishedAtItsReturn() throws Exception {
    create(ApiType.ANTHOS_NETWORK_GATEWAY, GATEWAY, gatewaySpec("10.40.1.100"));
    create(ApiType.EGRESS_NAT_POLICY, POLICY, policySpec("203.0.113.0/24"));
    create(ApiType.EGRESS_NAT_POLICY, ObjectId.policy("kept"), policySpec("198.51.100.0/24"));
    createPod("node-1");
    try (var _ = watch()) {
      eventually(() -> assertThat(known()).hasSize(4));
    }
    String podUid = topics.read().objects().get(POD).metadata().uid();
    int before = records().size();

    resources(ApiType.EGRESS_NAT_POLICY).withName("alice-paul").delete();
    client.pods().inNamespace("alice").withName("web-0").delete();
    createPod("node-2");
    replaceGateway("10.40.1.101");
    try (var _ = watch()) {
      eventually(() -> assertThat(records()).hasSize(before + 4));
      eventually(() ->
          assertThat(known()).containsExactlyInAnyOrder(GATEWAY, ObjectId.policy("kept"), POD));
    }

    List<Change> missed = records().subList(before, before + 4);
    assertThat(missed).contains(Change.tombstone(POLICY));
    assertThat(missed.stream().filter(change -> change.id().equals(POD)))
        .as("another Pod under the name: a tombstone, then the value")
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo(Change.tombstone(POD)),
            second ->
                assertThat(second.value().orElseThrow().metadata().uid()).isNotEqualTo(podUid));
    assertThat(((Gateway) resource(GATEWAY)).floatingIps()).containsExactly("10.40.1.101");
  }

  private Watch watch() {
    return new Watch();
  }

  /**
   * A running watcher, which is stopped only when nothing is on its way any more: the stand-in
   * hangs if a connection closes while it is sending an event.
   */
  private final class Watch implements AutoCloseable {

    private final KubernetesSource source =
        new KubernetesSource(
            () -> new KubernetesClientBuilder().withConfig(client.getConfiguration()).build(),
            System::nanoTime);
    private final RunningWatcher watcher = new RunningWatcher(topics, source);

    @Override
    public void close() {
      eventually(() -> assertThat(source.isWatching()).isTrue());
      Set<ObjectId> last = new TreeSet<>();
      for (ApiType type : ApiType.values()) {
        last.add(
            new ObjectId(
                type.kind(), type.kind().namespaced() ? "last" : "", LAST + UUID.randomUUID()));
      }
      last.forEach(id -> create(ApiType.of(id.kind()), id, Map.of()));
      eventually(() -> assertThat(topics.read().objects().keySet()).containsAll(last));
      watcher.close();
    }
  }

  private static Map<String, Object> gatewaySpec(String floatingIp) {
    return Map.of("floatingIPs", List.of(floatingIp));
  }

  private static Map<String, Object> policySpec(String destination) {
    return Map.of(
        "sources",
        List.of(Map.of("namespaceSelector", Map.of("matchLabels", Map.of("user", "alice")))),
        "destinations",
        List.of(Map.of("cidr", destination)));
  }

  private void create(ApiType type, ObjectId id, Map<String, Object> spec) {
    GenericKubernetesResource object = object(type, id, spec);
    if (type.kind().namespaced()) {
      resources(type).inNamespace(id.namespace()).resource(object).create();
    } else {
      resources(type).resource(object).create();
    }
  }

  private void replaceGateway(String floatingIp) {
    resources(ApiType.ANTHOS_NETWORK_GATEWAY)
        .inNamespace(GATEWAY.namespace())
        .resource(object(ApiType.ANTHOS_NETWORK_GATEWAY, GATEWAY, gatewaySpec(floatingIp)))
        .update();
  }

  private static GenericKubernetesResource object(
      ApiType type, ObjectId id, Map<String, Object> spec) {
    GenericKubernetesResource object = ResourceTree.bare(id, null, null);
    object.setApiVersion(type.apiVersion());
    object.setKind(type.kind().toString());
    object.setAdditionalProperty("spec", spec);
    return object;
  }

  private MixedOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          io.fabric8.kubernetes.client.dsl.Resource<GenericKubernetesResource>>
      resources(ApiType type) {
    return client.genericKubernetesResources(KindInformer.definition(type));
  }

  private void createPod(String node) {
    client
        .pods()
        .inNamespace("alice")
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName("web-0")
                .withNamespace("alice")
                .addToLabels("role", "frontend")
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .addNewPodIP("10.244.1.5")
                .endStatus()
                .build())
        .create();
  }

  private Set<ObjectId> known() {
    return topics.read().objects().keySet().stream()
        .filter(id -> !id.name().startsWith(LAST))
        .collect(Collectors.toSet());
  }

  private List<Change> records() {
    return topics.records().stream()
        .filter(change -> !change.id().name().startsWith(LAST))
        .toList();
  }

  private Resource resource(ObjectId id) {
    return ((Observed.OfResource) topics.read().objects().get(id)).resource();
  }

  private Workload workload(ObjectId id) {
    return ((Observed.OfWorkload) topics.read().objects().get(id)).workload();
  }

  private static void eventually(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(assertion);
  }
}

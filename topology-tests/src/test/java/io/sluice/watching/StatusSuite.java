package io.sluice.watching;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sluice.kafka.TopicWriter;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import io.sluice.model.StatusKey;
import io.sluice.model.StatusKey.Author;
import io.sluice.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.clients.CommonClientConfigs;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real broker, a real API server, and between them a watcher with the rights of its account. The
 * tests say what the allocator would.
 */
abstract class StatusSuite {

  private static final String GROUP = "networking.gke.io/";

  @TempDir static Path directory;

  static Broker broker;
  static ApiServer api;

  /** Names the objects of a test, and the cluster on the topics. */
  final String name = "sluice-test-" + UUID.randomUUID().toString().substring(0, 8);

  final ObjectId policyId = ObjectId.policy(name);
  final ObjectId gatewayId = new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", name);
  TopicWriter allocator;
  WatcherProcess watcher;

  @BeforeAll
  static void start() throws IOException {
    api = Kubernetes.require(directory);
    broker = Broker.start(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    if (broker != null) {
      broker.close();
      api.close();
    }
  }

  @BeforeEach
  void begin() throws IOException {
    Properties properties = new Properties();
    properties.setProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
    allocator = TopicWriter.open(properties, Map.of());
    watcher = startWatcher("a");
  }

  final WatcherProcess startWatcher(String part) throws IOException {
    return WatcherProcess.start(
        directory.resolve(name + "-" + part + ".log"),
        api.kubeconfig(),
        name,
        broker.bootstrapServers());
  }

  @AfterEach
  void end() {
    allocator.close();
    watcher.close();
    api.releaseLease();
    api.client()
        .genericKubernetesResources(GROUP + "v1", "EgressNATPolicy")
        .withName(name)
        .delete();
    api.client()
        .genericKubernetesResources(GROUP + "v1alpha1", "AnthosNetworkGateway")
        .inNamespace("kube-system")
        .withName(name)
        .delete();
  }

  static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100));
  }

  void createPolicy() {
    create(
        """
        apiVersion: networking.gke.io/v1alpha1
        kind: EgressNATPolicy
        metadata: {name: %s}
        spec:
          sources: [{namespaceSelector: {matchLabels: {user: %1$s}}}]
          destinations: [{cidr: 203.0.113.0/24}]
        """
            .formatted(name));
  }

  void createGateway() {
    create(
        """
        apiVersion: networking.gke.io/v1alpha1
        kind: AnthosNetworkGateway
        metadata: {name: %s, namespace: kube-system}
        spec: {floatingIPs: [10.40.1.100, 10.40.1.101]}
        """
            .formatted(name));
  }

  static void create(String yaml) {
    api.client().resource(Serialization.unmarshal(yaml, GenericKubernetesResource.class)).create();
  }

  GenericKubernetesResource policy(String version) {
    return api.client()
        .genericKubernetesResources(GROUP + version, "EgressNATPolicy")
        .withName(name)
        .get();
  }

  GenericKubernetesResource gateway() {
    return api.client()
        .genericKubernetesResources(GROUP + "v1alpha1", "AnthosNetworkGateway")
        .inNamespace("kube-system")
        .withName(name)
        .get();
  }

  void say(ObjectId subject, Status statusOrNull) throws Exception {
    allocator
        .send(Topics.STATUS, new StatusKey(name, subject, Author.ALLOCATION), statusOrNull)
        .get();
  }

  static Status ready(int pods) {
    return new Status(
        1,
        List.of(new Condition("Ready", Truth.TRUE, "Ready", "on node-1", 1_700_000_000_000L)),
        Map.of(),
        Map.of(),
        List.of("10.40.1.100"),
        Optional.of("node-1"),
        OptionalInt.of(pods));
  }

  static Status refused(String message) {
    return Status.ofConditions(
        1, new Condition("Ready", Truth.FALSE, "EgressIPInUse", message, 1_700_000_000_000L));
  }

  final List<Event> eventsOf(String namespace) {
    return api.client().events().v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(event -> event.getRegarding() != null)
        .filter(event -> event.getRegarding().getName().equals(name))
        .toList();
  }
}

package io.sluice.watching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sluice.kafka.TopicWriter;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Assignment.State;
import io.sluice.model.AssignmentKey;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.LeaseMode;
import io.sluice.model.MalformedResource;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Statuses and Events from a real broker to a real API server, by a watcher with the rights of its
 * account. The tests say what the allocator would.
 */
@Tag(Kubernetes.TAG)
class StatusesOnKubernetesIT {

  private static final String GROUP = "networking.gke.io/";

  @TempDir static Path directory;

  private static Broker broker;
  private static ApiServer api;

  /** Names the objects of a test, and the cluster on the topics. */
  private final String name = "sluice-test-" + UUID.randomUUID().toString().substring(0, 8);

  private final ObjectId policyId = ObjectId.policy(name);
  private final ObjectId gatewayId = new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", name);
  private TopicWriter allocator;
  private WatcherProcess watcher;

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

  private WatcherProcess startWatcher(String part) throws IOException {
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

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100));
  }

  // ---- the objects of the test
  // -----------------------------------------------------------------

  private void createPolicy() {
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

  private void createGateway() {
    create(
        """
        apiVersion: networking.gke.io/v1alpha1
        kind: AnthosNetworkGateway
        metadata: {name: %s, namespace: kube-system}
        spec: {floatingIPs: [10.40.1.100, 10.40.1.101]}
        """
            .formatted(name));
  }

  private static void create(String yaml) {
    api.client().resource(Serialization.unmarshal(yaml, GenericKubernetesResource.class)).create();
  }

  private GenericKubernetesResource policy(String version) {
    return api.client()
        .genericKubernetesResources(GROUP + version, "EgressNATPolicy")
        .withName(name)
        .get();
  }

  private GenericKubernetesResource gateway() {
    return api.client()
        .genericKubernetesResources(GROUP + "v1alpha1", "AnthosNetworkGateway")
        .inNamespace("kube-system")
        .withName(name)
        .get();
  }

  private void say(ObjectId subject, Status statusOrNull) throws Exception {
    allocator
        .send(Topics.STATUS, new StatusKey(name, subject, Author.ALLOCATION), statusOrNull)
        .get();
  }

  private static Status ready(int pods) {
    return new Status(
        1,
        List.of(new Condition("Ready", Truth.TRUE, "Ready", "on node-1", 1_700_000_000_000L)),
        Map.of(),
        Map.of(),
        List.of("10.40.1.100"),
        Optional.of("node-1"),
        OptionalInt.of(pods));
  }

  private static Status refused(String message) {
    return Status.ofConditions(
        1, new Condition("Ready", Truth.FALSE, "EgressIPInUse", message, 1_700_000_000_000L));
  }

  // ---- statuses
  // --------------------------------------------------------------------------------

  @Test
  void aStatusIsAppliedUnderOurNameAndSeenInBothVersions() throws Exception {
    createPolicy();
    say(policyId, ready(3));
    eventually().until(() -> Integer.valueOf(3).equals(policy("v1").get("status", "matchedPods")));

    assertThat(policy("v1alpha1").<Object>get("status", "egressIPs"))
        .isEqualTo(List.of("10.40.1.100"));
    assertThat(policy("v1alpha1").<Object>get("status"))
        .isEqualTo(policy("v1").<Object>get("status"));
    assertThat(policy("v1").getMetadata().getManagedFields())
        .filteredOn(entry -> entry.getManager().equals("sluice"))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.getSubresource()).isEqualTo("status");
          assertThat(entry.getOperation()).isEqualTo("Apply");
        });
    assertThat(policy("v1").getMetadata().getManagedFields())
        .extracting(ManagedFieldsEntry::getManager)
        .as("who wrote the rest")
        .hasSize(2);
  }

  @Test
  void whatIsSaidAgainMovesNothingAlsoAfterARestart() throws Exception {
    createPolicy();
    createGateway();
    say(policyId, ready(3));
    say(gatewayId, refused("first"));
    eventually().until(() -> gateway().get("status") != null && policy("v1").get("status") != null);
    String version = policy("v1").getMetadata().getResourceVersion();

    say(policyId, ready(3));
    say(gatewayId, refused("second"));
    eventually().until(() -> gateway().get("status").toString().contains("second"));
    assertThat(policy("v1").getMetadata().getResourceVersion()).isEqualTo(version);

    watcher.kill();
    api.releaseLease();
    watcher = startWatcher("b");
    say(gatewayId, refused("third"));
    eventually().until(() -> gateway().get("status").toString().contains("third"));
    assertThat(policy("v1").getMetadata().getResourceVersion()).isEqualTo(version);
  }

  @Test
  void whatIsNoLongerSaidDisappears() throws Exception {
    createGateway();
    say(gatewayId, upAndDown(Map.of("node-1", "Up", "node-2", "Down")));
    eventually().until(() -> gateway().get("status", "nodes", "node-2") != null);

    say(gatewayId, upAndDown(Map.of("node-1", "Up")));
    eventually().until(() -> "1/1".equals(gateway().get("status", "nodesUp")));
    assertThat(gateway().<Object>get("status", "nodes")).isEqualTo(Map.of("node-1", "Up"));

    say(gatewayId, null);
    eventually().until(() -> gateway().get("status", "conditions") == null);
  }

  private static Status upAndDown(Map<String, String> nodes) {
    return new Status(
        1,
        List.of(new Condition("Ready", Truth.TRUE, "Ready", "all of it", 1_700_000_000_000L)),
        nodes,
        Map.of("10.40.1.100", "node-1"),
        List.of(),
        Optional.empty(),
        OptionalInt.empty());
  }

  /**
   * A definition that was laxer once leaves objects behind with fields of a type that today's would
   * refuse. They hold up nothing, and an Event says what is wrong: server-side apply fails on them.
   */
  @Test
  void anObjectThatTheSchemaWouldRefuseIsPublishedAsMalformedAndGetsAnEvent() throws Exception {
    CustomResourceDefinition strict = definition();
    try (Published published = new Published(broker.bootstrapServers(), name)) {
      replace(lax(definition()));
      eventually().until(this::createdMalformed);
      replace(strict);
      createGateway();

      eventually().until(() -> published.now().containsKey(gatewayId));
      eventually().until(() -> published.now().get(policyId) instanceof MalformedResource);
      say(policyId, refused("spec.sources: must be a list"));
      eventually()
          .untilAsserted(() ->
              assertThat(eventsOf("default"))
                  .extracting(Event::getNote)
                  .containsExactly("spec.sources: must be a list"));
    } finally {
      replace(strict);
    }
  }

  private boolean createdMalformed() {
    try {
      create(
          """
          apiVersion: networking.gke.io/v1
          kind: EgressNATPolicy
          metadata: {name: %s}
          spec: {sources: everybody, destinations: [{cidr: 203.0.113.0/24}]}
          """
              .formatted(name));
      return true;
    } catch (KubernetesClientException _) {
      // The server has not taken up the laxer definition yet.
      return false;
    }
  }

  private static CustomResourceDefinition definition() {
    return api.client()
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("egressnatpolicies.networking.gke.io")
        .get();
  }

  private static CustomResourceDefinition lax(CustomResourceDefinition definition) {
    definition
        .getSpec()
        .getVersions()
        .forEach(version ->
            version
                .getSchema()
                .getOpenAPIV3Schema()
                .getProperties()
                .put(
                    "spec",
                    new JSONSchemaPropsBuilder()
                        .withType("object")
                        .withXKubernetesPreserveUnknownFields(true)
                        .build()));
    return definition;
  }

  private static void replace(CustomResourceDefinition wanted) {
    wanted.getMetadata().setResourceVersion(null);
    wanted.getMetadata().setManagedFields(null);
    api.client().resource(wanted).update();
  }

  // ---- Events
  // ----------------------------------------------------------------------------------

  @Test
  void anAssignmentAndAFailoverAreEventsThatTheServerTakes() throws Exception {
    createGateway();
    assign("node-1", 1, 1, "node-1 has the fewest addresses");
    assign("node-2", 2, 2, "node-1 has been silent for 500 ms");

    eventually().untilAsserted(() -> assertThat(eventsOf("kube-system")).hasSize(2));
    assertThat(eventsOf("kube-system"))
        .extracting(Event::getReason)
        .containsExactlyInAnyOrder("Assigned", "FailedOver");
    assertThat(eventsOf("kube-system"))
        .allSatisfy(event -> {
          assertThat(event.getRegarding().getUid()).isEqualTo(gateway().getMetadata().getUid());
          assertThat(event.getReportingController()).isEqualTo("sluice.io/watcher");
        });
    assertThat(
            api.client()
                .v1()
                .events()
                .inNamespace("kube-system")
                .withField("involvedObject.uid", gateway().getMetadata().getUid())
                .list()
                .getItems())
        .as("what kubectl describe shows")
        .hasSize(2);
  }

  @Test
  void whatIsRefusedAgainAndAgainIsCounted() throws Exception {
    createPolicy();
    for (int i = 0; i < 5; i++) {
      say(policyId, refused("payments has 10.40.1.100; free: 10.40.1.101"));
      say(policyId, ready(1));
    }

    eventually()
        .untilAsserted(() ->
            assertThat(eventsOf("default"))
                .filteredOn(event -> event.getType().equals("Warning"))
                .singleElement()
                .satisfies(event -> assertThat(count(event)).isEqualTo(5)));
    assertThat(eventsOf("default")).hasSize(2);
  }

  private static int count(Event event) {
    return event.getSeries() == null ? 1 : event.getSeries().getCount();
  }

  @Test
  void whatWasToldIsNotToldAgainByTheNextWatcher() throws Exception {
    createGateway();
    assign("node-1", 1, 1, "first");
    eventually().untilAsserted(() -> assertThat(eventsOf("kube-system")).hasSize(1));
    String version = eventsOf("kube-system").getFirst().getMetadata().getResourceVersion();
    assertThat(watcher.terminate()).isTrue();

    watcher = startWatcher("b");
    assign("node-2", 2, 2, "node-1 has been silent for 500 ms");
    eventually().untilAsserted(() -> assertThat(eventsOf("kube-system")).hasSize(2));
    assertThat(eventsOf("kube-system"))
        .filteredOn(event -> event.getReason().equals("Assigned"))
        .singleElement()
        .satisfies(
            event -> assertThat(event.getMetadata().getResourceVersion()).isEqualTo(version));
  }

  private void assign(String node, long epoch, long sequence, String reason) throws Exception {
    Assignment assignment =
        new Assignment(
            State.GRANTED,
            Optional.of(new Holder(node, 1, List.of())),
            epoch,
            Optional.of(gatewayId),
            LeaseMode.AVAILABLE,
            sequence,
            reason);
    allocator
        .send(
            Topics.ASSIGNMENTS, new AssignmentKey(name, IpAddress.parse("10.40.1.100")), assignment)
        .get();
  }

  private List<Event> eventsOf(String namespace) {
    return api.client().events().v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(event -> event.getRegarding() != null)
        .filter(event -> event.getRegarding().getName().equals(name))
        .toList();
  }
}

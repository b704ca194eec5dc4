package io.sluice.watching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real API server makes of the definitions and roles below {@code deploy}. */
@Tag(Kubernetes.TAG)
class DefinitionsOnKubernetesIT {

  private static final String POLICY =
      """
      apiVersion: networking.gke.io/%s
      kind: EgressNATPolicy
      metadata: {name: %s}
      spec:
        sources: [{namespaceSelector: {matchLabels: {user: alice}}, podSelector: {matchLabels: {role: frontend}}}]
        action: SNAT
        destinations: [{cidr: 203.0.113.0/24}]
        egressSourceIP: 10.40.1.100
        gatewayRef: {name: default, namespace: kube-system}
      """;

  private static final String GATEWAY =
      """
      apiVersion: networking.gke.io/%s
      kind: %s
      metadata: {name: %s, namespace: kube-system}
      spec: {floatingIPs: [10.40.1.100, 10.40.1.110-10.40.1.119, 10.40.1.128/28, "fd00:40::110"]}
      """;

  @TempDir static Path directory;

  private static ApiServer api;

  private final String name = "sluice-test-" + UUID.randomUUID().toString().substring(0, 8);

  @BeforeAll
  static void start() throws IOException {
    api = Kubernetes.require(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    if (api != null) {
      api.close();
    }
  }

  private static GenericKubernetesResource create(KubernetesClient client, String yaml) {
    return client
        .resource(Serialization.unmarshal(yaml, GenericKubernetesResource.class))
        .dryRun()
        .create();
  }

  private static void assertRefused(String yaml, String message) {
    assertThatExceptionOfType(KubernetesClientException.class)
        .isThrownBy(() -> create(api.client(), yaml))
        .withMessageContaining(message)
        .satisfies(refusal -> assertThat(refusal.getCode()).isEqualTo(422));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1alpha1", "v1"})
  void policiesOfBothGenerationsAreTakenWithAndWithoutWhatIsOptional(String version) {
    String full = POLICY.formatted(version, name);
    String shortest = full.replaceAll("(?m)^  (action|egressSourceIP|gatewayRef):.*\n", "");

    assertThat(create(api.client(), full).<Object>get("spec", "gatewayRef", "name"))
        .isEqualTo("default");
    assertThat(create(api.client(), shortest).<Object>get("spec", "action")).isEqualTo("SNAT");
  }

  @ParameterizedTest
  @CsvSource({"v1alpha1, AnthosNetworkGateway", "v1, NetworkGatewayGroup"})
  void gatewaysOfBothGenerationsAreTaken(String version, String kind) {
    assertThatCode(() -> create(api.client(), GATEWAY.formatted(version, kind, name)))
        .doesNotThrowAnyException();
  }

  @Test
  void theExamplesAreTaken() throws IOException {
    for (Path file :
        List.of(
            Path.of("../deploy/examples/gateway.yaml"),
            Path.of("../deploy/examples/policy.yaml"))) {
      assertThatCode(() -> create(api.client(), Files.readString(file))).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          10.40.1.100             | 10.40.1.300      | must be an IP address such as 10.40.1.100
          10.40.1.100             | 10.40.1.0/24     | must be an IP address such as 10.40.1.100
          203.0.113.0/24          | 203.0.113.0/33   | must be a network in CIDR notation such as 203.0.113.0/24
          203.0.113.0/24          | 203.0.113.10     | must be a network in CIDR notation such as 203.0.113.0/24
          SNAT                    | Masquerade       | supported values: "NoSNAT", "SNAT"
          [{cidr: 203.0.113.0/24}]| []               | should have at least 1 items
          name: default,          | ''               | spec.gatewayRef.name: Required value
          matchLabels: {role: frontend}| 'matchExpressions: [{key: a, operator: In}]'| In and NotIn need at least one value
          matchLabels: {role: frontend}| 'matchExpressions: [{key: a, operator: Near, values: [b]}]'| supported values: "DoesNotExist", "Exists", "In", "NotIn"
          """)
  void policiesThatCannotWorkAreRefused(String instead, String wrong, String message) {
    assertRefused(POLICY.formatted("v1", name).replace(instead, wrong), message);
    assertRefused(POLICY.formatted("v1alpha1", name).replace(instead, wrong), message);
  }

  @Test
  void aPolicyOfNoPodsIsRefused() {
    assertRefused(
        POLICY.formatted("v1", name).replaceAll("sources: .*", "sources: []"),
        "spec.sources in body should have at least 1 items");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.40.1.1.1", "10.40.1.0/33", "a-b", "10.40.1.1-", "10.40.1.0/24/24"})
  void gatewaysOfWhatIsNoAddressAreRefused(String wrong) {
    assertRefused(
        GATEWAY.formatted("v1", "NetworkGatewayGroup", name).replace("10.40.1.128/28", wrong),
        "must be an IP address, a range of them such as 10.40.1.100-10.40.1.102, or a network");
  }

  /** What {@code kubectl explain} shows comes from here. */
  @ParameterizedTest
  @ValueSource(strings = {"v1alpha1", "v1"})
  void everyFieldIsExplained(String version) throws IOException {
    JsonNode schemas =
        new ObjectMapper()
            .readTree(api.client().raw("/openapi/v3/apis/networking.gke.io/" + version))
            .at("/components/schemas");
    List<String> silent = new ArrayList<>();
    schemas.properties().stream()
        .filter(schema -> schema.getValue().has("x-kubernetes-group-version-kind"))
        .filter(schema -> schema.getKey().startsWith("io.gke.networking"))
        .filter(schema -> !schema.getKey().endsWith("List"))
        .forEach(schema -> collectSilent(schema.getKey(), schema.getValue(), silent));
    assertThat(schemas.properties())
        .anyMatch(schema -> schema.getKey().endsWith("EgressNATPolicy"));
    assertThat(silent).isEmpty();
  }

  private static void collectSilent(String path, JsonNode schema, List<String> silent) {
    if (!schema.has("description")) {
      silent.add(path);
    }
    JsonNode object = schema.path("items").has("properties") ? schema.path("items") : schema;
    object
        .path("properties")
        .properties()
        .forEach(field -> {
          // Theirs.
          if (!field.getKey().equals("metadata")) {
            collectSilent(path + "." + field.getKey(), field.getValue(), silent);
          }
        });
  }

  @Test
  void theDeveloperWritesPoliciesAndNoGateways() {
    try (KubernetesClient developer = as("sluice-developer")) {
      assertThatCode(() -> create(developer, POLICY.formatted("v1", name)))
          .doesNotThrowAnyException();
      assertForbidden(developer, GATEWAY.formatted("v1alpha1", "AnthosNetworkGateway", name));
    }
  }

  @Test
  void theAdministratorWritesGatewaysAndNoPolicies() {
    try (KubernetesClient administrator = as("sluice-administrator")) {
      assertThatCode(() ->
              create(administrator, GATEWAY.formatted("v1alpha1", "AnthosNetworkGateway", name)))
          .doesNotThrowAnyException();
      assertForbidden(administrator, POLICY.formatted("v1", name));
    }
  }

  @Test
  void whoeverOnlyLooksWritesNeither() {
    try (KubernetesClient viewer = as("sluice-viewer")) {
      assertForbidden(viewer, POLICY.formatted("v1", name));
      assertForbidden(viewer, GATEWAY.formatted("v1", "NetworkGatewayGroup", name));
    }
  }

  @ParameterizedTest
  @CsvSource({"edit, create", "view, list"})
  void theRolesOfKubernetesContainOurs(String role, String verb) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThat(api.client().rbac().clusterRoles().withName(role).get().getRules())
                .anyMatch(rule ->
                    rule.getResources().contains("egressnatpolicies")
                        && rule.getVerbs().contains(verb)));
  }

  /** Somebody who has this role and nothing else. */
  private KubernetesClient as(String role) {
    api.client()
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName("sluice-test-" + role)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                .addNewSubject("rbac.authorization.k8s.io", "User", "test:" + role, null)
                .build())
        .serverSideApply();
    KubernetesClient impersonating =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(api.client().getConfiguration())
                    .withImpersonateUsername("test:" + role)
                    .build())
            .build();
    // The authorizer hears of the binding a little later.
    Awaitility.await()
        .ignoreExceptions()
        .until(() ->
            impersonating
                    .genericKubernetesResources("networking.gke.io/v1", "EgressNATPolicy")
                    .list()
                != null);
    return impersonating;
  }

  private static void assertForbidden(KubernetesClient client, String yaml) {
    assertThatExceptionOfType(KubernetesClientException.class)
        .isThrownBy(() -> create(client, yaml))
        .satisfies(
            refusal -> assertThat(refusal.getCode()).isEqualTo(HttpURLConnection.HTTP_FORBIDDEN));
  }
}

package io.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClass;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestsTest {

  private static final String OURS = "networking.gke.io";

  private static final Map<String, Class<? extends HasMetadata>> MODELS =
      Stream.of(
              ClusterRole.class,
              ClusterRoleBinding.class,
              ConfigMap.class,
              CustomResourceDefinition.class,
              DaemonSet.class,
              Deployment.class,
              Namespace.class,
              NetworkPolicy.class,
              PodDisruptionBudget.class,
              PriorityClass.class,
              Role.class,
              RoleBinding.class,
              Secret.class,
              ServiceAccount.class)
          .collect(Collectors.toMap(HasMetadata::getKind, model -> model));

  /** The models take up unknown fields in silence, so that is switched off. */
  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              });

  static List<Path> manifests() {
    return Stream.of("crds", "rbac", "run")
        .flatMap(name -> DeployFiles.yamlBelow(name).stream())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void everyObjectIsOfAKnownKindWithKnownFieldsOnly(Path file) {
    assertThat(DeployFiles.documents(file)).isNotEmpty().allSatisfy(ManifestsTest::model);
  }

  @Test
  void anUnknownFieldWouldBeNoticed() {
    Map<String, Object> account =
        Map.of("apiVersion", "v1", "kind", "ServiceAccount", "metadate", Map.of("name", "x"));

    assertThatThrownBy(() -> model(account))
        .hasRootCauseInstanceOf(UnrecognizedPropertyException.class)
        .hasMessageContaining("metadate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"crds", "rbac", "run"})
  void theKustomizationListsEveryFile(String directory) {
    Map<String, Object> kustomization =
        DeployFiles.document(DeployFiles.path(directory).resolve("kustomization.yaml"));

    assertThat((List<?>) kustomization.get("resources"))
        .map(String.class::cast)
        .containsExactlyInAnyOrderElementsOf(
            DeployFiles.yamlBelow(directory).stream()
                .map(file -> file.getFileName().toString())
                .toList());
  }

  /** The whole of it: who adds a right has to come by here. */
  @Test
  void theWatcherMayDoWhatItDoesAndNothingElse() {
    assertThat(role("sluice-watcher").getRules())
        .containsExactlyInAnyOrder(
            rule("", List.of("list", "watch"), "namespaces", "nodes", "pods"),
            rule(
                OURS,
                List.of("get", "list", "watch"),
                "anthosnetworkgateways",
                "egressnatpolicies",
                "networkgatewaygroups"),
            rule(
                OURS,
                List.of("patch"),
                "anthosnetworkgateways/status",
                "egressnatpolicies/status",
                "networkgatewaygroups/status"),
            rule("events.k8s.io", List.of("create", "patch"), "events"));
  }

  @Test
  void theWatchersAccountHasTheWatchersRole() {
    ServiceAccount account =
        all(ServiceAccount.class).stream()
            .filter(it -> it.getMetadata().getName().equals("sluice-watcher"))
            .findFirst()
            .orElseThrow();
    ClusterRoleBinding binding = only(ClusterRoleBinding.class);

    assertThat(account.getMetadata().getNamespace())
        .isEqualTo(only(Namespace.class).getMetadata().getName());
    assertThat(binding.getRoleRef().getApiGroup()).isEqualTo("rbac.authorization.k8s.io");
    assertThat(binding.getRoleRef().getKind()).isEqualTo("ClusterRole");
    assertThat(role(binding.getRoleRef().getName()).getMetadata().getName())
        .isEqualTo("sluice-watcher");
    Subject subject = binding.getSubjects().getFirst();
    assertThat(binding.getSubjects()).hasSize(1);
    assertThat(subject.getKind()).isEqualTo("ServiceAccount");
    assertThat(subject.getName()).isEqualTo(account.getMetadata().getName());
    assertThat(subject.getNamespace()).isEqualTo(account.getMetadata().getNamespace());
  }

  @Test
  void theWatcherMayHoldItsLeaseAndNoOther() {
    assertThat(only(Role.class).getRules())
        .containsExactlyInAnyOrder(
            rule("coordination.k8s.io", List.of("create"), "leases"),
            new PolicyRuleBuilder(rule("coordination.k8s.io", List.of("get", "patch"), "leases"))
                .withResourceNames("sluice-watcher")
                .build());
    assertThat(only(RoleBinding.class).getSubjects())
        .extracting(Subject::getName)
        .containsExactly("sluice-watcher");
  }

  @Test
  void everyProgramRunsAsTheImageOfThisVersionWithNoMoreThanItNeeds() {
    assertThat(podSpecs())
        .hasSize(3)
        .allSatisfy((name, pod) -> {
          assertThat(pod.getSecurityContext().getSeccompProfile().getType())
              .isEqualTo("RuntimeDefault");
          assertThat(pod.getContainers()).hasSize(1);
          Container container = pod.getContainers().getFirst();
          assertThat(container.getImage())
              .isEqualTo(
                  "%s:%s"
                      .formatted(
                          name.replace('-', '/').replaceFirst("/agent", "-agent"),
                          System.getProperty("sluice.version")));
          SecurityContext security = container.getSecurityContext();
          assertThat(security.getPrivileged()).isNotEqualTo(true);
          assertThat(security.getAllowPrivilegeEscalation()).isFalse();
          assertThat(security.getReadOnlyRootFilesystem()).isTrue();
          assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
          assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/livez");
          assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/readyz");
          assertThat(container.getResources().getLimits()).containsKey("memory");
        });
  }

  @Test
  void onlyTheAgentHasCapabilitiesAndTheNetworkOfItsNode() {
    podSpecs()
        .forEach((name, pod) -> {
          boolean agent = name.equals("sluice-node-agent");
          var security = pod.getContainers().getFirst().getSecurityContext();
          assertThat(security.getCapabilities().getAdd())
              .isEqualTo(agent ? List.of("NET_ADMIN", "NET_RAW") : List.of());
          assertThat(Boolean.TRUE.equals(pod.getHostNetwork())).isEqualTo(agent);
          if (!agent) {
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
          }
          assertThat(pod.getPriorityClassName())
              .isEqualTo(agent ? "system-node-critical" : "sluice");
        });
  }

  @Test
  void oneOfTwoStaysWhenANodeIsDrained() {
    assertThat(all(Deployment.class))
        .hasSize(2)
        .allSatisfy(deployment -> {
          assertThat(deployment.getSpec().getReplicas()).isEqualTo(2);
          assertThat(
                  deployment.getSpec().getTemplate().getSpec().getAffinity().getPodAntiAffinity())
              .isNotNull();
          assertThat(all(PodDisruptionBudget.class))
              .anySatisfy(budget -> {
                assertThat(budget.getSpec().getMinAvailable().getIntVal()).isEqualTo(1);
                assertThat(budget.getSpec().getSelector())
                    .isEqualTo(deployment.getSpec().getSelector());
              });
        });
  }

  /** What a Pod names has to be there, or it never starts. */
  @Test
  void whatPodsReferToExists() {
    List<String> accounts = names(ServiceAccount.class);
    ConfigMap config = only(ConfigMap.class);
    podSpecs()
        .forEach((name, pod) -> {
          assertThat(accounts).contains(pod.getServiceAccountName());
          assertThat(pod.getVolumes())
              .filteredOn(volume -> volume.getSecret() != null)
              .allSatisfy(volume ->
                  assertThat(names(Secret.class)).contains(volume.getSecret().getSecretName()));
          assertThat(pod.getContainers().getFirst().getEnv())
              .filteredOn(env -> env.getValueFrom().getConfigMapKeyRef() != null)
              .isNotEmpty()
              .allSatisfy(env -> {
                var key = env.getValueFrom().getConfigMapKeyRef();
                assertThat(key.getName()).isEqualTo(config.getMetadata().getName());
                assertThat(config.getData()).containsKey(key.getKey());
              });
        });
  }

  private static Map<String, PodSpec> podSpecs() {
    Map<String, PodSpec> pods = new TreeMap<>();
    all(Deployment.class)
        .forEach(it -> pods.put(it.getMetadata().getName(), it.getSpec().getTemplate().getSpec()));
    all(DaemonSet.class)
        .forEach(it -> pods.put(it.getMetadata().getName(), it.getSpec().getTemplate().getSpec()));
    return pods;
  }

  private static List<String> names(Class<? extends HasMetadata> model) {
    return all(model).stream().map(it -> it.getMetadata().getName()).toList();
  }

  @Test
  void developersWritePoliciesAndAdministratorsGateways() {
    assertThat(writable("sluice-developer")).containsExactly("egressnatpolicies");
    assertThat(writable("sluice-administrator"))
        .containsExactlyInAnyOrder("anthosnetworkgateways", "networkgatewaygroups");
    assertThat(writable("sluice-viewer")).isEmpty();
  }

  @Test
  void ownersOfANamespaceCannotMakeGatewaysInIt() {
    assertThat(all(ClusterRole.class))
        .filteredOn(role -> !role.getMetadata().getName().equals("sluice-administrator"))
        .allSatisfy(role ->
            assertThat(writable(role.getMetadata().getName()))
                .doesNotContain("anthosnetworkgateways", "networkgatewaygroups"));
    assertThat(role("sluice-administrator").getMetadata().getLabels()).isNullOrEmpty();
  }

  @Test
  void nobodyGetsEverything() {
    assertThat(all(ClusterRole.class))
        .flatExtracting(ClusterRole::getRules)
        .allSatisfy(rule -> {
          assertThat(rule.getApiGroups()).doesNotContain("*");
          assertThat(rule.getResources()).isNotEmpty().doesNotContain("*");
          assertThat(rule.getVerbs()).isNotEmpty().doesNotContain("*");
        });
  }

  private static List<String> writable(String role) {
    return role(role).getRules().stream()
        .filter(rule -> rule.getVerbs().contains("create"))
        .flatMap(rule -> rule.getResources().stream())
        .toList();
  }

  private static PolicyRule rule(String group, List<String> verbs, String... resources) {
    return new PolicyRuleBuilder()
        .withApiGroups(group)
        .withResources(resources)
        .withVerbs(verbs)
        .build();
  }

  private static ClusterRole role(String name) {
    return all(ClusterRole.class).stream()
        .filter(role -> role.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static <T extends HasMetadata> T only(Class<T> model) {
    assertThat(all(model)).hasSize(1);
    return all(model).getFirst();
  }

  private static <T extends HasMetadata> List<T> all(Class<T> model) {
    return manifests().stream()
        .flatMap(file -> DeployFiles.documents(file).stream())
        .map(ManifestsTest::model)
        .filter(model::isInstance)
        .map(model::cast)
        .toList();
  }

  private static HasMetadata model(Map<String, Object> tree) {
    Class<? extends HasMetadata> model = MODELS.get((String) tree.get("kind"));
    assertThat(model).as("the model of %s", tree.get("kind")).isNotNull();
    assertThat(tree).containsEntry("apiVersion", HasMetadata.getApiVersion(model));
    return STRICT.convertValue(tree, model);
  }
}

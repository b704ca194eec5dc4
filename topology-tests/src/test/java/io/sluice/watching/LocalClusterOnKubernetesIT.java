package io.sluice.watching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sluice.cli.lab.LabSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./sluice up --kubeconfig}: a local cluster whose objects are in a real API server. What is
 * written there takes effect on real packets, and is shown there.
 */
@Tag(Kubernetes.TAG)
class LocalClusterOnKubernetesIT {

  private static final String GROUP = "networking.gke.io/";
  private static final String DRAIN = "networking.sluice.io/drain";

  @TempDir private Path directory;

  private ApiServer api;

  /** Whether the cluster is one that this test may take things away from. */
  private boolean ours;

  private Path kubeconfig;

  @BeforeEach
  void up() throws Exception {
    api = Kubernetes.require(directory);
    kubeconfig = Kubernetes.kubeconfig(directory);
    if (!api.client().nodes().list().getItems().isEmpty()) {
      notRun("the cluster has nodes of its own");
    }
    if (!"root".equals(System.getProperty("user.name"))) {
      notRun("it needs root");
    }
    ours = true;
    assertThat(sluice("up", "--kubeconfig", kubeconfig.toString())).contains("The cluster is up");
  }

  private static void notRun(String reason) {
    String message = "NOT RUN: a local cluster with a real API server: " + reason;
    System.out.println(message);
    abort(message);
  }

  @AfterEach
  void down() throws Exception {
    if (Files.exists(directory.resolve("state"))) {
      sluice("down");
    }
    if (ours) {
      remove("v1", "EgressNATPolicy", null);
      remove("v1alpha1", "AnthosNetworkGateway", "kube-system");
      api.releaseLease();
    }
    if (api != null) {
      api.close();
    }
  }

  private void remove(String version, String kind, String namespaceOrNull) {
    var objects = api.client().genericKubernetesResources(GROUP + version, kind);
    var named =
        namespaceOrNull == null
            ? objects.withName("alice-paul")
            : objects.inNamespace(namespaceOrNull).withName("default");
    named.delete();
  }

  @Test
  void whatIsAppliedTakesEffectAndIsShown() throws Exception {
    assertThat(api.client().nodes().list().getItems()).hasSize(LabSpec.threeNodes().nodes().size());
    apply("../deploy/examples/gateway.yaml");
    apply("../deploy/examples/policy.yaml");
    eventually().until(() -> "True".equals(ready()));
    Map<String, Object> status = policy().get("status");
    assertThat(status).containsEntry("matchedPods", 4);
    assertThat(source("alice-2")).startsWith(egressIp() + ":");
    assertThat(source("other-1")).startsWith("10.40.0.13:");

    String holder = (String) status.get("gatewayNode");
    api.client()
        .nodes()
        .withName(holder)
        .edit(node -> {
          node.getMetadata().getLabels().put(DRAIN, "true");
          return node;
        });
    eventually().until(() -> !holder.equals(policy().get("status", "gatewayNode")));

    api.client()
        .pods()
        .inNamespace("alice")
        .withName("alice-2")
        .edit(pod -> {
          pod.getMetadata().getLabels().put("role", "other");
          return pod;
        });
    eventually().until(() -> Integer.valueOf(3).equals(policy().get("status", "matchedPods")));
    eventually().until(() -> source("alice-2").startsWith("10.40.0.12:"));

    sluice("down");
    assertThat(api.client().nodes().list().getItems()).as("nodes of the lab").isEmpty();
    assertThat(api.client().pods().inNamespace("alice").list().getItems()).isEmpty();
  }

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(200));
  }

  private void apply(String file) throws IOException {
    api.client()
        .resource(
            Serialization.unmarshal(
                Files.readString(Path.of(file)), GenericKubernetesResource.class))
        .create();
  }

  private GenericKubernetesResource policy() {
    return api.client()
        .genericKubernetesResources(GROUP + "v1", "EgressNATPolicy")
        .withName("alice-paul")
        .get();
  }

  private String egressIp() {
    return policy().<List<String>>get("status", "egressIPs").getFirst();
  }

  private String ready() {
    List<Map<String, Object>> conditions =
        Optional.ofNullable(policy().<List<Map<String, Object>>>get("status", "conditions"))
            .orElse(List.of());
    return conditions.stream()
        .filter(condition -> condition.get("type").equals("Ready"))
        .map(condition -> (String) condition.get("status"))
        .findFirst()
        .orElse("");
  }

  /** What the host outside sees. */
  private String source(String pod) throws IOException, InterruptedException {
    return sluice("run", pod, "--", "bash", "-c", "cat </dev/tcp/203.0.113.10/7777");
  }

  private String sluice(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("../sluice"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SLUICE_NO_BUILD", "1");
    builder.environment().put("SLUICE_STATE_DIR", directory.resolve("state").toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}

package io.sluice.watcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is sent to the API server, and what follows from its answers. How a real one merges it is
 * not shown here: the stand-in cannot do server-side apply.
 */
@EnableKubernetesMockClient(https = false)
class KubernetesStatusTest {

  private static final ObjectId GATEWAY =
      new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");
  private static final String PATH =
      "/apis/networking.gke.io/v1alpha1/namespaces/kube-system/anthosnetworkgateways/default/status"
          + "?fieldManager=sluice&force=true";
  private static final Status STATUS =
      Status.ofConditions(2, new Condition("Ready", Truth.TRUE, "Assigned", "on node-1", 0));

  private KubernetesClient client;
  private KubernetesMockServer server;

  @Test
  void theStatusIsAppliedByTheServerUnderOurName() throws Exception {
    answer(PATH, 200);

    new KubernetesStatus(client).write(GATEWAY, Optional.of(STATUS));

    RecordedRequest request = server.takeRequest();
    assertThat(request.getMethod()).isEqualTo("PATCH");
    assertThat(request.getPath()).isEqualTo(PATH);
    assertThat(request.getHeader("Content-Type")).startsWith("application/apply-patch+yaml");
    assertThat(request.getBody().readUtf8())
        .contains("\"kind\":\"AnthosNetworkGateway\"")
        .contains("\"name\":\"default\"")
        .contains("\"observedGeneration\":2")
        .contains("\"reason\":\"Assigned\"");
  }

  @Test
  void aClusterScopedObjectHasNoNamespaceInItsPath() throws Exception {
    String path =
        "/apis/networking.gke.io/v1/egressnatpolicies/p/status?fieldManager=sluice&force=true";
    answer(path, 200);

    new KubernetesStatus(client).write(ObjectId.policy("p"), Optional.of(STATUS));

    assertThat(server.takeRequest().getPath()).isEqualTo(path);
  }

  /** An older definition let something in that does not fit the types of today's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "failed to create typed live object (/default): .spec.floatingIPs: expected list",
        "failed to create manager for existing fields: failed to convert new object (/default)"
      })
  void theStatusOfAnObjectThatDoesNotFitItsSchemaIsReplaced(String message) throws Exception {
    client.getConfiguration().setRequestRetryBackoffLimit(0);
    answer(PATH, 500, message);
    String plain = PATH.replace("&force=true", "");
    answer(plain, 200);

    new KubernetesStatus(client).write(GATEWAY, Optional.of(STATUS));

    server.takeRequest();
    RecordedRequest second = server.takeRequest();
    assertThat(second.getPath()).isEqualTo(plain);
    assertThat(second.getHeader("Content-Type")).startsWith("application/json-patch+json");
    assertThat(second.getBody().readUtf8())
        .contains("\"op\":\"add\"")
        .contains("\"path\":\"/status\"")
        .contains("\"observedGeneration\":2")
        .contains("\"reason\":\"Assigned\"");
  }

  /** Else a server in trouble would be asked to forget who wrote the status. */
  @Test
  void otherErrorsOfTheServerDoNotMakeItReplaced() throws Exception {
    client.getConfiguration().setRequestRetryBackoffLimit(0);
    answer(PATH, 500, "etcdserver: leader changed");

    assertThatIOException()
        .isThrownBy(() -> new KubernetesStatus(client).write(GATEWAY, Optional.of(STATUS)));
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @Test
  void anObjectThatIsGoneAndOneThatIsRefusedAreNotTriedAgain() {
    KubernetesStatus statuses = new KubernetesStatus(client);
    assertThatCode(() -> statuses.write(GATEWAY, Optional.of(STATUS))).doesNotThrowAnyException();
    answer(PATH, 422);
    assertThatCode(() -> statuses.write(GATEWAY, Optional.of(STATUS))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 409, 503})
  void aServerInTroubleIsTriedAgain(int code) {
    client.getConfiguration().setRequestRetryBackoffLimit(0);
    answer(PATH, code);

    assertThatIOException()
        .isThrownBy(() -> new KubernetesStatus(client).write(GATEWAY, Optional.of(STATUS)));
  }

  @Test
  void aServerThatIsAwayIsTriedAgain() {
    Config nowhere =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:1")
            .withRequestRetryBackoffLimit(0)
            .build();
    try (KubernetesClient away = new KubernetesClientBuilder().withConfig(nowhere).build()) {
      KubernetesStatus statuses = new KubernetesStatus(away);
      assertThatIOException().isThrownBy(() -> statuses.write(GATEWAY, Optional.of(STATUS)));
    }
  }

  @Test
  void statusesOfOtherKindsAreNotOurs() throws Exception {
    KubernetesStatus statuses = new KubernetesStatus(client);
    statuses.write(ObjectId.node("node-1"), Optional.of(STATUS));
    statuses.write(new ObjectId(Kind.MANIFEST_FILE, "", "a.yaml"), Optional.of(STATUS));

    assertThat(server.getRequestCount()).isZero();
  }

  private void answer(String path, int code) {
    server.expect().patch().withPath(path).andReturn(code, "{}").always();
  }

  private void answer(String path, int code, String message) {
    var status = new StatusBuilder().withCode(code).withMessage(message).build();
    server.expect().patch().withPath(path).andReturn(code, status).always();
  }
}

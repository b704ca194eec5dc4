package io.sluice.watching;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/**
 * What the tests here run against: the API server that {@value #KUBECONFIG} names, or else the
 * client library's stand-in, which stores, lists and watches but is not Kubernetes.
 */
final class ApiServer implements AutoCloseable {

  /** The environment variable with the kubeconfig of a cluster that tests may write to. */
  static final String KUBECONFIG = "SLUICE_TEST_KUBECONFIG";

  private final String name;
  private final Path kubeconfig;
  private final KubernetesClient client;
  private final Optional<KubernetesMockServer> standIn;

  private ApiServer(
      String name,
      Path kubeconfig,
      KubernetesClient client,
      Optional<KubernetesMockServer> standIn) {
    this.name = name;
    this.kubeconfig = kubeconfig;
    this.client = client;
    this.standIn = standIn;
  }

  static ApiServer start(Path directory) throws IOException {
    String file = System.getenv(KUBECONFIG);
    return file == null || file.isBlank() ? standIn(directory) : real(Path.of(file));
  }

  private static ApiServer real(Path kubeconfig) throws IOException {
    Config config = Config.fromKubeconfig(null, kubeconfig.toFile());
    KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
    for (String crd :
        List.of("anthosnetworkgateways", "networkgatewaygroups", "egressnatpolicies")) {
      try (InputStream yaml = Files.newInputStream(Path.of("../deploy/crds/" + crd + ".yaml"))) {
        for (HasMetadata definition : client.load(yaml).items()) {
          client.resource(definition).serverSideApply();
        }
      }
    }
    ApiServer server =
        new ApiServer(
            "Kubernetes " + client.getKubernetesVersion().getGitVersion(),
            kubeconfig,
            client,
            Optional.empty());
    server.namespace("sluice-system");
    return server;
  }

  private static ApiServer standIn(Path directory) throws IOException {
    KubernetesMockServer server =
        new KubernetesMockServer(
            new Context(),
            new MockWebServer(),
            new HashMap<>(),
            new KubernetesCrudDispatcher(),
            false);
    server.init();
    Path kubeconfig = directory.resolve("kubeconfig");
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "http://localhost:%d"}}]
        users: [{name: u, user: {}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """
            .formatted(server.getPort()));
    return new ApiServer(
        "the client library's stand-in", kubeconfig, server.createClient(), Optional.of(server));
  }

  void namespace(String namespace) {
    if (client.namespaces().withName(namespace).get() == null) {
      client
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
          .create();
    }
  }

  boolean isReal() {
    return standIn.isEmpty();
  }

  /** What the tests ran against. */
  @Override
  public String toString() {
    return name;
  }

  Path kubeconfig() {
    return kubeconfig;
  }

  KubernetesClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
    standIn.ifPresent(KubernetesMockServer::destroy);
  }
}

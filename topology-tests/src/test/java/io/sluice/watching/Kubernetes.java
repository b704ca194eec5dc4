package io.sluice.watching;

import static org.junit.jupiter.api.Assumptions.abort;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A real API server: the one that {@value #KUBECONFIG} names, or one in a container. What {@code
 * kubectl apply -k deploy} installs is installed in it.
 */
final class Kubernetes {

  /** The tag of these tests: the build runs them apart, because not every machine can. */
  static final String TAG = "kubernetes";

  /** The environment variable with the kubeconfig of a cluster that tests may write to. */
  static final String KUBECONFIG = "SLUICE_TEST_KUBECONFIG";

  private static final long TOKEN_SECONDS = 3 * 3_600;

  private Kubernetes() {}

  /**
   * Skips the tests, with a word, where there is none.
   *
   * @param directory for the watcher's kubeconfig
   */
  static ApiServer require(Path directory) throws IOException {
    Config config = Config.fromKubeconfig(null, kubeconfig(directory).toFile());
    KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
    install(client, "crds");
    install(client, "rbac");
    Path watcher = directory.resolve("watcher.kubeconfig");
    Files.writeString(watcher, watcherKubeconfig(client, config.getMasterUrl()));
    return new ApiServer(
        "Kubernetes " + client.getKubernetesVersion().getGitVersion(), watcher, client, () -> {});
  }

  /** The kubeconfig with all rights. */
  static Path kubeconfig(Path directory) throws IOException {
    String file = System.getenv(KUBECONFIG);
    if (file != null && !file.isBlank()) {
      return Path.of(file);
    }
    Optional<String> obstacle = K3s.obstacle();
    if (obstacle.isPresent()) {
      String message =
          "NOT RUN against a Kubernetes API server: %s names no kubeconfig, and %s"
              .formatted(KUBECONFIG, obstacle.get());
      System.out.println(message);
      return abort(message);
    }
    return Files.writeString(directory.resolve("k3s.kubeconfig"), K3s.kubeconfig());
  }

  private static void install(KubernetesClient client, String part) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../deploy", part))) {
      List<Path> manifests =
          files
              .filter(file -> !file.endsWith("kustomization.yaml"))
              // The namespace first.
              .sorted((a, b) ->
                  Boolean.compare(b.endsWith("namespace.yaml"), a.endsWith("namespace.yaml")))
              .toList();
      for (Path manifest : manifests) {
        try (InputStream yaml = Files.newInputStream(manifest)) {
          for (HasMetadata object : client.load(yaml).items()) {
            client.resource(object).forceConflicts().serverSideApply();
          }
        }
      }
    }
  }

  /**
   * The account of the watcher at this address. The certificate of the server is not looked at,
   * since a test may lead the way through a {@link Detour}.
   */
  static String watcherKubeconfig(KubernetesClient client, String address) {
    String token =
        client
            .serviceAccounts()
            .inNamespace("sluice-system")
            .withName("sluice-watcher")
            .tokenRequest(
                new TokenRequestBuilder()
                    .withNewSpec()
                    .withExpirationSeconds(TOKEN_SECONDS)
                    .endSpec()
                    .build())
            .getStatus()
            .getToken();
    return """
    apiVersion: v1
    kind: Config
    clusters: [{name: c, cluster: {server: "%s", insecure-skip-tls-verify: true}}]
    users: [{name: sluice-watcher, user: {token: "%s"}}]
    contexts: [{name: x, context: {cluster: c, user: sluice-watcher}}]
    current-context: x
    """
        .formatted(address, token);
  }
}

package io.sluice.watching;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;

/**
 * What watchers run against. A test that has met only the stand-in has not met Kubernetes.
 *
 * @param name what it is, for the list of what ran against what
 * @param kubeconfig how a watcher reaches it; where there are rights, with no more than the
 *     watcher's own
 * @param client for the tests themselves, with all rights
 */
record ApiServer(String name, Path kubeconfig, KubernetesClient client, AutoCloseable closing)
    implements AutoCloseable {

  /** The client library's stand-in, which stores, lists and watches but is not Kubernetes. */
  static ApiServer standIn(Path directory) throws IOException {
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
        "the client library's stand-in", kubeconfig, server.createClient(), server::destroy);
  }

  void namespace(String namespace) {
    if (client.namespaces().withName(namespace).get() == null) {
      client
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
          .create();
    }
  }

  /** A watcher that was killed keeps its Lease until it runs out; the next test need not wait. */
  void releaseLease() {
    client.leases().inNamespace("sluice-system").withName("sluice-watcher").delete();
  }

  @Override
  public void close() throws Exception {
    client.close();
    closing.close();
  }
}

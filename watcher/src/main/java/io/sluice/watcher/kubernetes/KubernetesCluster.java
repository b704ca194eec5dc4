package io.sluice.watcher.kubernetes;

import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.sluice.watcher.Election;
import io.sluice.watcher.EventTarget;
import io.sluice.watcher.Source;
import io.sluice.watcher.StatusTarget;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A Kubernetes cluster, reached through its API server. */
public final class KubernetesCluster implements AutoCloseable {

  /** One answer that fails is tried again soon; what lasts longer is up to the callers. */
  private static final int QUICK_RETRIES = 2;

  private final Config config;
  private final KubernetesClient client;

  private KubernetesCluster(Config config) {
    this.config = config;
    this.client = new KubernetesClientBuilder().withConfig(config).build();
  }

  /**
   * Prepares to talk to a cluster; the API server need not be there yet.
   *
   * @param kubeconfig the file to read; otherwise the usual places, then the Pod's own account
   * @param context the context in it; otherwise the current one
   * @throws IllegalArgumentException if no kubeconfig has this context
   */
  public static KubernetesCluster connect(Optional<Path> kubeconfig, Optional<String> context) {
    Config config =
        kubeconfig
            .map(file -> Config.fromKubeconfig(context.orElse(null), file.toFile()))
            .orElseGet(() -> Config.autoConfigure(context.orElse(null)));
    context.ifPresent(name -> requireContext(config, name));
    config.setRequestRetryBackoffLimit(QUICK_RETRIES);
    // With HTTP/2 all requests share a connection, and one that is dead takes each of them along
    // until its timeout; with HTTP/1.1 the first timeout closes it.
    config.setHttp2Disable(true);
    return new KubernetesCluster(config);
  }

  /** The client library would go on without one, to a server of its own choice. */
  private static void requireContext(Config config, String name) {
    List<String> known = config.getContexts().stream().map(NamedContext::getName).toList();
    if (!known.contains(name)) {
      throw new IllegalArgumentException(
          "there is no context %s; there are: %s".formatted(name, known));
    }
  }

  /** Where the API server is. */
  public String address() {
    return client.getMasterUrl().toString();
  }

  public Source source() {
    return new KubernetesSource(
        () -> new KubernetesClientBuilder().withConfig(config).build(), System::nanoTime);
  }

  public StatusTarget statusTarget() {
    return new KubernetesStatus(client);
  }

  /**
   * Which of several watchers works: the one that holds this Lease.
   *
   * @param identity names this one and no other
   */
  public Election election(String namespace, String lease, String identity) {
    return new LeaseElection(
        client, namespace, lease, identity, LeaseElection.Timing.DEFAULT, System::nanoTime);
  }

  /**
   * Where Events go.
   *
   * @param instance names this process on them
   */
  public EventTarget eventTarget(String instance) {
    return new KubernetesEvents(client, instance);
  }

  @Override
  public void close() {
    client.close();
  }
}

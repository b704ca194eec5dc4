package io.sluice.cli.lab.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sluice.cli.kubernetes.Definitions;
import io.sluice.cli.kubernetes.Kubeconfig;
import io.sluice.cli.lab.ClusterApi;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.LabSpec;
import io.sluice.cli.lab.LabSpec.NodeSpec;
import io.sluice.cli.lab.LabSpec.PodSpec;
import io.sluice.cli.lab.Manifests;
import io.sluice.cli.lab.Passage;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real API server that a lab's nodes and Pods are objects in. No kubelet is behind them: what one
 * would say of them is written here, once.
 */
public final class LabApi implements ClusterApi {

  private static final Logger log = LoggerFactory.getLogger(LabApi.class);

  /** What is made for a lab has this label, so that it can be told from everything else. */
  private static final String LABEL = "networking.sluice.io/lab";

  private static final String LABEL_VALUE = "true";
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
  private static final int PATIENCE_MILLIS = 10_000;

  private final Kubeconfig kubeconfig;
  private final Passage passage;
  private final KubernetesClient client;

  private LabApi(Kubeconfig kubeconfig) {
    this.kubeconfig = kubeconfig;
    this.passage = Passage.open(kubeconfig.host(), kubeconfig.port());
    Config config = kubeconfig.config();
    config.setRequestTimeout(PATIENCE_MILLIS);
    config.setRequestRetryBackoffLimit(2);
    this.client = new KubernetesClientBuilder().withConfig(config).build();
  }

  /**
   * Connects to an API server, from inside a sandbox.
   *
   * @throws LabException if it does not answer, lacks Sluice's definitions, or has nodes of its own
   */
  public static LabApi connect(Kubeconfig kubeconfig) {
    LabApi api = new LabApi(kubeconfig);
    try {
      Definitions.require(api.client);
      api.refuseOtherNodes();
      return api;
    } catch (KubernetesClientException e) {
      api.disconnect();
      throw refused(e);
    } catch (LabException e) {
      api.disconnect();
      throw e;
    }
  }

  private void refuseOtherNodes() {
    client
        .nodes()
        .list(new ListOptionsBuilder().withLabelSelector("!" + LABEL).withLimit(1L).build())
        .getItems()
        .stream()
        .findFirst()
        .ifPresent(node -> {
          throw new LabException(
              "the cluster at %s has nodes of its own, %s for one; take an API server without any"
                  .formatted(address(), node.getMetadata().getName()));
        });
  }

  @Override
  public String address() {
    return kubeconfig.host() + ":" + kubeconfig.port();
  }

  @Override
  public List<String> watcherArguments() {
    List<String> arguments =
        new ArrayList<>(List.of("kubernetes", "--kubeconfig", kubeconfig.file().toString()));
    kubeconfig.context().ifPresent(context -> arguments.addAll(List.of("--context", context)));
    return arguments;
  }

  @Override
  public void write(LabSpec spec) {
    try {
      // Of a lab that could not take them away itself.
      remove();
      for (NodeSpec node : spec.nodes()) {
        create(read(Manifests.node(spec, node), Node.class));
      }
      spec.namespaces().forEach(this::namespace);
      for (PodSpec pod : spec.pods()) {
        pod(spec, pod);
      }
    } catch (KubernetesClientException e) {
      throw refused(e);
    }
  }

  private static <T extends HasMetadata> T read(String manifest, Class<T> type) {
    T object = Serialization.unmarshal(manifest, type);
    object.getMetadata().getLabels().put(LABEL, LABEL_VALUE);
    return object;
  }

  /** One that is there may be somebody's: it gets the labels, and stays when the lab goes. */
  private void namespace(String name, Map<String, String> labels) {
    Namespace wanted = read(Manifests.namespace(name, labels), Namespace.class);
    wanted.getMetadata().getLabels().remove(LABEL);
    createOr(
        wanted,
        () ->
            client
                .namespaces()
                .withName(name)
                .patch(MERGE, Serialization.asJson(Map.of("metadata", Map.of("labels", labels)))));
    // Without it Pods are refused; a controller would make it too.
    createOr(
        new ServiceAccountBuilder()
            .withNewMetadata()
            .withNamespace(name)
            .withName("default")
            .endMetadata()
            .build(),
        () -> {});
  }

  /** Its status is taken only afterwards. */
  private void pod(LabSpec spec, PodSpec wanted) {
    Pod pod =
        new PodBuilder(read(Manifests.pod(spec, wanted), Pod.class))
            .editSpec()
            .withAutomountServiceAccountToken(false)
            .addNewContainer()
            .withName("namespace")
            .withImage("none.invalid/network-namespace")
            .endContainer()
            .endSpec()
            .build();
    create(pod);
    client
        .pods()
        .inNamespace(wanted.namespace())
        .withName(wanted.name())
        .subresource("status")
        .patch(MERGE, Serialization.asJson(Map.of("status", pod.getStatus())));
  }

  private void create(HasMetadata object) {
    client.resource(object).create();
  }

  private void createOr(HasMetadata object, Runnable otherwise) {
    try {
      create(object);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      otherwise.run();
    }
  }

  private void remove() {
    client.pods().inAnyNamespace().withLabel(LABEL, LABEL_VALUE).withGracePeriod(0).delete();
    client.nodes().withLabel(LABEL, LABEL_VALUE).delete();
  }

  private static LabException refused(KubernetesClientException e) {
    String cause = e.getCause() == null ? "" : " " + e.getCause().getMessage();
    return new LabException("the API server does not do its part: " + e.getMessage() + cause, e);
  }

  @Override
  public void close() {
    try {
      remove();
    } catch (KubernetesClientException e) {
      log.warn("nodes and Pods are left in the API server: {}", e.getMessage());
    }
    disconnect();
  }

  private void disconnect() {
    client.close();
    passage.close();
  }
}

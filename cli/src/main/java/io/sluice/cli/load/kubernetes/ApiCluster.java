package io.sluice.cli.load.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.sluice.cli.kubernetes.Definitions;
import io.sluice.cli.kubernetes.Kubeconfig;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.Progress;
import io.sluice.cli.load.LoadShape;
import io.sluice.cli.load.SyntheticCluster;
import io.sluice.model.ObjectId;
import io.sluice.watcher.core.ApiType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** A real API server that is filled with a synthetic cluster, and emptied of it again. */
public final class ApiCluster implements AutoCloseable {

  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
  private static final long PAGE = 500;
  private static final Duration POLL = Duration.ofMillis(200);

  /** Emptying a namespace is one request. */
  private static final int PATIENCE_MILLIS = 120_000;

  private static final String OURS =
      "labelSelector=%s%%3D%s".formatted(ApiObjects.LABEL, ApiObjects.LABEL_VALUE);

  private final KubernetesClient client;

  private ApiCluster(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Connects to an API server on which everything is allowed.
   *
   * @throws LabException if it does not answer
   */
  public static ApiCluster connect(Kubeconfig kubeconfig) {
    Config config = kubeconfig.config();
    config.setRequestTimeout(PATIENCE_MILLIS);
    ApiCluster cluster = new ApiCluster(new KubernetesClientBuilder().withConfig(config).build());
    try {
      cluster.version();
      return cluster;
    } catch (KubernetesClientException e) {
      cluster.close();
      throw refused(e);
    }
  }

  /** Which version of Kubernetes it is. */
  public String version() {
    return client.getKubernetesVersion().getGitVersion();
  }

  /**
   * Refuses to go on where Sluice's definitions are missing.
   *
   * @throws LabException saying how to install them
   */
  public void requireDefinitions() {
    Definitions.require(client);
  }

  /** Of nodes, Pods, policies and gateways each one that no load has made, as far as there are. */
  public List<String> foreignObjects() {
    ListOptions notOurs =
        new ListOptionsBuilder().withLabelSelector("!" + ApiObjects.LABEL).withLimit(1L).build();
    return List.of(ApiType.values()).stream()
        .filter(type -> type != ApiType.NAMESPACE)
        .flatMap(type -> objects(type).list(notOurs).getItems().stream())
        .map(object -> object.getKind() + " " + object.getMetadata().getName())
        .toList();
  }

  /** Whether an earlier load has left something. */
  public boolean holdsALoad() {
    ListOptions ours =
        new ListOptionsBuilder()
            .withLabelSelector(ApiObjects.LABEL + "=" + ApiObjects.LABEL_VALUE)
            .withLimit(1L)
            .build();
    return List.of(ApiType.values()).stream()
        .anyMatch(type -> !objects(type).list(ours).getItems().isEmpty());
  }

  /**
   * Makes all objects of a cluster.
   *
   * @param annotationBytes that each Pod has besides what is read of it
   * @return how many requests that took
   * @throws LabException if the API server refuses one
   */
  public long fill(SyntheticCluster content, int annotationBytes, Progress progress) {
    LoadShape shape = content.shape();
    ApiObjects objects = new ApiObjects(content, annotationBytes);
    Crowd crowd = new Crowd(progress);
    crowd.each("nodes", shape.nodes(), number -> create(objects.node(number)));
    crowd.each(
        "namespaces",
        shape.namespaces(),
        number -> {
          create(objects.namespace(number));
          createIfMissing(objects.account(number));
        });
    createIfMissing(objects.gateway());
    crowd.each("policies", shape.policies(), number -> create(objects.policy(number)));
    crowd.each(
        "Pods",
        shape.pods(),
        number -> {
          create(objects.pod(number));
          patch(content.podId(number), "/status", objects.running(number, 0));
        });
    return shape.nodes() + 2L * shape.namespaces() + 1 + shape.policies() + 2L * shape.pods();
  }

  /** Puts the first Pods back to how they were made. */
  public void putBack(SyntheticCluster content, int count, Progress progress) {
    ApiObjects objects = new ApiObjects(content, 0);
    new Crowd(progress)
        .each(
            "Pods put back",
            count,
            number -> {
              patch(content.podId(number), "", objects.labels(number, 0));
              patch(content.podId(number), "/status", objects.running(number, 0));
            });
  }

  /** Changes a Pod as {@link SyntheticCluster#pod} says, and returns when that is stored. */
  public void change(SyntheticCluster content, int pod, int changes) {
    ApiObjects objects = new ApiObjects(content, 0);
    try {
      if (content.pod(pod, changes).labels().equals(content.pod(pod, changes - 1).labels())) {
        patch(content.podId(pod), "/status", objects.running(pod, changes));
      } else {
        patch(content.podId(pod), "", objects.labels(pod, changes));
      }
    } catch (KubernetesClientException e) {
      throw refused(e);
    }
  }

  private void create(HasMetadata object) {
    client.resource(object).create();
  }

  private void createIfMissing(HasMetadata object) {
    try {
      create(object);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
  }

  private void patch(ObjectId pod, String subresource, Map<String, Object> change) {
    var resource = client.pods().inNamespace(pod.namespace()).withName(pod.name());
    String json = client.getKubernetesSerialization().asJson(change);
    if (subresource.isEmpty()) {
      resource.patch(MERGE, json);
    } else {
      resource.subresource("status").patch(MERGE, json);
    }
  }

  /** The uid of every object of the kinds that Sluice reads. */
  public Map<ObjectId, String> uids() {
    Map<ObjectId, String> uids = new HashMap<>();
    for (ApiType type : ApiType.values()) {
      eachObject(
          type,
          object -> {
            String namespace = Objects.requireNonNullElse(object.getMetadata().getNamespace(), "");
            uids.put(
                new ObjectId(type.kind(), namespace, object.getMetadata().getName()),
                object.getMetadata().getUid());
          });
    }
    return uids;
  }

  private void eachObject(ApiType type, Consumer<GenericKubernetesResource> consumer) {
    String from = null;
    do {
      var page =
          objects(type).list(new ListOptionsBuilder().withLimit(PAGE).withContinue(from).build());
      page.getItems().forEach(consumer);
      from = page.getMetadata().getContinue();
    } while (from != null && !from.isEmpty());
  }

  private io.fabric8.kubernetes.client.dsl.AnyNamespaceOperation<
          GenericKubernetesResource,
          io.fabric8.kubernetes.api.model.GenericKubernetesResourceList,
          io.fabric8.kubernetes.client.dsl.Resource<GenericKubernetesResource>>
      objects(ApiType type) {
    ResourceDefinitionContext definition =
        new ResourceDefinitionContext.Builder()
            .withGroup(type.group())
            .withVersion(type.version())
            .withKind(type.kind().toString())
            .withPlural(type.plural())
            .withNamespaced(type.kind().namespaced())
            .build();
    return client.genericKubernetesResources(definition).inAnyNamespace();
  }

  /**
   * Deletes everything that has the label of a load. Namespaces end only if the cluster has a
   * controller for that.
   *
   * @throws LabException if the API server refuses
   */
  public void empty(Progress progress) {
    List<String> namespaces =
        client
            .namespaces()
            .withLabel(ApiObjects.LABEL, ApiObjects.LABEL_VALUE)
            .list()
            .getItems()
            .stream()
            .map(namespace -> namespace.getMetadata().getName())
            .toList();
    Crowd crowd = new Crowd(progress);
    crowd.each(
        "namespaces emptied",
        namespaces.size(),
        number ->
            delete(
                "/api/v1/namespaces/%s/pods?gracePeriodSeconds=0&%s"
                    .formatted(namespaces.get(number), OURS)));
    for (ApiType type : ApiType.values()) {
      if (type.isCustomResource()) {
        deleteAll(type);
      }
    }
    delete("/api/v1/nodes?" + OURS);
    crowd.each(
        "namespaces deleted",
        namespaces.size(),
        number -> delete("/api/v1/namespaces/" + namespaces.get(number)));
  }

  /**
   * Waits until namespaces that were deleted are gone.
   *
   * @throws LabException if that takes longer
   */
  public void awaitEmpty(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (holdsALoad()) {
      if (System.nanoTime() - end >= 0) {
        throw new LabException(
            "namespaces of an earlier load do not end: the cluster has no controller for that, so"
                + " take a new one");
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }

  /** Only what is in a namespace can be deleted namespace by namespace. */
  private void deleteAll(ApiType type) {
    String group = "/apis/%s/%s/".formatted(type.group(), type.version());
    delete(
        type.kind().namespaced()
            ? group + "namespaces/kube-system/" + type.plural() + "?" + OURS
            : group + type.plural() + "?" + OURS);
  }

  private void delete(String path) {
    client.raw(path, "DELETE", null);
  }

  /** The client library's own message often says nothing but that there was an error. */
  static LabException refused(KubernetesClientException e) {
    String cause = e.getCause() == null ? "" : " " + e.getCause().getMessage();
    return new LabException("the API server does not do its part: " + e.getMessage() + cause, e);
  }

  @Override
  public void close() {
    client.close();
  }
}

package io.sluice.watcher.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.sluice.model.ObjectId;
import io.sluice.watcher.core.ApiType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Objects of the client library in the form that the core reads, and back. */
final class ResourceTree {

  private ResourceTree() {}

  /** Items of a list carry neither kind nor version, so both come from the type. */
  static Map<String, Object> of(ApiType type, GenericKubernetesResource object) {
    ObjectMeta meta = object.getMetadata();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", meta.getName());
    metadata.put("namespace", meta.getNamespace());
    metadata.put("uid", meta.getUid());
    metadata.put("resourceVersion", meta.getResourceVersion());
    metadata.put("generation", meta.getGeneration());
    metadata.put("creationTimestamp", meta.getCreationTimestamp());
    metadata.put("labels", meta.getLabels());
    metadata.put("annotations", meta.getAnnotations());
    Map<String, Object> tree = new LinkedHashMap<>(object.getAdditionalProperties());
    tree.put("apiVersion", type.apiVersion());
    tree.put("kind", type.kind().toString());
    tree.put("metadata", metadata);
    return tree;
  }

  static ObjectId id(ApiType type, GenericKubernetesResource object) {
    ObjectMeta meta = object.getMetadata();
    String namespace =
        type.kind().namespaced() ? Objects.requireNonNullElse(meta.getNamespace(), "") : "";
    return new ObjectId(type.kind(), namespace, meta.getName());
  }

  /** An object of which no more is known than this. */
  static GenericKubernetesResource bare(ObjectId id, String uid, String resourceVersion) {
    GenericKubernetesResource object = new GenericKubernetesResource();
    object.setMetadata(
        new ObjectMetaBuilder()
            .withName(id.name())
            .withNamespace(id.namespace().isEmpty() ? null : id.namespace())
            .withUid(uid)
            .withResourceVersion(resourceVersion)
            .build());
    return object;
  }
}

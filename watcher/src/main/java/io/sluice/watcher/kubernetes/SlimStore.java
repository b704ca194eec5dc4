package io.sluice.watcher.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.sluice.model.ObjectId;
import io.sluice.watcher.core.ApiType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What an informer remembers of its objects: identity and version, nothing else. It needs no more
 * to tell additions, changes and deletions apart, and 100,000 Pods cost megabytes instead of
 * gigabytes.
 */
final class SlimStore implements ItemStore<GenericKubernetesResource> {

  private record Version(ObjectId id, String uid, String resourceVersion) {

    GenericKubernetesResource toObject() {
      return ResourceTree.bare(id, uid, resourceVersion);
    }
  }

  private final ApiType type;
  private final Map<String, Version> versions = new ConcurrentHashMap<>();

  SlimStore(ApiType type) {
    this.type = type;
  }

  @Override
  public String getKey(GenericKubernetesResource object) {
    return Cache.metaNamespaceKeyFunc(object);
  }

  @Override
  public GenericKubernetesResource put(String key, GenericKubernetesResource object) {
    var meta = object.getMetadata();
    return object(
        versions.put(
            key,
            new Version(ResourceTree.id(type, object), meta.getUid(), meta.getResourceVersion())));
  }

  @Override
  public GenericKubernetesResource remove(String key) {
    return object(versions.remove(key));
  }

  @Override
  public Stream<String> keySet() {
    return versions.keySet().stream();
  }

  @Override
  public Stream<GenericKubernetesResource> values() {
    return versions.values().stream().map(Version::toObject);
  }

  @Override
  public int size() {
    return versions.size();
  }

  @Override
  public GenericKubernetesResource get(String key) {
    return object(versions.get(key));
  }

  @Override
  public boolean isFullState() {
    return false;
  }

  private static GenericKubernetesResource object(Version versionOrNull) {
    return versionOrNull == null ? null : versionOrNull.toObject();
  }
}

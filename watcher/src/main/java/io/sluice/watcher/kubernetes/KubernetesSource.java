package io.sluice.watcher.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.sluice.watcher.Content;
import io.sluice.watcher.Sink;
import io.sluice.watcher.Source;
import io.sluice.watcher.core.ApiType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Objects from a Kubernetes API server, one informer for each kind. */
final class KubernetesSource implements Source {

  private final KubernetesClient client;
  private final List<KindInformer> informers = new CopyOnWriteArrayList<>();

  KubernetesSource(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public void start(Content known, Sink sink) {
    for (ApiType type : ApiType.values()) {
      KindInformer informer = new KindInformer(client, type, sink);
      informers.add(informer);
      informer.start(known(known, type));
    }
  }

  private static Stream<GenericKubernetesResource> known(Content known, ApiType type) {
    return known.objects().entrySet().stream()
        .filter(object -> object.getKey().kind() == type.kind())
        .map(
            object -> ResourceTree.bare(object.getKey(), object.getValue().metadata().uid(), null));
  }

  /** Whether every kind has been listed and is being watched. */
  boolean isWatching() {
    return informers.size() == ApiType.values().length
        && informers.stream().allMatch(KindInformer::isWatching);
  }

  @Override
  public Optional<String> problem() {
    String unwatched =
        informers.stream()
            .filter(informer -> !informer.isWatching())
            .map(informer -> informer.kind().toString())
            .collect(Collectors.joining(", "));
    return unwatched.isEmpty() && !informers.isEmpty()
        ? Optional.empty()
        : Optional.of("not listed, or not watched at the moment: " + unwatched);
  }

  @Override
  public Map<String, Duration> sinceHeard() {
    return informers.stream()
        .collect(
            Collectors.toMap(
                informer -> informer.kind().toString(), KindInformer::sinceHeard, (a, _) -> a));
  }

  @Override
  public void close() {
    informers.forEach(KindInformer::close);
  }
}

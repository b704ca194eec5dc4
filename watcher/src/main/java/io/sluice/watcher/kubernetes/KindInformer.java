package io.sluice.watcher.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.watcher.Sink;
import io.sluice.watcher.core.ApiType;
import io.sluice.watcher.core.ObjectReader;
import io.sluice.watcher.core.Observed;
import io.sluice.watcher.core.Reading;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows all objects of one kind. They are read as generic resources, because a typed informer
 * stops for good at the first object that does not fit its type.
 *
 * <p>A half-open connection looks like a quiet one; {@link #lastSyncResourceVersion()} is what
 * tells them apart, and the cure is to close this informer and start another one with the same
 * known objects.
 */
final class KindInformer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(KindInformer.class);

  /** Objects in one answer of the API server; an unlimited list of all Pods weighs on it. */
  private static final long PAGE = 500;

  private final ApiType type;
  private final Sink sink;
  private final SharedIndexInformer<GenericKubernetesResource> informer;
  private String lastVersion;
  private long heardAt = System.nanoTime();
  private final AtomicLong refused = new AtomicLong();

  /** What the sink has been told of and not been told gone; guarded by this. */
  private final Set<ObjectId> told = new HashSet<>();

  private boolean closed;

  KindInformer(KubernetesClient client, ApiType type, Sink sink) {
    this.type = type;
    this.sink = sink;
    this.informer =
        client
            .genericKubernetesResources(definition(type))
            .inAnyNamespace()
            .withLimit(PAGE)
            .runnableInformer(0);
  }

  static ResourceDefinitionContext definition(ApiType type) {
    return new ResourceDefinitionContext.Builder()
        .withGroup(type.group())
        .withVersion(type.version())
        .withKind(type.kind().toString())
        .withPlural(type.plural())
        .withNamespaced(type.kind().namespaced())
        .build();
  }

  /**
   * Begins to follow, also when the API server is away: that is tried again without end, with
   * growing pauses.
   *
   * @param known the objects of this kind that the topics hold, with their uids: those that are
   *     gone are offered as deleted. Their versions are blank, so all that exist are offered, and
   *     what has not changed is sorted out by content. That holds even if this is another cluster
   *     than before.
   */
  void start(Map<ObjectId, String> known) {
    synchronized (this) {
      told.addAll(known.keySet());
    }
    informer
        .removeNamespaceIndex()
        .itemStore(new SlimStore(type))
        .initialState(
            known.entrySet().stream()
                .map(object -> ResourceTree.bare(object.getKey(), object.getValue(), null)))
        .exceptionHandler((_, _) -> true)
        .addEventHandler(new Events());
    informer
        .start()
        .whenComplete((_, failure) -> {
          if (failure != null) {
            log.debug("{}: stopped before the first list", type.kind(), failure);
          }
        });
  }

  /**
   * How long nothing was heard, as far as anybody asked: the newest version also moves with the
   * bookmarks of the API server, about once a minute.
   */
  synchronized Duration sinceHeard() {
    long now = System.nanoTime();
    String version = informer.lastSyncResourceVersion();
    if (!Objects.equals(version, lastVersion)) {
      lastVersion = version;
      heardAt = now;
    }
    return Duration.ofNanos(now - heardAt);
  }

  /** The newest version that has arrived; null before the first list. */
  String lastSyncResourceVersion() {
    return informer.lastSyncResourceVersion();
  }

  Kind kind() {
    return type.kind();
  }

  /** Whether a watch is open; says nothing about whether anything still comes through it. */
  boolean isWatching() {
    return informer.isWatching();
  }

  /** How many events were about an object that cannot be published. */
  long refused() {
    return refused.get();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    informer.close();
  }

  /** What the sink holds of this kind; it does not change any more once this is closed. */
  synchronized Set<ObjectId> told() {
    return new HashSet<>(told);
  }

  private final class Events implements ResourceEventHandler<GenericKubernetesResource> {

    @Override
    public void onList(String resourceVersion, boolean remainedEmpty) {
      log.info("{}: in sync with the API server at version {}", type.kind(), resourceVersion);
    }

    @Override
    public void onAdd(GenericKubernetesResource added) {
      offer(added);
    }

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
      offer(after);
    }

    @Override
    public void onDelete(GenericKubernetesResource deleted, boolean unseen) {
      guarded(() -> tell(ResourceTree.id(type, deleted), Optional.empty()));
    }

    private void offer(GenericKubernetesResource object) {
      guarded(() -> {
        switch (ObjectReader.read(ResourceTree.of(type, object))) {
          case Reading.Understood(ObjectId id, var observed) -> tell(id, Optional.of(observed));
          case Reading.Refused reading -> {
            refused.incrementAndGet();
            log.warn("{}: cannot be published: {}", type.kind(), reading.message());
          }
          case Reading.Foreign foreign -> throw new AssertionError("asked for it: " + foreign);
        }
      });
    }

    /** One that is closed has a successor, and what it still has to say may be out of date. */
    private void tell(ObjectId id, Optional<Observed> newest) {
      synchronized (KindInformer.this) {
        if (closed) {
          return;
        }
        if (newest.isPresent()) {
          told.add(id);
        } else {
          told.remove(id);
        }
        sink.object(id, newest);
      }
    }

    /** The informer swallows what its handlers throw, and a lost event must not go unnoticed. */
    private void guarded(Runnable handling) {
      try {
        handling.run();
      } catch (RuntimeException | Error e) {
        sink.failed(e);
      }
    }
  }
}

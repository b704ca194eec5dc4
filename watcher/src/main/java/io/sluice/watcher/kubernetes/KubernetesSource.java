package io.sluice.watcher.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.sluice.model.ObjectId;
import io.sluice.watcher.Content;
import io.sluice.watcher.Sink;
import io.sluice.watcher.Source;
import io.sluice.watcher.core.ApiType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Objects from a Kubernetes API server, one informer for each kind. */
final class KubernetesSource implements Source {

  private static final Logger log = LoggerFactory.getLogger(KubernetesSource.class);

  /**
   * The API server sends the newest version at least once a minute, also when nothing has changed;
   * a watch that says nothing for longer is a connection that nobody is at the other end of.
   */
  static final Duration SILENCE = Duration.ofSeconds(150);

  private static final Duration LOOK = Duration.ofSeconds(10);

  private final Supplier<KubernetesClient> clients;
  private final LongSupplier nanoClock;
  private final List<Following> followings = new CopyOnWriteArrayList<>();
  private Sink sink;
  private final Thread lookout = Thread.ofVirtual().name("lookout").unstarted(this::lookOut);

  /** A kind, who follows it, and the newest version that came. */
  private static final class Following {
    private final ApiType type;
    private KubernetesClient client;
    private volatile KindInformer informer;
    private String version;
    private long movedNanos;

    private Following(ApiType type, KubernetesClient client, KindInformer informer, long nowNanos) {
      this.type = type;
      this.client = client;
      this.informer = informer;
      this.movedNanos = nowNanos;
    }
  }

  /**
   * A source that has not begun.
   *
   * @param clients opens connections of its own at each call; the source closes them
   * @param nanoClock as {@link System#nanoTime()}
   */
  KubernetesSource(Supplier<KubernetesClient> clients, LongSupplier nanoClock) {
    this.clients = clients;
    this.nanoClock = nanoClock;
  }

  @Override
  public void start(Content known, Sink sink) {
    this.sink = sink;
    KubernetesClient client = clients.get();
    for (ApiType type : ApiType.values()) {
      KindInformer informer = new KindInformer(client, type, sink);
      followings.add(new Following(type, client, informer, nanoClock.getAsLong()));
      informer.start(known(known, type));
    }
    lookout.start();
  }

  private static Map<ObjectId, String> known(Content known, ApiType type) {
    Map<ObjectId, String> uids = new HashMap<>();
    known
        .objects()
        .forEach((id, object) -> {
          if (id.kind() == type.kind()) {
            uids.put(id, object.metadata().uid());
          }
        });
    return uids;
  }

  private void lookOut() {
    try {
      while (true) {
        Thread.sleep(LOOK);
        replaceTheSilent();
      }
    } catch (InterruptedException _) {
      log.debug("stopped looking for silent watches");
    } catch (RuntimeException | Error e) {
      sink.failed(e);
    }
  }

  /** Follows anew what is being watched and has long said nothing. */
  synchronized void replaceTheSilent() {
    long nowNanos = nanoClock.getAsLong();
    List<Following> silent = new ArrayList<>();
    for (Following following : followings) {
      String version = following.informer.lastSyncResourceVersion();
      if (!following.informer.isWatching() || !Objects.equals(version, following.version)) {
        following.version = version;
        following.movedNanos = nowNanos;
      } else if (nowNanos - following.movedNanos >= SILENCE.toNanos()) {
        silent.add(following);
      }
    }
    if (!silent.isEmpty()) {
      replace(silent, nowNanos);
    }
  }

  /** Over new connections: what else the client has open may be as dead as the watch. */
  private void replace(List<Following> silent, long nowNanos) {
    KubernetesClient client = clients.get();
    Set<KubernetesClient> unused = clientsInUse();
    silent.forEach(following -> replace(following, client, nowNanos));
    unused.removeAll(clientsInUse());
    unused.forEach(KubernetesClient::close);
  }

  private Set<KubernetesClient> clientsInUse() {
    Set<KubernetesClient> inUse = Collections.newSetFromMap(new IdentityHashMap<>());
    followings.forEach(following -> inUse.add(following.client));
    return inUse;
  }

  /** The versions are blank, so nothing that came in between is missed. */
  private void replace(Following following, KubernetesClient client, long nowNanos) {
    log.warn(
        "{}: the watch has said nothing for {} s, so another one is opened",
        following.type.kind(),
        SILENCE.toSeconds());
    following.informer.close();
    Map<ObjectId, String> known = new HashMap<>();
    following.informer.told().forEach(id -> known.put(id, null));
    KindInformer successor = new KindInformer(client, following.type, sink);
    following.client = client;
    following.informer = successor;
    following.version = null;
    following.movedNanos = nowNanos;
    successor.start(known);
  }

  /** Whether every kind has been listed and is being watched. */
  boolean isWatching() {
    return followings.size() == ApiType.values().length
        && followings.stream().allMatch(following -> following.informer.isWatching());
  }

  @Override
  public Optional<String> problem() {
    String unwatched =
        followings.stream()
            .map(following -> following.informer)
            .filter(informer -> !informer.isWatching())
            .map(informer -> informer.kind().toString())
            .collect(Collectors.joining(", "));
    return unwatched.isEmpty() && !followings.isEmpty()
        ? Optional.empty()
        : Optional.of("not listed, or not watched at the moment: " + unwatched);
  }

  @Override
  public Map<String, Duration> sinceHeard() {
    return followings.stream()
        .collect(
            Collectors.toMap(
                following -> following.type.kind().toString(),
                following -> following.informer.sinceHeard()));
  }

  @Override
  public void close() {
    lookout.interrupt();
    synchronized (this) {
      followings.forEach(following -> following.informer.close());
      clientsInUse().forEach(KubernetesClient::close);
    }
  }
}

package io.sluice.watcher.manifests;

import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.watcher.Content;
import io.sluice.watcher.Sink;
import io.sluice.watcher.Source;
import io.sluice.watcher.core.Change;
import io.sluice.watcher.core.Difference;
import io.sluice.watcher.core.ManifestSet;
import io.sluice.watcher.core.Observed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects from a directory of manifest files. It is read when it changes, and now and then all the
 * same, since a notification can be lost.
 */
public final class ManifestSource implements Source {

  private static final Logger log = LoggerFactory.getLogger(ManifestSource.class);

  private final Path directory;
  private final Duration rescan;
  private final Clock clock;
  private final DirectoryScan scan;
  private final DirectoryWatch watch;
  private ManifestSet manifests;
  private SortedMap<ObjectId, Observed> objects = new TreeMap<>();
  private SortedMap<ObjectId, Status> statuses = new TreeMap<>();
  private SortedSet<String> ignored = new TreeSet<>();
  private SortedSet<ObjectId> held = new TreeSet<>();
  private volatile boolean unreachable;
  private volatile long lookedAt = System.nanoTime();

  /**
   * A source that has not begun.
   *
   * @param rescan the longest time between two looks at the directory
   * @throws IOException if the system cannot watch directories
   */
  public ManifestSource(Path directory, Duration rescan, Clock clock) throws IOException {
    this.directory = directory;
    this.rescan = rescan;
    this.clock = clock;
    this.scan = new DirectoryScan(directory);
    this.watch = new DirectoryWatch(directory);
  }

  @Override
  public void start(Content known, Sink sink) throws IOException {
    manifests = new ManifestSet(known.objects(), known.statuses());
    objects = known.objects();
    statuses = known.statuses();
    watch.follow();
    look(sink);
    log.info("watching the manifests in {}: {} objects", directory, objects.size());
    Thread.ofVirtual().name("manifests").start(() -> follow(sink));
  }

  private void follow(Sink sink) {
    try {
      while (true) {
        watch.await(rescan);
        lookAgain(sink);
      }
    } catch (ClosedWatchServiceException _) {
      log.debug("stopped watching {}", directory);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      sink.failed(e);
    } catch (RuntimeException | Error e) {
      sink.failed(e);
    }
  }

  /** A directory that cannot be listed says nothing about its files: everything stays. */
  private void lookAgain(Sink sink) {
    try {
      watch.follow();
      look(sink);
      if (unreachable) {
        log.info("{} can be read again", directory);
      }
      unreachable = false;
    } catch (IOException e) {
      if (!unreachable) {
        log.warn("{} cannot be read; everything stays as it is: {}", directory, e.toString());
      }
      unreachable = true;
    }
  }

  private void look(Sink sink) throws IOException {
    ManifestSet.Outcome outcome =
        manifests.accept(scan.read(), clock.millis(), () -> UUID.randomUUID().toString());
    for (Change change : Difference.ofAll(objects, outcome.objects())) {
      sink.object(change.id(), change.value());
    }
    objects = outcome.objects();
    lookedAt = System.nanoTime();
    tellStatuses(outcome.statuses(), sink);
    tellOnce(outcome);
  }

  private void tellStatuses(SortedMap<ObjectId, Status> now, Sink sink) {
    now.forEach((file, status) -> {
      if (!status.equals(statuses.get(file))) {
        var condition = status.conditions().getFirst();
        log.warn("{}: {}: {}", file.name(), condition.reason(), condition.message());
        sink.status(file, Optional.of(status));
      }
    });
    for (ObjectId file : statuses.keySet()) {
      if (!now.containsKey(file)) {
        log.info("{}: nothing is wrong with it any more", file.name());
        sink.status(file, Optional.empty());
      }
    }
    statuses = now;
  }

  private void tellOnce(ManifestSet.Outcome outcome) {
    for (String kind : outcome.ignored()) {
      if (!ignored.contains(kind)) {
        log.info("ignored, since Sluice does not read this kind: {}", kind);
      }
    }
    ignored = outcome.ignored();
    if (!outcome.held().equals(held) && !outcome.held().isEmpty()) {
      log.warn(
          "kept although no file names them, until every file is understood: {}", outcome.held());
    }
    held = outcome.held();
  }

  @Override
  public Optional<String> problem() {
    return unreachable ? Optional.of(directory + " cannot be read") : Optional.empty();
  }

  @Override
  public Map<String, Duration> sinceHeard() {
    return Map.of("manifests", Duration.ofNanos(System.nanoTime() - lookedAt));
  }

  @Override
  public void close() {
    try {
      watch.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

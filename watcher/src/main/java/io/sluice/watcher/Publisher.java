package io.sluice.watcher;

import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.watcher.core.ApiType;
import io.sluice.watcher.core.Change;
import io.sluice.watcher.core.Difference;
import io.sluice.watcher.core.Observed;
import io.sluice.watcher.core.Pending;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes what differs from what was published before. For one thread. */
final class Publisher {

  private static final Logger log = LoggerFactory.getLogger(Publisher.class);

  private static final int MAX_UNCOMMITTED = 5_000;

  private final Map<ObjectId, Observed> objects;
  private final Map<ObjectId, Status> statuses;
  private final TopicLog topics;
  private final WatcherMetrics metrics;
  private int uncommitted;

  Publisher(Content known, TopicLog topics, WatcherMetrics metrics) {
    this.objects = new HashMap<>(known.objects());
    this.statuses = new HashMap<>(known.statuses());
    this.topics = topics;
    this.metrics = metrics;
    metrics.forgetObjects();
    objects.keySet().forEach(id -> metrics.objects(id.kind(), 1));
  }

  void publish(Outbox.Batch batch) {
    batch.objects().forEach(newest -> inTransaction(() -> publishObject(newest)));
    batch.statuses().forEach(newest -> inTransaction(() -> publishStatus(newest)));
    topics.commit();
    uncommitted = 0;
  }

  /** All objects of a large cluster are not made to wait for the last of them. */
  private void inTransaction(Runnable publishing) {
    publishing.run();
    if (++uncommitted >= MAX_UNCOMMITTED) {
      topics.commit();
      uncommitted = 0;
    }
  }

  private void publishObject(Pending.Entry<Observed> newest) {
    Optional<Observed> known = Optional.ofNullable(objects.get(newest.id()));
    for (Change change : Difference.ofObject(newest.id(), known, newest.value())) {
      logChange(change);
      topics.publish(change);
      metrics.published(change.id());
      int before = objects.size();
      change
          .value()
          .ifPresentOrElse(
              value -> objects.put(change.id(), value), () -> objects.remove(change.id()));
      metrics.objects(change.id().kind(), objects.size() - before);
    }
  }

  private void publishStatus(Pending.Entry<Status> newest) {
    Optional<Status> known = Optional.ofNullable(statuses.get(newest.id()));
    if (known.equals(newest.value())) {
      return;
    }
    topics.publishStatus(newest.id(), newest.value());
    metrics.published(newest.id());
    newest
        .value()
        .ifPresentOrElse(
            value -> statuses.put(newest.id(), value), () -> statuses.remove(newest.id()));
  }

  /** Workloads come and go by the thousand; resources are few, and each of them counts. */
  private static void logChange(Change change) {
    Kind kind = change.id().kind();
    String event = change.value().isPresent() ? "published" : "published as deleted";
    if (ApiType.of(kind).isWorkload()) {
      log.debug("{}: {}", event, change.id());
    } else {
      log.info("{}: {}", event, change.id());
    }
  }
}

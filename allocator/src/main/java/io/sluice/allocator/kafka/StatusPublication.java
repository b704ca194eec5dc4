package io.sluice.allocator.kafka;

import io.sluice.allocator.core.StatusHistory;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What of the statuses of one cluster is to be published: only what changed, shortly after it did,
 * and in a storm of decisions at most so often. Every publication ends up as a write to the API
 * server, and working out the statuses of a large cluster takes time that the decisions need.
 */
final class StatusPublication {

  /** At most 20 times a second. */
  static final long INTERVAL_MILLIS = 50;

  /** First the decision is committed. */
  static final long DELAY_MILLIS = 10;

  /** At most a tenth of the time goes into statuses. */
  private static final long PAUSE_PER_COST = 10;

  private final SortedMap<ObjectId, Status> published;
  private boolean outdated = true;
  private long earliestMillis;

  StatusPublication(SortedMap<ObjectId, Status> published, long nowMillis) {
    this.published = new TreeMap<>(published);
    this.earliestMillis = nowMillis;
  }

  /** Something was decided. */
  void outdate(long nowMillis) {
    if (!outdated) {
      outdated = true;
      earliestMillis = Math.max(earliestMillis, nowMillis + DELAY_MILLIS);
    }
  }

  boolean isDue(long nowMillis) {
    return outdated && nowMillis >= earliestMillis;
  }

  /** A publication took from then to now. */
  void done(long startedMillis, long nowMillis) {
    long pauseMillis = Math.max(INTERVAL_MILLIS, PAUSE_PER_COST * (nowMillis - startedMillis));
    earliestMillis = startedMillis + pauseMillis;
  }

  /**
   * The statuses to publish now; empty for an object that is gone. They count as published.
   *
   * @param logMillis the time of the log, for the conditions
   */
  SortedMap<ObjectId, Optional<Status>> take(Map<ObjectId, Status> current, long logMillis) {
    outdated = false;
    SortedMap<ObjectId, Optional<Status>> changed = new TreeMap<>();
    for (ObjectId id : published.keySet()) {
      if (!current.containsKey(id)) {
        changed.put(id, Optional.empty());
      }
    }
    published.keySet().retainAll(current.keySet());
    current.forEach((id, fresh) -> {
      Optional<Status> before = Optional.ofNullable(published.get(id));
      Status status = StatusHistory.carrySince(before, fresh, logMillis);
      if (!before.equals(Optional.of(status))) {
        published.put(id, status);
        changed.put(id, Optional.of(status));
      }
    });
    return changed;
  }
}

package io.sluice.allocator.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Tells a failure that passes from one that comes again and again. Thread-safe. */
final class FailureLimit {

  private final int most;
  private final long withinMillis;
  private final Deque<Long> recentMillis = new ArrayDeque<>();

  /** Allows so many failures within so long. */
  FailureLimit(int most, Duration within) {
    this.most = most;
    this.withinMillis = within.toMillis();
  }

  /** One more failure at this time. Whether it is still within the limit. */
  synchronized boolean allows(long nowMillis) {
    recentMillis.addLast(nowMillis);
    while (nowMillis - recentMillis.peekFirst() > withinMillis) {
      recentMillis.removeFirst();
    }
    return recentMillis.size() <= most;
  }
}

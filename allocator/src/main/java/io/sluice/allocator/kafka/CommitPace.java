package io.sluice.allocator.kafka;

/**
 * When to commit: at once for a decision that comes alone, and not more often than so for many. A
 * transaction takes some milliseconds, so one for each of thousands of decisions would take
 * minutes.
 */
final class CommitPace {

  private final long intervalMillis;
  private boolean wanted;
  private long lastMillis;

  CommitPace(long intervalMillis, long nowMillis) {
    this.intervalMillis = intervalMillis;
    this.lastMillis = nowMillis - intervalMillis;
  }

  /** There is something that others wait for. */
  void want() {
    wanted = true;
  }

  /** Whether to commit now; if so, this counts as done. */
  boolean take(long nowMillis) {
    if (!wanted || nowMillis - lastMillis < intervalMillis) {
      return false;
    }
    wanted = false;
    lastMillis = nowMillis;
    return true;
  }
}

package io.sluice.allocator.kafka;

/**
 * When to commit: at once for a decision that comes alone, soon for a few, and not more often than
 * so for many. A transaction takes some milliseconds, so one for each of thousands of decisions
 * would take minutes.
 */
final class CommitPace {

  /** About what a transaction takes. */
  private static final long SOON_MILLIS = 5;

  /** Of what changes by day; when Pods come in by the thousand, more are there sooner. */
  private static final int A_FEW = 20;

  private final long intervalMillis;
  private int wanted;
  private long lastMillis;

  /**
   * @param intervalMillis the least time between two commits when there is much to commit
   */
  CommitPace(long intervalMillis, long nowMillis) {
    this.intervalMillis = intervalMillis;
    this.lastMillis = nowMillis - intervalMillis;
  }

  /** There is something more that others wait for. */
  void want() {
    wanted++;
  }

  /** Whether to commit now; if so, this counts as done. */
  boolean take(long nowMillis) {
    if (wanted == 0 || nowMillis - lastMillis < leastMillis()) {
      return false;
    }
    wanted = 0;
    lastMillis = nowMillis;
    return true;
  }

  private long leastMillis() {
    return wanted <= A_FEW ? Math.min(SOON_MILLIS, intervalMillis) : intervalMillis;
  }
}

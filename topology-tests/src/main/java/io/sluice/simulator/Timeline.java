package io.sluice.simulator;

import java.util.PriorityQueue;

/**
 * Global time in nanoseconds, which no simulated machine can read, and what is to happen when.
 * Moments of one instant happen in the order in which they were planned.
 */
final class Timeline {

  private record Moment(long at, long order, Runnable action) implements Comparable<Moment> {

    @Override
    public int compareTo(Moment other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Moment> agenda = new PriorityQueue<>();
  private long now;
  private long planned;

  long now() {
    return now;
  }

  /** Plans the action for this long from now. */
  void after(long nanos, Runnable action) {
    agenda.add(new Moment(now + Math.max(nanos, 0), planned++, action));
  }

  /** Does what is next, if that is not after the end; returns whether there was something. */
  boolean step(long end) {
    Moment next = agenda.peek();
    if (next == null || next.at() > end) {
      now = end;
      return false;
    }
    agenda.remove();
    now = next.at();
    next.action().run();
    return true;
  }
}

package io.sluice.simulator;

import io.sluice.model.IpAddress;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The lease in a kernel (design, section 4.4): each address has an absolute deadline on the wall
 * clock and a relative one on the monotonic clock, and is answered for and emitted from only while
 * both lie ahead.
 */
final class Fence {

  private record Deadlines(long monotonic, long wall) {}

  private final SortedMap<IpAddress, Deadlines> deadlines = new TreeMap<>();
  private final Behaviour behaviour;

  Fence(Behaviour behaviour) {
    this.behaviour = behaviour;
  }

  /**
   * Renews.
   *
   * @param relativeNanos from now on the monotonic clock
   * @param wall the absolute deadline
   */
  void renew(IpAddress ip, NodeClock clock, long relativeNanos, long wall) {
    deadlines.put(ip, new Deadlines(clock.monotonic() + relativeNanos, wall));
  }

  void close(IpAddress ip) {
    deadlines.remove(ip);
  }

  void retain(Set<IpAddress> held) {
    deadlines.keySet().retainAll(held);
  }

  boolean isOpen(IpAddress ip, NodeClock clock) {
    Deadlines until = deadlines.get(ip);
    return until != null
        && behaviour.fenceIsOpen(
            clock.monotonic() < until.monotonic(), clock.wall() < until.wall());
  }
}

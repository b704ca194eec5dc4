package io.sluice.simulator;

import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The lease in a kernel (design, section 4.4), as {@code fence.nft} has it: which addresses are
 * admitted in which mode, and for each mode an absolute end on the wall clock and a relative one on
 * the monotonic clock. It outlives the agent's process.
 */
final class SimulatedFence {

  private record Ends(long monotonic, long wall) {}

  private final Timeline timeline;
  private final Behaviour behaviour;
  private final NodeClock clock;
  private final SortedMap<LeaseMode, SortedSet<IpAddress>> admitted = new TreeMap<>();
  private final Map<LeaseMode, Ends> ends = new EnumMap<>(LeaseMode.class);
  private final Map<IpAddress, LeaseMode> lastMode = new HashMap<>();

  /** Since when an address may have been open without a gap, in global time. */
  private final Map<IpAddress, Long> openSince = new HashMap<>();

  SimulatedFence(Timeline timeline, Behaviour behaviour, NodeClock clock) {
    this.timeline = timeline;
    this.behaviour = behaviour;
    this.clock = clock;
    for (LeaseMode mode : LeaseMode.values()) {
      admitted.put(mode, new TreeSet<>());
    }
  }

  void admit(SortedMap<LeaseMode, SortedSet<IpAddress>> addresses) {
    SortedSet<IpAddress> before = open();
    for (LeaseMode mode : LeaseMode.values()) {
      admitted.get(mode).clear();
    }
    addresses.forEach((mode, some) -> {
      admitted.get(mode).addAll(some);
      some.forEach(ip -> lastMode.put(ip, mode));
    });
    noteOpened(before);
  }

  void shut(Collection<IpAddress> addresses) {
    admitted.values().forEach(some -> some.removeAll(addresses));
    openSince.keySet().removeAll(addresses);
  }

  /**
   * Renews.
   *
   * @param relativeNanos from now on the monotonic clock
   * @param wall the absolute end
   */
  void renew(LeaseMode mode, long relativeNanos, long wall) {
    SortedSet<IpAddress> before = open();
    ends.put(mode, new Ends(clock.monotonic() + Math.max(relativeNanos, 0), wall));
    noteOpened(before);
  }

  private void noteOpened(SortedSet<IpAddress> before) {
    SortedSet<IpAddress> opened = open();
    opened.removeAll(before);
    opened.forEach(ip -> openSince.put(ip, timeline.now()));
  }

  boolean isAlive(LeaseMode mode) {
    Ends until = ends.get(mode);
    return until != null
        && behaviour.fenceIsOpen(
            clock.monotonic() < until.monotonic(), clock.wall() < until.wall());
  }

  /** As in the chains, an address that is admitted in both modes counts as available. */
  boolean isOpen(IpAddress ip) {
    if (behaviour.fenceIsOpen(false, false)) {
      return true;
    }
    return admitted.get(LeaseMode.AVAILABLE).contains(ip)
        ? isAlive(LeaseMode.AVAILABLE)
        : admitted.get(LeaseMode.STRICT).contains(ip) && isAlive(LeaseMode.STRICT);
  }

  SortedSet<IpAddress> open() {
    SortedSet<IpAddress> open = new TreeSet<>();
    admitted.forEach((mode, addresses) -> {
      if (isAlive(mode)) {
        open.addAll(addresses);
      }
    });
    return open;
  }

  SortedSet<IpAddress> admitted(LeaseMode mode) {
    return admitted.get(mode);
  }

  /** The mode it was last admitted in. */
  LeaseMode mode(IpAddress ip) {
    return lastMode.getOrDefault(ip, LeaseMode.AVAILABLE);
  }

  /** For how long it has been open, if it is. */
  long openNanos(IpAddress ip) {
    return isOpen(ip) ? timeline.now() - openSince.getOrDefault(ip, timeline.now()) : 0;
  }
}

package io.sluice.allocator.core.allocation;

import io.sluice.model.IpAddress;
import java.util.Collections;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * Since when something has been waited for, by address; log time in milliseconds. This is soft
 * state: a new task waits for everything from the beginning again.
 */
final class WaitingSince {

  private final SortedMap<IpAddress, Long> sinceMillis = new TreeMap<>();

  /** Nothing is waited for. */
  void clear() {
    sinceMillis.clear();
  }

  /** Whether it is waited for; what has been so already goes on from when it began. */
  void set(IpAddress ip, boolean waits, long nowMillis) {
    if (waits) {
      sinceMillis.putIfAbsent(ip, nowMillis);
    } else {
      sinceMillis.remove(ip);
    }
  }

  /**
   * An input came. A log that is behind, as after a take-over, is waited for; but after a longer
   * step back the clock was set, and nothing began in the future.
   *
   * @param longestStepMillis further back, and the clock was set
   * @return whether any time has changed
   */
  boolean heard(long nowMillis, long longestStepMillis) {
    boolean set =
        sinceMillis.values().stream().anyMatch(since -> since - nowMillis > longestStepMillis);
    if (set) {
      sinceMillis.replaceAll((_, since) -> Math.min(since, nowMillis));
    }
    return set;
  }

  /** Whether it is waited for at all. */
  boolean contains(IpAddress ip) {
    return sinceMillis.containsKey(ip);
  }

  /** For how long it has been waited for; 0 if it is not. */
  long millisSoFar(IpAddress ip, long nowMillis) {
    Long since = sinceMillis.get(ip);
    return since == null ? 0 : nowMillis - since;
  }

  /** All that is waited for. */
  SortedSet<IpAddress> addresses() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(sinceMillis.keySet()));
  }

  /** When each of them began. */
  LongStream beginnings() {
    return sinceMillis.values().stream().mapToLong(Long::longValue);
  }

  /** When the first of them began. */
  OptionalLong firstMillis() {
    return beginnings().min();
  }
}

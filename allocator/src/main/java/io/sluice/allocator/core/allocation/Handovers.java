package io.sluice.allocator.core.allocation;

import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Since when successors have been getting ready, so that nobody waits for one without bound. This
 * is soft state: a new task gives every successor its full time again.
 */
final class Handovers {

  private final SortedMap<IpAddress, Long> sinceMillis = new TreeMap<>();

  /** Begins anew. */
  void restart(Map<IpAddress, Assignment> assignments, long nowMillis) {
    sinceMillis.clear();
    assignments.forEach((ip, assignment) -> note(ip, assignment, nowMillis));
  }

  /** Takes in what was decided. Another successor gets what is left of the time. */
  void decided(Iterable<StateChange> changes, long nowMillis) {
    for (StateChange change : changes) {
      if (change instanceof AssignmentChanged(var ip, var assignment)) {
        note(ip, assignment, nowMillis);
      }
    }
  }

  private void note(IpAddress ip, Assignment assignment, long nowMillis) {
    if (assignment.isBeingPrepared()) {
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
   * @return whether anybody's time has changed
   */
  boolean heard(long nowMillis, long longestStepMillis) {
    boolean set =
        sinceMillis.values().stream().anyMatch(since -> since - nowMillis > longestStepMillis);
    if (set) {
      sinceMillis.replaceAll((_, since) -> Math.min(since, nowMillis));
    }
    return set;
  }

  /** How long the successor of the address has been getting ready; 0 if it has yet to begin. */
  long millisSoFar(IpAddress ip, long nowMillis) {
    Long since = sinceMillis.get(ip);
    return since == null ? 0 : nowMillis - since;
  }

  /** The addresses whose successors have been getting ready for so long. */
  List<IpAddress> waitingFor(long millis, long nowMillis) {
    return sinceMillis.keySet().stream()
        .filter(ip -> millisSoFar(ip, nowMillis) >= millis)
        .toList();
  }

  /** When the first of them began. */
  OptionalLong firstMillis() {
    return sinceMillis.values().stream().mapToLong(Long::longValue).min();
  }
}

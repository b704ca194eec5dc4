package io.sluice.allocator.core.allocation;

import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Since when successors have been getting ready, so that nobody waits for one without bound. */
final class Handovers {

  private final WaitingSince waiting = new WaitingSince();

  /** Begins anew. */
  void restart(Map<IpAddress, Assignment> assignments, long nowMillis) {
    waiting.clear();
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
    waiting.set(ip, assignment.isBeingPrepared(), nowMillis);
  }

  /** An input came; see {@link WaitingSince#heard}. */
  boolean heard(long nowMillis, long longestStepMillis) {
    return waiting.heard(nowMillis, longestStepMillis);
  }

  /** How long the successor of the address has been getting ready; 0 if it has yet to begin. */
  long millisSoFar(IpAddress ip, long nowMillis) {
    return waiting.millisSoFar(ip, nowMillis);
  }

  /** The addresses whose successors have been getting ready for so long. */
  List<IpAddress> waitingFor(long millis, long nowMillis) {
    return waiting.addresses().stream().filter(ip -> millisSoFar(ip, nowMillis) >= millis).toList();
  }

  /** When the first of them began. */
  OptionalLong firstMillis() {
    return waiting.firstMillis();
  }
}

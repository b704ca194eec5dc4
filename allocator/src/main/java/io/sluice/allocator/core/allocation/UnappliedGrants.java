package io.sluice.allocator.core.allocation;

import io.sluice.model.AgentReport;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Assignment.State;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AgentObserved;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.Collection;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Since when grants have been waiting to be carried out, so that an address is not lost to a node
 * whose kernel refuses it.
 */
final class UnappliedGrants {

  /**
   * Who has not said that anything is wrong may not have heard of the grant yet: to an allocator
   * that has to catch up with the log, time passes in an instant.
   */
  private static final int WITHOUT_A_WORD = 5;

  private final long applyMillis;
  private final WaitingSince waiting = new WaitingSince();

  /**
   * @param applyMillis how long a node may take that says that something is wrong
   */
  UnappliedGrants(long applyMillis) {
    this.applyMillis = applyMillis;
  }

  /** Begins anew. */
  void restart(AllocationState state, long nowMillis) {
    waiting.clear();
    InPlace inPlace = InPlace.of(state);
    state.assignments().keySet().forEach(ip -> note(state, inPlace, ip, nowMillis));
  }

  /**
   * Takes in what changed.
   *
   * @param state with the changes
   */
  void decided(AllocationState state, Collection<? extends StateChange> changes, long nowMillis) {
    if (changes.stream().noneMatch(UnappliedGrants::concerns)) {
      return;
    }
    InPlace inPlace = InPlace.of(state);
    for (StateChange change : changes) {
      if (change instanceof AssignmentChanged(var ip, var assignment)) {
        // A named successor does not begin the holder's time anew: the grant is the same.
        if (assignment.successor().isEmpty()) {
          waiting.set(ip, false, nowMillis);
        }
        note(state, inPlace, ip, nowMillis);
      } else if (change instanceof AgentObserved(var node, _)) {
        state
            .assignments()
            .forEach((ip, assignment) -> {
              if (assignment.holder().filter(holder -> holder.node().equals(node)).isPresent()) {
                note(state, inPlace, ip, nowMillis);
              }
            });
      }
    }
  }

  private static boolean concerns(StateChange change) {
    return change instanceof AssignmentChanged || change instanceof AgentObserved;
  }

  private void note(AllocationState state, InPlace inPlace, IpAddress ip, long nowMillis) {
    boolean waits = state.assignments().get(ip).state() == State.GRANTED && !inPlace.contains(ip);
    waiting.set(ip, waits, nowMillis);
  }

  /** An input came; see {@link WaitingSince#heard}. */
  boolean heard(long nowMillis, long longestStepMillis) {
    return waiting.heard(nowMillis, longestStepMillis);
  }

  /** How long the grant of the address has been waiting; 0 if it was carried out. */
  long millisSoFar(IpAddress ip, long nowMillis) {
    return waiting.millisSoFar(ip, nowMillis);
  }

  /** Whether its holder has had its time: less if it says that something is wrong. */
  boolean isOverdue(AllocationState state, IpAddress ip, long nowMillis) {
    return waiting.contains(ip)
        && millisSoFar(ip, nowMillis)
            >= (saysWhy(state, ip) ? applyMillis : WITHOUT_A_WORD * applyMillis);
  }

  private static boolean saysWhy(AllocationState state, IpAddress ip) {
    Holder holder = state.assignments().get(ip).holder().orElseThrow();
    AgentReport report = state.reports().get(holder.node());
    return report != null && report.lastError().isPresent();
  }

  /** The addresses whose grants are overdue. */
  List<IpAddress> overdue(AllocationState state, long nowMillis) {
    return waiting.addresses().stream().filter(ip -> isOverdue(state, ip, nowMillis)).toList();
  }

  /** When the next of them may be. */
  long nextMillis(long nowMillis) {
    return waiting
        .beginnings()
        .flatMap(since -> LongStream.of(since + applyMillis, since + WITHOUT_A_WORD * applyMillis))
        .filter(due -> due > nowMillis)
        .min()
        .orElse(Long.MAX_VALUE);
  }
}

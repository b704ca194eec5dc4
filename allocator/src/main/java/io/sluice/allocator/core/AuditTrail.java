package io.sluice.allocator.core;

import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers the entries of one audit stream. What one input changed is one entry, unless it is so
 * much that the record would not fit through Kafka: then it is several with the same cause.
 */
public final class AuditTrail {

  /** The most changes of one entry. */
  public static final int MAX_CHANGES = 500;

  private long lastSequence;

  /** Goes on behind this sequence; the first entry ever has sequence 1. */
  public AuditTrail(long lastSequence) {
    this.lastSequence = lastSequence;
  }

  /** The entries for these changes, in which every assignment names the entry it is part of. */
  public List<AuditEntry> record(Cause cause, long timeMillis, List<StateChange> changes) {
    List<AuditEntry> entries = new ArrayList<>();
    for (int from = 0; from < changes.size(); from += MAX_CHANGES) {
      long sequence = ++lastSequence;
      List<StateChange> part =
          changes.subList(from, Math.min(from + MAX_CHANGES, changes.size())).stream()
              .map(change -> stamped(change, sequence))
              .toList();
      entries.add(new AuditEntry(sequence, cause, timeMillis, part));
    }
    return entries;
  }

  private static StateChange stamped(StateChange change, long sequence) {
    return change instanceof AssignmentChanged(var ip, var assignment)
        ? new AssignmentChanged(ip, assignment.withAuditSequence(sequence))
        : change;
  }
}

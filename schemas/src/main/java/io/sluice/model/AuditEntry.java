package io.sluice.model;

import java.util.List;

/**
 * One step of a cluster's history: what was decided, and what it was decided upon. All changes of
 * the allocator's state are here, so folding the entries in order gives that state.
 *
 * @param sequence counts the entries of its stream from 1, without a hole
 * @param cause the input that led to the decision
 * @param timeMillis the time the decision was computed for, milliseconds since the epoch
 * @param changes what changed, in order
 */
public record AuditEntry(long sequence, Cause cause, long timeMillis, List<StateChange> changes) {

  public AuditEntry {
    changes = List.copyOf(changes);
  }

  /**
   * A record of an input topic, or the tick of a clock (an empty topic, partition and offset -1).
   *
   * @param timestampMillis the input's own time
   */
  public record Cause(String topic, int partition, long offset, long timestampMillis) {

    /** Time passed and nothing else happened. */
    public static Cause tick(long timestampMillis) {
      return new Cause("", -1, -1, timestampMillis);
    }
  }
}

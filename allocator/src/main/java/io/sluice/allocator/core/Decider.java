package io.sluice.allocator.core;

import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange;
import io.sluice.model.Status;
import java.util.List;
import java.util.SortedMap;

/**
 * Decides for one Kubernetes cluster. Every input leads first to the facts it states and then to
 * what is decided upon them; both are {@link StateChange}s, and applying those is all that changes
 * the state. Not thread-safe.
 *
 * @param <I> the inputs
 */
public interface Decider<I> {

  /** The answer of {@link #nextDeadlineMillis()} when only an input can change anything. */
  long NO_DEADLINE = Long.MAX_VALUE;

  /** Applies a change that was decided before; the last one of every entity, in any order. */
  void restore(StateChange change);

  /** To be called once, after everything was restored: goes on behind this audit sequence. */
  void resume(long lastSequence);

  /**
   * Takes in one input.
   *
   * @param nowMillis the time to decide for, in the log's time
   * @return what changed, already applied; empty if nothing did
   */
  List<AuditEntry> on(I input, Cause cause, long nowMillis);

  /** Lets time pass. The same as an input, without one. */
  List<AuditEntry> tick(long nowMillis);

  /** Before this time a tick changes nothing. */
  long nextDeadlineMillis();

  /** What to show on each object now. The times of the conditions are not filled in. */
  SortedMap<ObjectId, Status> statuses();
}

package io.sluice.simulator;

import io.sluice.allocator.core.Decider;
import io.sluice.allocator.core.allocation.AllocationInput;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange;
import io.sluice.model.Status;
import java.util.List;
import java.util.SortedMap;

/** Hands everything on; a mistake overrides one of the methods. */
class WrappedDecider implements Decider<AllocationInput> {

  private final Decider<AllocationInput> inner;

  WrappedDecider(Decider<AllocationInput> inner) {
    this.inner = inner;
  }

  @Override
  public void restore(StateChange change) {
    inner.restore(change);
  }

  @Override
  public void resume(long lastSequence) {
    inner.resume(lastSequence);
  }

  @Override
  public List<AuditEntry> on(AllocationInput input, Cause cause, long nowMillis) {
    return inner.on(input, cause, nowMillis);
  }

  @Override
  public List<AuditEntry> tick(long nowMillis) {
    return inner.tick(nowMillis);
  }

  @Override
  public long nextDeadlineMillis() {
    return inner.nextDeadlineMillis();
  }

  @Override
  public SortedMap<ObjectId, Status> statuses() {
    return inner.statuses();
  }
}

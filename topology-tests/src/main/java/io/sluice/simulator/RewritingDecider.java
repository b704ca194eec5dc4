package io.sluice.simulator;

import io.sluice.allocator.core.allocation.Allocation;
import io.sluice.allocator.core.allocation.AllocationInput;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.StateChange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Decides otherwise than the core did, and makes the core believe that it had decided so. */
final class RewritingDecider extends WrappedDecider {

  private final Allocation allocation;
  private final UnaryOperator<StateChange> mistake;

  RewritingDecider(Allocation allocation, UnaryOperator<StateChange> mistake) {
    super(allocation);
    this.allocation = allocation;
    this.mistake = mistake;
  }

  @Override
  public List<AuditEntry> on(AllocationInput input, Cause cause, long nowMillis) {
    return rewritten(super.on(input, cause, nowMillis));
  }

  @Override
  public List<AuditEntry> tick(long nowMillis) {
    return rewritten(super.tick(nowMillis));
  }

  private List<AuditEntry> rewritten(List<AuditEntry> entries) {
    return entries.stream().map(this::rewritten).toList();
  }

  private AuditEntry rewritten(AuditEntry entry) {
    List<StateChange> changes = new ArrayList<>();
    for (StateChange change : entry.changes()) {
      StateChange decided = mistake.apply(change);
      changes.add(decided);
      allocation.restore(decided);
    }
    return new AuditEntry(entry.sequence(), entry.cause(), entry.timeMillis(), changes);
  }
}

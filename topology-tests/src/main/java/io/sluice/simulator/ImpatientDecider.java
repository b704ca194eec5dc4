package io.sluice.simulator;

import io.sluice.allocator.core.allocation.Allocation;
import io.sluice.allocator.core.allocation.AllocationInput;
import io.sluice.allocator.core.allocation.AllocationInput.ReportRead;
import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes an address that it asks back as released at once. */
final class ImpatientDecider extends WrappedDecider {

  private final Allocation allocation;

  ImpatientDecider(Allocation allocation) {
    super(allocation);
    this.allocation = allocation;
  }

  @Override
  public List<AuditEntry> on(AllocationInput input, Cause cause, long nowMillis) {
    return hurried(super.on(input, cause, nowMillis), cause, nowMillis);
  }

  @Override
  public List<AuditEntry> tick(long nowMillis) {
    return hurried(super.tick(nowMillis), Cause.tick(nowMillis), nowMillis);
  }

  private List<AuditEntry> hurried(List<AuditEntry> decided, Cause cause, long nowMillis) {
    List<AuditEntry> entries = new ArrayList<>(decided);
    for (AuditEntry entry : decided) {
      for (StateChange change : entry.changes()) {
        if (change instanceof AssignmentChanged asked
            && asked.assignment().state() == Assignment.State.RELEASING) {
          entries.addAll(pretendReleased(asked, cause, nowMillis));
        }
      }
    }
    return entries;
  }

  private List<AuditEntry> pretendReleased(AssignmentChanged asked, Cause cause, long nowMillis) {
    String node = asked.assignment().holder().orElseThrow().node();
    AgentReport last = allocation.state().reports().get(node);
    if (last == null) {
      return List.of();
    }
    List<Applied> applied = new ArrayList<>(last.applied());
    applied.removeIf(one -> one.floatingIp().equals(asked.floatingIp()));
    applied.add(new Applied(asked.floatingIp(), asked.assignment().epoch(), AppliedState.RELEASED));
    AgentReport pretended =
        new AgentReport(
            last.instance(), last.session(), last.version(), last.nic(), applied, last.lastError());
    return allocation.on(new ReportRead(node, Optional.of(pretended)), cause, nowMillis);
  }
}

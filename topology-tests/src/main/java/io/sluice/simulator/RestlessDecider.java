package io.sluice.simulator;

import io.sluice.allocator.core.allocation.Allocation;
import io.sluice.allocator.core.allocation.AllocationInput;
import io.sluice.model.Assignment;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import io.sluice.model.StateChange.Liveness;
import io.sluice.model.StateChange.LivenessChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks a healthy node for an address back whenever another one falls silent. */
final class RestlessDecider extends WrappedDecider {

  private final Allocation allocation;

  RestlessDecider(Allocation allocation) {
    super(allocation);
    this.allocation = allocation;
  }

  @Override
  public List<AuditEntry> on(AllocationInput input, Cause cause, long nowMillis) {
    return super.on(input, cause, nowMillis).stream().map(this::disturbed).toList();
  }

  @Override
  public List<AuditEntry> tick(long nowMillis) {
    return super.tick(nowMillis).stream().map(this::disturbed).toList();
  }

  private AuditEntry disturbed(AuditEntry entry) {
    Optional<String> silent =
        entry.changes().stream()
            .filter(LivenessChanged.class::isInstance)
            .map(LivenessChanged.class::cast)
            .filter(change -> change.liveness() == Liveness.SILENT)
            .map(LivenessChanged::node)
            .findFirst();
    Optional<AssignmentChanged> move = silent.flatMap(this::healthy);
    if (move.isEmpty()) {
      return entry;
    }
    List<StateChange> changes = new ArrayList<>(entry.changes());
    changes.add(move.get());
    allocation.restore(move.get());
    return new AuditEntry(entry.sequence(), entry.cause(), entry.timeMillis(), changes);
  }

  private Optional<AssignmentChanged> healthy(String silent) {
    return allocation.state().assignments().entrySet().stream()
        .filter(entry -> entry.getValue().state() == Assignment.State.GRANTED)
        .filter(entry -> !entry.getValue().holder().orElseThrow().node().equals(silent))
        .map(RestlessDecider::askBack)
        .findFirst();
  }

  private static AssignmentChanged askBack(Map.Entry<IpAddress, Assignment> entry) {
    Assignment of = entry.getValue();
    return new AssignmentChanged(
        entry.getKey(),
        new Assignment(
            Assignment.State.RELEASING,
            of.holder(),
            of.epoch(),
            of.gateway(),
            of.leaseMode(),
            of.auditSequence(),
            "another node failed"));
  }
}

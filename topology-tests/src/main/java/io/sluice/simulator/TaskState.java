package io.sluice.simulator;

import io.sluice.model.AuditEntry;
import io.sluice.model.StateChange;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a task of the allocator keeps on Kafka: the last change of every entity, and offsets. */
final class TaskState {

  private final SortedMap<String, StateChange> changes = new TreeMap<>();
  private final Map<InputTopic, Integer> positions = new EnumMap<>(InputTopic.class);
  private long sequence;

  SortedMap<String, StateChange> changes() {
    return changes;
  }

  Map<InputTopic, Integer> positions() {
    return positions;
  }

  long sequence() {
    return sequence;
  }

  void keep(AuditEntry entry) {
    sequence = entry.sequence();
    for (StateChange change : entry.changes()) {
      if (isGone(change)) {
        changes.remove(change.entity());
      } else {
        changes.put(change.entity(), change);
      }
    }
  }

  /** As the stores do it: what is gone leaves nothing behind. */
  private static boolean isGone(StateChange change) {
    return switch (change) {
      case StateChange.ResourceObserved(_, var resource) -> resource.isEmpty();
      case StateChange.WorkloadObserved(_, var workload) -> workload.isEmpty();
      case StateChange.AgentObserved(_, var report) -> report.isEmpty();
      case StateChange.EgressChosen(_, var ips) -> ips.isEmpty();
      case StateChange.BindingChanged(_, var binding) -> binding.isEmpty();
      case StateChange.AssignmentChanged _,
          StateChange.LivenessChanged _,
          StateChange.HoldOffChanged _ ->
          false;
    };
  }
}

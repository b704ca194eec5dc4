package io.sluice.allocator.kafka;

import io.sluice.allocator.core.selection.SelectionInput;
import io.sluice.allocator.core.selection.SelectionInput.ResourceRead;
import io.sluice.allocator.core.selection.SelectionInput.WorkloadRead;
import io.sluice.model.ClusterScoped;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.ObjectKey;
import io.sluice.model.Workload;
import io.sluice.schemas.Topics;
import java.util.Optional;

/** The records that selection reads. */
final class SelectionInputReader implements InputReader<SelectionInput> {

  @Override
  public SelectionInput read(String topic, ClusterScoped key, Object value) {
    if (!(key instanceof ObjectKey(_, var id))) {
      throw new UnusableRecordException("no input of selection: " + key + " = " + value);
    }
    if (topic.equals(Topics.RESOURCES.name())) {
      return new ResourceRead(id, Resources.of(id, value));
    }
    Workload workload = (Workload) value;
    if (!fits(id, workload)) {
      throw new UnusableRecordException(id + " cannot be " + workload);
    }
    return new WorkloadRead(id, Optional.ofNullable(workload));
  }

  private static boolean fits(ObjectId id, Workload workload) {
    return switch (workload) {
      case Workload.Namespace _ -> id.kind() == Kind.NAMESPACE;
      case Workload.Pod _ -> id.kind() == Kind.POD;
      case null -> id.kind() == Kind.NAMESPACE || id.kind() == Kind.POD;
    };
  }

  @Override
  public boolean isClock(String topic) {
    return false;
  }
}

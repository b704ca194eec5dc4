package io.sluice.allocator.core.selection;

import io.sluice.model.ObjectId;
import io.sluice.model.Resource;
import io.sluice.model.Workload;
import java.util.Optional;

/** What selection hears of. */
public sealed interface SelectionInput {

  /** A gateway, policy or node as the API has it; empty means deleted. */
  record ResourceRead(ObjectId id, Optional<Resource> resource) implements SelectionInput {}

  /** A namespace or Pod as the API has it; empty means deleted. */
  record WorkloadRead(ObjectId id, Optional<Workload> workload) implements SelectionInput {}
}

package io.sluice.allocator.core.allocation;

import io.sluice.model.AgentReport;
import io.sluice.model.Heartbeat;
import io.sluice.model.ObjectId;
import io.sluice.model.Resource;
import java.util.Optional;

/** What allocation hears of. */
public sealed interface AllocationInput {

  /** A gateway, policy or node as the API has it; empty means deleted. */
  record ResourceRead(ObjectId id, Optional<Resource> resource) implements AllocationInput {}

  /** An agent's report; empty means withdrawn. */
  record ReportRead(String node, Optional<AgentReport> report) implements AllocationInput {}

  /** An agent's beat, at the time that the broker gave it. */
  record Beat(String node, Heartbeat heartbeat) implements AllocationInput {}
}

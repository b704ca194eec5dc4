package io.sluice.allocator.kafka;

import io.sluice.allocator.core.allocation.AllocationInput;
import io.sluice.allocator.core.allocation.AllocationInput.Beat;
import io.sluice.allocator.core.allocation.AllocationInput.ReportRead;
import io.sluice.allocator.core.allocation.AllocationInput.ResourceRead;
import io.sluice.model.AgentReport;
import io.sluice.model.ClusterScoped;
import io.sluice.model.Heartbeat;
import io.sluice.model.NodeKey;
import io.sluice.model.ObjectKey;
import io.sluice.schemas.Topics;
import java.util.Optional;

/** The records that allocation reads. */
final class AllocationInputReader implements InputReader<AllocationInput> {

  @Override
  public AllocationInput read(String topic, ClusterScoped key, Object value) {
    if (key instanceof ObjectKey object && topic.equals(Topics.RESOURCES.name())) {
      return new ResourceRead(object.id(), Resources.of(object.id(), value));
    }
    if (key instanceof NodeKey node && topic.equals(Topics.AGENTS.name())) {
      return new ReportRead(node.node(), Optional.ofNullable((AgentReport) value));
    }
    if (key instanceof NodeKey node && value instanceof Heartbeat heartbeat) {
      return new Beat(node.node(), heartbeat);
    }
    throw new UnusableRecordException("no input of allocation: " + key + " = " + value);
  }

  @Override
  public boolean isClock(String topic) {
    return topic.equals(Topics.HEARTBEATS.name());
  }
}

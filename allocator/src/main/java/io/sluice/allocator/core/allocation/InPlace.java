package io.sluice.allocator.core.allocation;

import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import java.util.HashSet;
import java.util.Set;

/**
 * The floating IPs that are where they were decided to be, as the agents report it. A decision is
 * only a wish: what is shown to people is what a kernel carries.
 */
final class InPlace {

  private final Set<IpAddress> carried = new HashSet<>();

  private InPlace() {}

  static InPlace of(AllocationState state) {
    InPlace inPlace = new InPlace();
    state.reports().forEach((node, report) -> inPlace.collect(state, node, report));
    return inPlace;
  }

  /** The epoch tells an earlier stay of the address on the same node from this one. */
  private void collect(AllocationState state, String node, AgentReport report) {
    for (AgentReport.Applied applied : report.applied()) {
      Assignment assignment = state.assignments().get(applied.floatingIp());
      if (assignment != null
          && applied.state() == AppliedState.HELD
          && applied.epoch() == assignment.epoch()
          && assignment.holder().filter(holder -> holder.node().equals(node)).isPresent()) {
        carried.add(applied.floatingIp());
      }
    }
  }

  /** Whether the holder of the address has said that its kernel carries it. */
  boolean contains(IpAddress ip) {
    return carried.contains(ip);
  }
}

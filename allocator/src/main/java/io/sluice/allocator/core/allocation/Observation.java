package io.sluice.allocator.core.allocation;

import io.sluice.allocator.core.Meaning;
import io.sluice.allocator.core.allocation.AllocationInput.Beat;
import io.sluice.allocator.core.allocation.AllocationInput.ReportRead;
import io.sluice.allocator.core.allocation.AllocationInput.ResourceRead;
import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import io.sluice.model.Resource;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AgentObserved;
import io.sluice.model.StateChange.ResourceObserved;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The facts that an input states, as far as they are new. */
final class Observation {

  private Observation() {}

  /** What the input changes; beats change the soft state, everything else changes nothing yet. */
  static List<StateChange> of(
      AllocationState state,
      AllocationSettings settings,
      Liveness liveness,
      AllocationInput input,
      long nowMillis) {
    return switch (input) {
      case ResourceRead(var id, var resource) -> {
        Resource known = state.resources().get(id);
        boolean unchanged =
            resource.isPresent()
                ? known != null && Meaning.same(known, resource.get())
                : known == null;
        yield unchanged ? List.of() : List.of(new ResourceObserved(id, resource));
      }
      case ReportRead(var node, var read) -> {
        AgentReport known = state.reports().get(node);
        Optional<AgentReport> report =
            read.map(fresh -> withReleases(state, node, known, fresh))
                .map(fresh -> LeaseRules.judged(fresh, settings));
        yield Optional.ofNullable(known).equals(report)
            ? List.of()
            : List.of(new AgentObserved(node, report));
      }
      case Beat(var node, var heartbeat) -> List.copyOf(liveness.beat(node, heartbeat, nowMillis));
    };
  }

  /**
   * An agent that reported an address as held and in a later report of that session does not
   * mention it has let go of it. Said here in so many words, because the decisions see only the
   * last report, and one that never mentioned the address proves nothing.
   */
  private static AgentReport withReleases(
      AllocationState state, String node, AgentReport before, AgentReport fresh) {
    if (before == null || before.session() != fresh.session()) {
      return fresh;
    }
    Map<IpAddress, Applied> mentioned =
        fresh.applied().stream()
            .collect(
                Collectors.toMap(
                    Applied::floatingIp, Function.identity(), (_, last) -> last, TreeMap::new));
    List<Applied> applied = new ArrayList<>(fresh.applied());
    for (Applied old : before.applied()) {
      if (!mentioned.containsKey(old.floatingIp()) && isStillUpTo(state, node, fresh, old)) {
        applied.add(new Applied(old.floatingIp(), old.epoch(), AppliedState.RELEASED));
      }
    }
    return new AgentReport(
        fresh.instance(),
        fresh.session(),
        fresh.version(),
        fresh.nic(),
        applied,
        fresh.lastError(),
        fresh.leases(),
        fresh.refusal());
  }

  /** Whether the newest assignment of the address waits for this node. */
  private static boolean isStillUpTo(
      AllocationState state, String node, AgentReport report, Applied old) {
    Assignment assignment = state.assignments().get(old.floatingIp());
    return assignment != null
        && assignment.epoch() == old.epoch()
        && assignment
            .holder()
            .filter(holder -> holder.node().equals(node) && holder.session() == report.session())
            .isPresent();
  }
}

package io.sluice.simulator;

import io.sluice.agent.core.Input;
import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.IpAddress;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A mistake that an agent's surroundings can make: to hand over what was granted to a former
 * session as if it were granted to the present one. The core refuses a grant that is not newer, so
 * epochs are made finer for it.
 */
final class FormerGrant {

  private static final long FINER = 1_000;

  private FormerGrant() {}

  static Input delivered(Input input) {
    return switch (input) {
      case Input.TopicsRead(var assignments, var bindings) -> {
        SortedMap<IpAddress, Assignment> finer = new TreeMap<>();
        assignments.forEach((ip, one) -> finer.put(ip, finer(one, 0)));
        yield new Input.TopicsRead(finer, bindings);
      }
      case Input.AssignmentRead(var ip, var assignment) ->
          new Input.AssignmentRead(ip, assignment.map(one -> finer(one, 0)));
      case Input.BindingRead _,
          Input.BeatSent _,
          Input.BeatAcknowledged _,
          Input.AddressClaimed _,
          Input.DriftNoticed _,
          Input.StopRequested _ ->
          input;
    };
  }

  /** The same grant, to this session. */
  static Input renewed(IpAddress ip, Assignment grant, long session) {
    Holder holder = grant.holder().orElseThrow();
    Assignment renewed =
        new Assignment(
            grant.state(),
            Optional.of(new Holder(holder.node(), session, holder.addresses())),
            grant.epoch(),
            grant.gateway(),
            grant.leaseMode(),
            grant.auditSequence(),
            grant.reason(),
            grant.successor());
    return new Input.AssignmentRead(ip, Optional.of(finer(renewed, 1 + session % (FINER - 1))));
  }

  static AgentReport reported(AgentReport report) {
    return new AgentReport(
        report.instance(),
        report.session(),
        report.version(),
        report.nic(),
        report.applied().stream()
            .map(one -> new Applied(one.floatingIp(), one.epoch() / FINER, one.state()))
            .toList(),
        report.lastError());
  }

  private static Assignment finer(Assignment of, long part) {
    return new Assignment(
        of.state(),
        of.holder(),
        of.epoch() * FINER + part,
        of.gateway(),
        of.leaseMode(),
        of.auditSequence(),
        of.reason(),
        of.successor());
  }
}

package io.sluice.simulator;

import io.sluice.agent.core.Input;
import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment;
import java.util.ArrayList;
import java.util.List;

/** A mistake that an agent's surroundings can make: to report a release that is still to come. */
final class EarlyRelease {

  private EarlyRelease() {}

  static boolean asksBack(Input input, String node) {
    return input instanceof Input.AssignmentRead(_, var assignment)
        && assignment
            .filter(value -> value.state() == Assignment.State.RELEASING)
            .flatMap(Assignment::holder)
            .filter(holder -> holder.node().equals(node))
            .isPresent();
  }

  static AgentReport pretend(AgentReport last, Input input) {
    List<Applied> applied = new ArrayList<>(last.applied());
    if (input instanceof Input.AssignmentRead(var ip, var assignment)) {
      applied.removeIf(one -> one.floatingIp().equals(ip));
      applied.add(new Applied(ip, assignment.orElseThrow().epoch(), AppliedState.RELEASED));
    }
    return new AgentReport(
        last.instance(), last.session(), last.version(), last.nic(), applied, last.lastError());
  }
}

package io.sluice.simulator;

import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.AuditEntry;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange;
import java.util.stream.Collectors;

/** Records in few words, for the trace. */
final class Words {

  private Words() {}

  static String of(AuditEntry entry) {
    String topic = entry.cause().topic();
    return "#%d upon %s: %s"
        .formatted(
            entry.sequence(),
            topic.isEmpty() ? "the clock" : topic + "@" + entry.cause().offset(),
            entry.changes().stream().map(Words::of).collect(Collectors.joining("; ")));
  }

  private static String of(StateChange change) {
    return switch (change) {
      case StateChange.AssignmentChanged(var ip, var assignment) -> of(ip, assignment);
      case StateChange.LivenessChanged(var node, var liveness, var session, _) ->
          node + " " + liveness + " in session " + session;
      case StateChange.HoldOffChanged(var node, var flaps, _, var until) ->
          node
              + (until.isPresent() ? " held off until " + until.getAsLong() : " not held off")
              + ", flaps "
              + flaps;
      case StateChange.ResourceObserved(var id, var resource) ->
          resource.map(Object::toString).orElse("deleted " + id);
      case StateChange.AgentObserved(var node, var report) ->
          "report of " + node + " " + report.map(Words::of).orElse("withdrawn");
      case StateChange.EgressChosen _,
          StateChange.WorkloadObserved _,
          StateChange.BindingChanged _ ->
          change.entity();
    };
  }

  static String of(IpAddress ip, Assignment assignment) {
    return "%s %s %s epoch %d%s (%s)"
        .formatted(
            ip,
            assignment.state(),
            assignment.holder().map(Words::of).orElse("nowhere"),
            assignment.epoch(),
            assignment.successor().map(next -> ", next " + of(next)).orElse(""),
            assignment.reason());
  }

  private static String of(Holder holder) {
    return holder.node() + " session " + holder.session();
  }

  static String of(AgentReport report) {
    return "session %d: %s%s"
        .formatted(
            report.session(),
            report.applied().stream()
                .map(one -> one.floatingIp() + " " + one.state() + " epoch " + one.epoch())
                .toList(),
            report.lastError().map(error -> ", " + error).orElse(""));
  }
}

package io.sluice.allocator.kafka;

import io.sluice.allocator.core.NodeNetworks;
import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.AuditEntry;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.IpAddress;
import io.sluice.model.Node;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.LivenessChanged;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** One line of the program's log for each decision, in words. */
final class DecisionLog {

  private static final Logger log = LoggerFactory.getLogger("io.sluice.allocator.Decisions");

  /** What was said of an agent's leases last: once is enough. */
  private static final Map<String, String> SAID_OF_LEASES = new ConcurrentHashMap<>();

  private static final String DOES_NOT_SAY =
      "has an agent that does not say how long its lease is, and is granted addresses all the"
          + " same: make sure that its --lease-millis is shorter than this allocator's"
          + " --silence-millis, or upgrade it";

  private DecisionLog() {}

  private static void warnOfLeases(String cluster, String node, AgentReport report) {
    Optional<String> words =
        report.leases().isEmpty() ? Optional.of(DOES_NOT_SAY) : report.refusal();
    String agent = cluster + "/" + node;
    if (words.isEmpty()) {
      SAID_OF_LEASES.remove(agent);
    } else if (!words.get().equals(SAID_OF_LEASES.put(agent, words.get()))) {
      log.warn("{}: {} {}", cluster, node, words.get());
    }
  }

  static void write(String cluster, AuditEntry entry) {
    if (cluster.equals(Rehearsal.CLUSTER)) {
      return;
    }
    for (StateChange change : entry.changes()) {
      if (log.isEnabledForLevel(level(change))) {
        fields(log.atLevel(level(change)), change)
            .addKeyValue("cluster", cluster)
            .log("{}: {}", cluster, describe(change));
      }
      if (change instanceof StateChange.AgentObserved(var node, var report)) {
        report.ifPresent(said -> warnOfLeases(cluster, node, said));
      }
      if (change instanceof StateChange.ResourceObserved(var id, var resource)
          && resource.orElse(null) instanceof Node node) {
        NodeNetworks.of(node)
            .problems()
            .forEach(problem -> log.warn("{}: {}: left out: {}", cluster, id, problem));
      }
    }
  }

  /** What machines look for in the line, beside its words. */
  private static LoggingEventBuilder fields(LoggingEventBuilder line, StateChange change) {
    if (change instanceof LivenessChanged node) {
      return line.addKeyValue("node", node.node()).addKeyValue("session", node.session());
    }
    if (change instanceof StateChange.AssignmentChanged(var ip, var assignment)) {
      LoggingEventBuilder of =
          line.addKeyValue("floatingIp", ip.toString()).addKeyValue("epoch", assignment.epoch());
      return assignment
          .holder()
          .map(holder ->
              of.addKeyValue("node", holder.node()).addKeyValue("session", holder.session()))
          .orElse(of);
    }
    return line;
  }

  /** Pods come and go by the thousand, and facts are no decisions. */
  private static Level level(StateChange change) {
    return switch (change) {
      case StateChange.AssignmentChanged _,
          StateChange.LivenessChanged _,
          StateChange.HoldOffChanged _,
          StateChange.EgressChosen _ ->
          Level.INFO;
      case StateChange.BindingChanged(var id, _) ->
          switch (id) {
            case BindingId.OfPod _, BindingId.OfClearance _ -> Level.DEBUG;
            case BindingId.OfPolicy _, BindingId.ClusterNetworks _ -> Level.INFO;
          };
      case StateChange.ResourceObserved _,
          StateChange.WorkloadObserved _,
          StateChange.AgentObserved _ ->
          Level.DEBUG;
    };
  }

  /** The change as a sentence. */
  static String describe(StateChange change) {
    return switch (change) {
      case StateChange.AssignmentChanged(var ip, var assignment) -> describe(ip, assignment);
      case LivenessChanged(var node, var liveness, var session, _) ->
          switch (liveness) {
            case ALIVE -> "%s is alive (session %d)".formatted(node, session);
            case SILENT -> "%s is silent (session %d)".formatted(node, session);
            case LEFT -> "%s has left (session %d)".formatted(node, session);
            case RESTARTING -> "%s restarts (session %d)".formatted(node, session);
          };
      case StateChange.HoldOffChanged(var node, var flaps, _, var until) ->
          until.isPresent()
              ? "%s is held off until %s: it fell silent %d times soon after it had come back"
                  .formatted(node, Instant.ofEpochMilli(until.getAsLong()), flaps)
              : "%s is not held off (flaps: %d)".formatted(node, flaps);
      case StateChange.EgressChosen(var policy, var ips) ->
          ips.isEmpty()
              ? "policy %s has no egress IP".formatted(policy)
              : "policy %s leaves with %s".formatted(policy, join(ips));
      case StateChange.BindingChanged(_, var binding) ->
          "%s: %s".formatted(change.entity(), binding.map(DecisionLog::describe).orElse("removed"));
      case StateChange.ResourceObserved(var id, var resource) ->
          id + (resource.isPresent() ? " observed" : " deleted");
      case StateChange.WorkloadObserved(var id, var workload) ->
          id + (workload.isPresent() ? " observed" : " deleted");
      case StateChange.AgentObserved(var node, var report) ->
          "agent of " + node + (report.isPresent() ? " reports " + report.get() : " is withdrawn");
    };
  }

  private static String describe(IpAddress ip, Assignment assignment) {
    String node = assignment.holder().map(Holder::node).orElse("");
    return switch (assignment.state()) {
      case GRANTED ->
          "%s granted to %s (epoch %d): %s"
              .formatted(ip, node, assignment.epoch(), assignment.reason());
      case RELEASING ->
          "%s asked back from %s (epoch %d): %s"
              .formatted(ip, node, assignment.epoch(), assignment.reason());
      case UNASSIGNED ->
          "%s has no node (epoch %d): %s".formatted(ip, assignment.epoch(), assignment.reason());
    };
  }

  private static String describe(Binding binding) {
    return switch (binding) {
      case Binding.OfPolicy(_, var action, var destinations, var ips) ->
          "%s to %s with %s".formatted(action, join(destinations), join(ips));
      case Binding.OfPod(var ips, var node) -> "%s on %s".formatted(join(ips), node);
      case Binding.Clearance(var ips, var node) -> "%s on %s".formatted(join(ips), node);
      case Binding.ClusterNetworks(var networks, var guarded) ->
          guarded.isEmpty()
              ? networks.size() + " networks"
              : "%d networks, Pods of %d nodes guarded".formatted(networks.size(), guarded.size());
    };
  }

  private static String join(List<?> things) {
    return things.isEmpty()
        ? "nothing"
        : things.stream().map(Object::toString).collect(Collectors.joining(", "));
  }
}

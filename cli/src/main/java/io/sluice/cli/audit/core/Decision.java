package io.sluice.cli.audit.core;

import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.AuditKey;
import io.sluice.model.StateChange;
import java.util.List;

/**
 * Why something changed: the entry of the log in which it did, and what the allocator had learnt
 * when it decided.
 *
 * @param offset where the entry stands on {@code sluice.audit}
 * @param timeMillis the time it was decided for, milliseconds since the epoch
 * @param facts what the cause changed of what is known, before anything was decided upon it
 */
public record Decision(
    AuditKey.Stream stream,
    long sequence,
    long offset,
    long timeMillis,
    Cause cause,
    List<StateChange> facts) {

  public Decision {
    facts = List.copyOf(facts);
  }

  /** Whether the other stands in the same entry. */
  boolean isSameEntry(Decision other) {
    return stream == other.stream && sequence == other.sequence;
  }

  /** The facts as sentences. */
  public List<String> factSentences() {
    return facts.stream().map(Decision::sentence).toList();
  }

  /** Whether the change states what is, rather than what shall be. */
  static boolean isFact(StateChange change) {
    return switch (change) {
      case StateChange.ResourceObserved _,
          StateChange.WorkloadObserved _,
          StateChange.AgentObserved _,
          StateChange.LivenessChanged _ ->
          true;
      case StateChange.HoldOffChanged _,
          StateChange.EgressChosen _,
          StateChange.AssignmentChanged _,
          StateChange.BindingChanged _ ->
          false;
    };
  }

  private static String sentence(StateChange fact) {
    return switch (fact) {
      case StateChange.ResourceObserved(var id, var resource) ->
          id + (resource.isPresent() ? " was written" : " was deleted");
      case StateChange.WorkloadObserved(var id, var workload) ->
          id + (workload.isPresent() ? " was written" : " was deleted");
      case StateChange.AgentObserved(var node, var report) ->
          "the agent of " + node + (report.isPresent() ? " reported" : " withdrew its report");
      case StateChange.LivenessChanged(var node, var liveness, var session, _) ->
          switch (liveness) {
            case ALIVE -> "%s was heard (session %d)".formatted(node, session);
            case SILENT -> "%s fell silent (session %d)".formatted(node, session);
            case LEFT -> "%s said that it leaves (session %d)".formatted(node, session);
            case RESTARTING -> "%s said that it restarts (session %d)".formatted(node, session);
          };
      case StateChange.HoldOffChanged _,
          StateChange.EgressChosen _,
          StateChange.AssignmentChanged _,
          StateChange.BindingChanged _ ->
          throw new IllegalArgumentException("a decision is no fact: " + fact.entity());
    };
  }
}

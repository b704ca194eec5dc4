package io.sluice.simulator;

import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.allocator.core.allocation.AllocationState;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.AuditEntry;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import io.sluice.model.StateChange.HoldOffChanged;
import io.sluice.model.StateChange.Liveness;
import io.sluice.model.StateChange.LivenessChanged;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** What must hold for the audit log, entry by entry, and for the state that replaying it gives. */
final class LogCheck {

  private final Predicate<String> blameless;
  private final AllocationState replayed = new AllocationState();
  private final SortedMap<IpAddress, Assignment> assignments = new TreeMap<>();
  private final HoldOffCheck holdOffs;
  private final MoveCheck moves;
  private final UnappliedGrantCheck unapplied;
  private long lastSequence;
  private boolean toCompare;

  /**
   * @param blameless whether nothing has been wrong with this node for some time
   * @param unplugged whether this node talks to Kafka, but with nobody else
   */
  LogCheck(
      Predicate<String> blameless,
      Predicate<String> unplugged,
      AllocationSettings settings,
      LongSupplier globalNanos,
      LongSupplier takenOverNanos) {
    this.blameless = blameless;
    this.holdOffs = new HoldOffCheck(settings.holdOff());
    this.moves = new MoveCheck(settings, globalNanos, takenOverNanos);
    this.unapplied = new UnappliedGrantCheck(unplugged, globalNanos, takenOverNanos);
  }

  void committed(AuditEntry entry) {
    require(
        entry.sequence() == ++lastSequence,
        "the audit log has entry %d where %d was due",
        entry.sequence(),
        lastSequence);
    Set<String> failed = onlyFailures(entry);
    for (StateChange change : entry.changes()) {
      holdOffs.changing(replayed, entry, change);
      moves.changing(replayed, entry, change);
      if (change instanceof AssignmentChanged(var ip, var now)) {
        checkAssignment(ip, Optional.ofNullable(assignments.put(ip, now)), now, failed);
      } else if (change instanceof LivenessChanged(var node, var liveness, _, _)) {
        require(
            liveness != Liveness.SILENT || !blameless.test(node),
            "%s was declared silent, but nothing was wrong with it",
            node);
      }
      replayed.apply(change);
    }
    moves.taken();
    unapplied.taken(replayed);
    toCompare = true;
  }

  private static void checkAssignment(
      IpAddress ip, Optional<Assignment> before, Assignment now, Set<String> failed) {
    long epoch = before.map(Assignment::epoch).orElse(0L);
    boolean planned = before.filter(then -> isPlanned(then, now)).isPresent();
    boolean rises =
        now.state() == Assignment.State.GRANTED && before.filter(now::isSameGrant).isEmpty();
    require(
        rises ? now.epoch() > epoch : now.epoch() >= epoch,
        "the epoch of %s went from %d to %s",
        ip,
        epoch,
        Words.of(ip, now));
    Optional<String> holder = before.flatMap(Assignment::holder).map(Holder::node);
    require(
        failed.isEmpty()
            || planned
            || holder.filter(node -> !failed.contains(node)).isEmpty()
            || now.reason().startsWith("balance")
            || now.reason().contains("has not carried out"),
        "%s moved away from %s because %s failed: %s",
        ip,
        holder.orElse("nowhere"),
        failed,
        Words.of(ip, now));
  }

  /** Whether a move goes on, or is called off, that had begun for a reason of its own. */
  private static boolean isPlanned(Assignment before, Assignment now) {
    return before.successor().isPresent()
        && now.holder().filter(before.holder().orElseThrow()::equals).isPresent();
  }

  /** The nodes that failed, if that is all that happened. */
  private static Set<String> onlyFailures(AuditEntry entry) {
    Set<String> failed = new HashSet<>();
    for (StateChange change : entry.changes()) {
      switch (change) {
        case LivenessChanged liveness when !liveness.isAlive() -> failed.add(liveness.node());
        case LivenessChanged _, StateChange.ResourceObserved _, StateChange.AgentObserved _ -> {
          return Set.of();
        }
        // It may end a hold-off besides, and then addresses may go to that node.
        case HoldOffChanged ended when !failed.contains(ended.node()) -> {
          return Set.of();
        }
        case HoldOffChanged _,
            AssignmentChanged _,
            StateChange.WorkloadObserved _,
            StateChange.EgressChosen _,
            StateChange.BindingChanged _ -> {
          // Decisions, not causes.
        }
      }
    }
    return failed;
  }

  /** Compares with what the task that wrote the log has in memory, if the log has grown. */
  void compare(Optional<AllocationState> state) {
    if (toCompare && state.isPresent()) {
      toCompare = false;
      require(
          replayed.equals(state.get()),
          "replaying the audit log gives another state:%n  %s%ninstead of%n  %s",
          replayed,
          state.get());
    }
  }

  @SuppressWarnings("AnnotateFormatMethod")
  private static void require(boolean holds, String message, Object... arguments) {
    if (!holds) {
      throw new InvariantViolation(message.formatted(arguments));
    }
  }
}

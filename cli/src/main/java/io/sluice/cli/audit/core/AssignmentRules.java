package io.sluice.cli.audit.core;

import io.sluice.allocator.core.allocation.AllocationState;
import io.sluice.allocator.core.allocation.Eligibility;
import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Assignment.State;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange.Liveness;
import io.sluice.model.StateChange.LivenessChanged;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What holds for every step of a floating IP, whatever the allocator's settings and version
 * (design, section 4): a grant raises the epoch by one and nothing else does; it goes to a session
 * that is alive; and nobody is granted an address that somebody else may still have.
 */
final class AssignmentRules {

  private AssignmentRules() {}

  /** A step that breaks a rule; the message completes "sequence 17: ...". */
  static final class BrokenRuleException extends RuntimeException {
    private BrokenRuleException(String message) {
      super(message);
    }
  }

  /**
   * Says what kind of step it is.
   *
   * @param state with the facts that it was decided upon
   * @throws BrokenRuleException if the allocator cannot have decided so
   */
  static Move.Kind check(AllocationState state, IpAddress ip, Assignment now) {
    Optional<Assignment> before = Optional.ofNullable(state.assignments().get(ip));
    checkEpoch(ip, before, now);
    checkSuccessor(state, ip, before, now);
    boolean sameGrant = before.filter(now::isSameGrant).isPresent();
    if (now.state() == State.GRANTED && !sameGrant) {
      checkAlive(state, ip, now.holder().orElseThrow());
      checkHoldOff(state, ip, before, now);
    }
    Optional<Holder> holder = before.flatMap(Assignment::holder);
    if (now.state() == State.RELEASING) {
      require(
          mayBeAskedBack(state, holder, now.holder().orElseThrow()),
          () ->
              "%s is asked back from %s, which does not have it".formatted(ip, name(now.holder())));
    } else if (holder.isPresent() && isAnotherSession(holder.get(), now)) {
      require(
          hasLost(state, holder.get()) || hasReleased(state, ip, before.get()),
          () ->
              "%s goes to %s although %s may still have it"
                  .formatted(ip, name(now.holder()), name(holder)));
    }
    return kind(state, before, now);
  }

  private static void checkEpoch(IpAddress ip, Optional<Assignment> before, Assignment now) {
    long known = before.map(Assignment::epoch).orElse(0L);
    boolean newGrant = now.state() == State.GRANTED && before.filter(now::isSameGrant).isEmpty();
    long right = newGrant ? known + 1 : known;
    require(
        now.epoch() == right,
        () ->
            "the epoch of %s goes from %d to %d, where %d must follow"
                .formatted(ip, known, now.epoch(), right));
  }

  /** A successor is another node, alive when it is named, of an address that somebody has. */
  private static void checkSuccessor(
      AllocationState state, IpAddress ip, Optional<Assignment> before, Assignment now) {
    if (now.successor().isEmpty()) {
      return;
    }
    Holder successor = now.successor().get();
    Optional<Holder> holder = before.flatMap(Assignment::holder);
    boolean known = before.flatMap(Assignment::successor).equals(now.successor());
    require(
        holder.filter(h -> !h.node().equals(successor.node())).isPresent()
            && (known || !hasLost(state, successor)),
        () ->
            "%s is to go from %s to %s, which cannot take it over"
                .formatted(ip, name(holder), name(now.successor())));
    require(
        now.state() != State.GRANTED || before.filter(now::isSameGrant).isPresent(),
        () -> "%s is granted anew and to be moved at once".formatted(ip));
  }

  private static void checkAlive(AllocationState state, IpAddress ip, Holder holder) {
    require(
        !hasLost(state, holder),
        () ->
            "%s is granted to %s, which is not alive in that session"
                .formatted(ip, name(Optional.of(holder))));
  }

  /** Who is held off gets nothing that another node can carry; what it has it may keep. */
  private static void checkHoldOff(
      AllocationState state, IpAddress ip, Optional<Assignment> before, Assignment now) {
    String node = now.holder().orElseThrow().node();
    boolean kept =
        before.flatMap(Assignment::holder).filter(h -> h.node().equals(node)).isPresent();
    if (kept || state.heldOff(node).isEmpty()) {
      return;
    }
    List<String> better =
        now.gateway()
            .map(state.gateways()::get)
            .map(gateway -> new Eligibility(state).preferred(ip, gateway))
            .orElse(List.of());
    require(
        better.isEmpty(),
        () ->
            "%s is granted to %s, which is held off, although %s can carry it"
                .formatted(ip, node, better.getFirst()));
  }

  /** From its holder, or from the next session of the same node, which may have carried it over. */
  private static boolean mayBeAskedBack(
      AllocationState state, Optional<Holder> before, Holder from) {
    return before
        .filter(holder -> holder.node().equals(from.node()))
        .filter(holder -> holder.session() == from.session() || !hasLost(state, from))
        .isPresent();
  }

  private static boolean isAnotherSession(Holder before, Assignment now) {
    return now.holder()
        .filter(h -> h.node().equals(before.node()) && h.session() == before.session())
        .isEmpty();
  }

  /** Whether the lease of the session has ended. */
  private static boolean hasLost(AllocationState state, Holder holder) {
    LivenessChanged node = state.liveness().get(holder.node());
    return node == null || !node.isAlive() || node.session() != holder.session();
  }

  /** Whether the holder was asked to let go of the address and has reported that it did. */
  private static boolean hasReleased(AllocationState state, IpAddress ip, Assignment assignment) {
    Holder holder = assignment.holder().orElseThrow();
    AgentReport report = state.reports().get(holder.node());
    return assignment.state() == State.RELEASING
        && report != null
        && report.session() == holder.session()
        && report.applied().stream()
            .anyMatch(applied ->
                applied.floatingIp().equals(ip)
                    && applied.state() == AppliedState.RELEASED
                    && applied.epoch() >= assignment.epoch());
  }

  /** What kind of step it is, whether or not the rules hold. */
  static Move.Kind kind(AllocationState state, Optional<Assignment> before, Assignment now) {
    Optional<Holder> holder = before.flatMap(Assignment::holder);
    return switch (now.state()) {
      case RELEASING -> Move.Kind.ASKED_BACK;
      case UNASSIGNED -> holder.isPresent() ? Move.Kind.LOST : Move.Kind.NOT_PLACED;
      case GRANTED -> {
        if (holder.isEmpty()) {
          yield Move.Kind.PLACED;
        }
        if (before.filter(now::isSameGrant).isPresent()) {
          yield now.successor().isPresent() ? Move.Kind.PREPARED : Move.Kind.CALLED_OFF;
        }
        if (holder.get().node().equals(now.holder().orElseThrow().node())) {
          yield Move.Kind.RENEWED;
        }
        yield hasFailed(state, holder.get()) ? Move.Kind.FAILED_OVER : Move.Kind.MOVED;
      }
    };
  }

  /** A node that said it leaves has not failed. */
  private static boolean hasFailed(AllocationState state, Holder holder) {
    LivenessChanged node = state.liveness().get(holder.node());
    return hasLost(state, holder) && (node == null || node.liveness() != Liveness.LEFT);
  }

  private static String name(Optional<Holder> holder) {
    return holder.map(h -> "session %d of %s".formatted(h.session(), h.node())).orElse("nobody");
  }

  private static void require(boolean holds, Supplier<String> otherwise) {
    if (!holds) {
      throw new BrokenRuleException(otherwise.get());
    }
  }
}

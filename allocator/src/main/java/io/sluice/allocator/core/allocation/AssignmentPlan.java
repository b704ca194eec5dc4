package io.sluice.allocator.core.allocation;

import io.sluice.allocator.core.allocation.Eligibility.Unfit;
import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Assignment.State;
import io.sluice.model.Gateway;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Decides for every floating IP whether it stays, is let go of, is granted anew or goes nowhere. An
 * address moves only because of its own holder or its own gateway; what happens to other nodes
 * never moves it. A planned move first has its successor get ready; the holder is asked to let go
 * when that is so, or when it takes too long.
 */
final class AssignmentPlan {

  private final AllocationState state;
  private final long nowMillis;
  private final Eligibility eligibility;
  private final AllocationSettings settings;
  private final Handovers handovers;
  private final UnappliedGrants unapplied;
  private final Placement placement = new Placement();
  private final boolean tooEarlyForFirstPlacements;
  private final SortedMap<IpAddress, String> homeless = new TreeMap<>();
  private final SortedMap<IpAddress, Departure> departures = new TreeMap<>();
  private final List<AssignmentChanged> changes = new ArrayList<>();

  /** An address that is to leave its holder, who is well enough to go on for a moment. */
  private record Departure(Assignment assignment, Unfit unfit, String reason) {}

  private AssignmentPlan(
      AllocationState state,
      AllocationSettings settings,
      Handovers handovers,
      UnappliedGrants unapplied,
      long nowMillis) {
    this.state = state;
    this.unapplied = unapplied;
    this.settings = settings;
    this.handovers = handovers;
    this.nowMillis = nowMillis;
    this.eligibility = new Eligibility(state);
    this.tooEarlyForFirstPlacements = nowMillis < firstPlacementMillis(state, settings);
  }

  /** The changes that the state as it is calls for; none if it is as it should be. */
  static List<AssignmentChanged> of(
      AllocationState state,
      AllocationSettings settings,
      Handovers handovers,
      UnappliedGrants unapplied,
      long nowMillis) {
    AssignmentPlan plan = new AssignmentPlan(state, settings, handovers, unapplied, nowMillis);
    state.assignments().keySet().forEach(plan::review);
    state.pool().owners().keySet().stream()
        .filter(ip -> !state.assignments().containsKey(ip))
        .forEach(plan::review);
    plan.homeless.forEach(plan::place);
    plan.departures.forEach(plan::depart);
    return plan.changes;
  }

  /**
   * The time from which addresses that never had a holder are given one: when the eldest node has
   * been alive for T, so that at a first start every agent has had the time to show up and the
   * first of them does not get everything.
   */
  static long firstPlacementMillis(AllocationState state, AllocationSettings settings) {
    return state.liveness().values().stream()
        .filter(node -> node.liveness() == StateChange.Liveness.ALIVE)
        .mapToLong(node -> node.sinceMillis() + settings.silenceMillis())
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private void review(IpAddress ip) {
    Assignment assignment = state.assignments().get(ip);
    if (assignment == null) {
      homeless.put(ip, "first placement");
      return;
    }
    switch (assignment.state()) {
      case UNASSIGNED -> reviewUnassigned(ip, assignment);
      case GRANTED -> reviewGranted(ip, assignment, assignment.holder().orElseThrow());
      case RELEASING -> reviewReleasing(ip, assignment, assignment.holder().orElseThrow());
    }
  }

  private void reviewUnassigned(IpAddress ip, Assignment assignment) {
    if (owner(ip).isPresent()) {
      homeless.put(ip, assignment.epoch() == 0 ? "first placement" : "a node may carry it again");
    } else if (assignment.gateway().isPresent()) {
      changes.add(AssignmentSteps.withdrawn(ip, assignment));
    }
  }

  private void reviewGranted(IpAddress ip, Assignment assignment, Holder holder) {
    Optional<String> loss = Reasons.whyLost(state, holder, nowMillis);
    Optional<ObjectId> owner = owner(ip);
    Optional<Holder> heir = mayCarryItOver(ip, assignment, holder);
    if (owner.isEmpty()) {
      if (loss.isPresent() && heir.isEmpty()) {
        changes.add(AssignmentSteps.withdrawn(ip, assignment));
      } else {
        release(ip, assignment, heir.orElse(holder), "no gateway lists it any more");
      }
      return;
    }
    Gateway gateway = state.gateways().get(owner.get());
    Optional<Unfit> unfit = eligibility.unfitToKeep(ip, gateway, holder.node());
    if (loss.isPresent()) {
      if (unfit.isEmpty()) {
        grant(ip, holder.node(), loss.get());
      } else if (heir.isPresent()) {
        release(ip, assignment, heir.get(), holder.node() + " " + unfit.get().reason());
      } else {
        homeless.put(ip, loss.get());
      }
    } else if (assignment.successor().isPresent()) {
      reviewSuccessor(ip, gateway, assignment, unfit);
    } else if (unfit.isPresent()) {
      reviewUnfit(ip, gateway, assignment, unfit.get());
    } else if (isStuck(ip, gateway, holder)) {
      String reason = Reasons.notCarriedOut(holder.node(), waitedMillis(ip), error(holder.node()));
      departures.put(ip, new Departure(assignment, new Unfit(reason, false), reason));
    } else {
      placement.add(holder.node());
      whyGrantIsOutdated(assignment, holder, owner.get(), gateway)
          .ifPresent(reason -> changes.add(granted(ip, holder.node(), reason)));
    }
  }

  /**
   * A node on which something is wrong keeps the address while nobody else could have it: that all
   * nodes become NotReady at once is an outage of the control plane, which must not stop traffic.
   * It is no better off on a node that is held off.
   */
  private void reviewUnfit(IpAddress ip, Gateway gateway, Assignment assignment, Unfit unfit) {
    String node = assignment.holder().orElseThrow().node();
    if (unfit.byChoice() || !eligibility.preferred(ip, gateway).isEmpty()) {
      departures.put(ip, new Departure(assignment, unfit, node + " " + unfit.reason()));
    } else {
      placement.add(node);
    }
  }

  /**
   * Whether the holder had its time to carry the grant out, did not, and is held off for it; it
   * stays if nobody else could have the address.
   */
  private boolean isStuck(IpAddress ip, Gateway gateway, Holder holder) {
    return unapplied.isOverdue(state, ip, nowMillis)
        && state.heldOff(holder.node()).isPresent()
        && !eligibility.isRestarting(holder.node())
        && !eligibility.preferred(ip, gateway).isEmpty();
  }

  private long waitedMillis(IpAddress ip) {
    return unapplied.millisSoFar(ip, nowMillis);
  }

  private Optional<String> error(String node) {
    return Optional.ofNullable(state.reports().get(node)).flatMap(AgentReport::lastError);
  }

  /** A move that has begun is completed, unless its successor cannot. */
  private void reviewSuccessor(
      IpAddress ip, Gateway gateway, Assignment assignment, Optional<Unfit> unfit) {
    Holder holder = assignment.holder().orElseThrow();
    Holder successor = assignment.successor().orElseThrow();
    boolean prepared = Reported.prepared(state, ip, assignment.epoch(), successor);
    boolean failed = !prepared && tookTooLong(ip) && state.heldOff(successor.node()).isPresent();
    if (failed && unfit.isEmpty()) {
      String what = "%s did not get ready for it in %d ms";
      stay(ip, assignment, holder, what.formatted(successor.node(), settings.handoverMillis()));
    } else if (canTakeOver(ip, gateway, successor) && !failed) {
      placement.add(successor.node());
      if (prepared || tookTooLong(ip)) {
        changes.add(AssignmentSteps.asked(ip, assignment, successor, assignment.reason()));
      }
    } else if (unfit.isPresent()) {
      departures.put(ip, new Departure(assignment, unfit.get(), assignment.reason()));
    } else {
      stay(ip, assignment, holder, successor.node() + " cannot take it over");
    }
  }

  private boolean canTakeOver(IpAddress ip, Gateway gateway, Holder successor) {
    return state.aliveSession(successor.node()).equals(Optional.of(successor.session()))
        && eligibility.unfitFor(ip, gateway, successor.node()).isEmpty();
  }

  private boolean tookTooLong(IpAddress ip) {
    return handovers.millisSoFar(ip, nowMillis) >= settings.handoverMillis();
  }

  private void stay(IpAddress ip, Assignment assignment, Holder holder, String reason) {
    placement.add(holder.node());
    ObjectId owner = owner(ip).orElseThrow();
    Optional<String> outdated =
        whyGrantIsOutdated(assignment, holder, owner, state.gateways().get(owner));
    changes.add(
        outdated
            .map(why -> granted(ip, holder.node(), why))
            .orElseGet(() ->
                AssignmentSteps.preparing(
                    ip,
                    assignment,
                    Optional.empty(),
                    "stays on " + holder.node() + ": " + reason)));
  }

  /** Finds a successor; without one only what must not stay leaves. */
  private void depart(IpAddress ip, Departure departure) {
    Assignment assignment = departure.assignment();
    Holder holder = assignment.holder().orElseThrow();
    Gateway gateway = state.gateways().get(owner(ip).orElseThrow());
    Optional<String> node = placement.choose(ip, eligibility.preferred(ip, gateway));
    if (departure.unfit().byChoice()) {
      node = node.or(() -> placement.choose(ip, eligibility.eligible(ip, gateway)));
    }
    if (node.isPresent()) {
      placement.add(node.get());
      Holder successor = eligibility.holder(node.get());
      changes.add(
          mayBeAskedNow(ip, assignment, successor)
              ? AssignmentSteps.asked(ip, assignment, successor, departure.reason())
              : AssignmentSteps.preparing(
                  ip, assignment, Optional.of(successor), departure.reason()));
    } else if (departure.unfit().byChoice()
        && assignment.successor().isPresent()
        && !tookTooLong(ip)) {
      // The successor began another session, perhaps: it is told once that has reported.
      placement.add(holder.node());
    } else if (departure.unfit().byChoice()) {
      release(ip, assignment, holder, departure.reason());
    } else {
      stay(ip, assignment, holder, "no other node can carry it");
    }
  }

  /** Who does not carry an address has nothing to go on with until its successor is ready. */
  private boolean mayBeAskedNow(IpAddress ip, Assignment assignment, Holder successor) {
    return tookTooLong(ip)
        || Reported.prepared(state, ip, assignment.epoch(), successor)
        || unapplied.isOverdue(state, ip, nowMillis);
  }

  private void reviewReleasing(IpAddress ip, Assignment assignment, Holder holder) {
    Optional<Holder> heir = mayCarryItOver(ip, assignment, holder);
    if (heir.isPresent()) {
      changes.add(
          AssignmentSteps.releasing(
              ip, assignment, heir.get(), assignment.successor(), assignment.reason()));
      return;
    }
    Optional<String> loss = Reasons.whyLost(state, holder, nowMillis);
    boolean released = loss.isPresent() || Reported.released(state, ip, assignment.epoch(), holder);
    if (!released) {
      assignment.successor().ifPresent(successor -> placement.add(successor.node()));
      return;
    }
    if (owner(ip).isPresent()) {
      homeless.put(ip, loss.orElse(assignment.reason()));
    } else {
      changes.add(AssignmentSteps.withdrawn(ip, assignment));
    }
  }

  /**
   * Who may still hold the address though the session that it was granted to has ended: an agent
   * that was restarted, or cut off, carries an available grant over into its next session. That
   * session has to say that it let go of it before anybody else may have it.
   */
  private Optional<Holder> mayCarryItOver(IpAddress ip, Assignment assignment, Holder holder) {
    return assignment.leaseMode() == LeaseMode.STRICT
        ? Optional.empty()
        : state
            .aliveSession(holder.node())
            .filter(session -> session != holder.session())
            .map(session -> new Holder(holder.node(), session, holder.addresses()))
            .filter(heir -> !Reported.released(state, ip, assignment.epoch(), heir));
  }

  /** Agents take in only a grant with a higher epoch, so what they must know takes a new grant. */
  private Optional<String> whyGrantIsOutdated(
      Assignment assignment, Holder holder, ObjectId owner, Gateway gateway) {
    if (!assignment.gateway().equals(Optional.of(owner))) {
      return Optional.of("it belongs to " + owner + " now");
    }
    if (assignment.leaseMode() != gateway.leaseMode()) {
      return Optional.of("the lease mode of " + owner + " is " + gateway.leaseMode() + " now");
    }
    if (eligibility.hasCurrentReport(holder.node())
        && !eligibility.holder(holder.node()).addresses().equals(holder.addresses())) {
      return Optional.of(holder.node() + " has other addresses now");
    }
    return Optional.empty();
  }

  private void place(IpAddress ip, String reason) {
    Gateway gateway = state.gateways().get(owner(ip).orElseThrow());
    boolean tooEarly = tooEarlyForFirstPlacements && epoch(ip) == 0;
    Optional<String> node =
        tooEarly
            ? Optional.empty()
            : prepared(ip, gateway)
                .or(() -> placement.choose(ip, eligibility.preferred(ip, gateway)))
                .or(() -> placement.choose(ip, eligibility.eligible(ip, gateway)));
    if (node.isPresent()) {
      grant(ip, node.get(), reason);
    } else {
      leaveUnassigned(ip, gateway);
    }
  }

  /** Who was to have the address next, if that is still a good choice. */
  private Optional<String> prepared(IpAddress ip, Gateway gateway) {
    return Optional.ofNullable(state.assignments().get(ip))
        .flatMap(Assignment::successor)
        .filter(successor -> canTakeOver(ip, gateway, successor))
        .map(Holder::node)
        .filter(node -> state.heldOff(node).isEmpty());
  }

  private void leaveUnassigned(IpAddress ip, Gateway gateway) {
    AssignmentChanged nowhere =
        AssignmentSteps.nowhere(
            ip, epoch(ip), owner(ip), gateway.leaseMode(), Reasons.whyNowhere(ip, state.pool()));
    Assignment before = state.assignments().get(ip);
    if (before == null || !before.withAuditSequence(0).equals(nowhere.assignment())) {
      changes.add(nowhere);
    }
  }

  private void grant(IpAddress ip, String node, String reason) {
    placement.add(node);
    changes.add(granted(ip, node, reason));
  }

  private AssignmentChanged granted(IpAddress ip, String node, String reason) {
    ObjectId owner = owner(ip).orElseThrow();
    return new AssignmentChanged(
        ip,
        new Assignment(
            State.GRANTED,
            Optional.of(eligibility.holder(node)),
            epoch(ip) + 1,
            Optional.of(owner),
            state.gateways().get(owner).leaseMode(),
            0,
            reason));
  }

  private void release(IpAddress ip, Assignment assignment, Holder holder, String reason) {
    changes.add(AssignmentSteps.releasing(ip, assignment, holder, Optional.empty(), reason));
  }

  /** The first step of a planned move: the successor is to get ready, unless it is already. */
  static AssignmentChanged moving(
      AllocationState state, IpAddress ip, Holder successor, String reason) {
    Assignment assignment = state.assignments().get(ip);
    return Reported.prepared(state, ip, assignment.epoch(), successor)
        ? AssignmentSteps.asked(ip, assignment, successor, reason)
        : AssignmentSteps.preparing(ip, assignment, Optional.of(successor), reason);
  }

  private long epoch(IpAddress ip) {
    Assignment assignment = state.assignments().get(ip);
    return assignment == null ? 0 : assignment.epoch();
  }

  private Optional<ObjectId> owner(IpAddress ip) {
    return Optional.ofNullable(state.pool().owners().get(ip));
  }
}

package io.sluice.allocator.core.allocation;

import io.sluice.allocator.core.allocation.Eligibility.Unfit;
import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Assignment.State;
import io.sluice.model.Gateway;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import io.sluice.model.StateChange.LivenessChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Decides for every floating IP whether it stays, is let go of, is granted anew or goes nowhere. An
 * address moves only because of its own holder or its own gateway; what happens to other nodes
 * never moves it.
 */
final class AssignmentPlan {

  private final AllocationState state;
  private final long nowMillis;
  private final Eligibility eligibility;
  private final Placement placement = new Placement();
  private final boolean tooEarlyForFirstPlacements;
  private final SortedMap<IpAddress, String> homeless = new TreeMap<>();
  private final List<AssignmentChanged> changes = new ArrayList<>();

  private AssignmentPlan(AllocationState state, AllocationSettings settings, long nowMillis) {
    this.state = state;
    this.nowMillis = nowMillis;
    this.eligibility = new Eligibility(state);
    this.tooEarlyForFirstPlacements = nowMillis < firstPlacementMillis(state, settings);
  }

  /** The changes that the state as it is calls for; none if it is as it should be. */
  static List<AssignmentChanged> of(
      AllocationState state, AllocationSettings settings, long nowMillis) {
    AssignmentPlan plan = new AssignmentPlan(state, settings, nowMillis);
    state.assignments().keySet().forEach(plan::review);
    state.pool().owners().keySet().stream()
        .filter(ip -> !state.assignments().containsKey(ip))
        .forEach(plan::review);
    plan.homeless.forEach(plan::place);
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
      withdraw(ip, assignment);
    }
  }

  private void reviewGranted(IpAddress ip, Assignment assignment, Holder holder) {
    Optional<String> loss = whyHolderLostIt(holder);
    Optional<ObjectId> owner = owner(ip);
    Optional<Holder> heir = mayCarryItOver(ip, assignment, holder);
    if (owner.isEmpty()) {
      if (loss.isPresent() && heir.isEmpty()) {
        withdraw(ip, assignment);
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
    } else if (unfit.isPresent()) {
      reviewUnfit(ip, gateway, assignment, unfit.get());
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
    if (unfit.byChoice() || !eligibility.steady(ip, gateway).isEmpty()) {
      release(ip, assignment, assignment.holder().orElseThrow(), node + " " + unfit.reason());
    } else {
      placement.add(node);
    }
  }

  private void reviewReleasing(IpAddress ip, Assignment assignment, Holder holder) {
    Optional<Holder> heir = mayCarryItOver(ip, assignment, holder);
    if (heir.isPresent()) {
      release(ip, assignment, heir.get(), assignment.reason());
      return;
    }
    Optional<String> loss = whyHolderLostIt(holder);
    boolean released = loss.isPresent() || hasReleased(ip, assignment.epoch(), holder);
    if (!released) {
      return;
    }
    if (owner(ip).isPresent()) {
      homeless.put(ip, loss.orElse(assignment.reason()));
    } else {
      withdraw(ip, assignment);
    }
  }

  /** Why the session that the address was granted to cannot hold it any more. */
  private Optional<String> whyHolderLostIt(Holder holder) {
    LivenessChanged node = state.liveness().get(holder.node());
    if (node == null) {
      return Optional.of(holder.node() + " never beat");
    }
    return switch (node.liveness()) {
      case SILENT ->
          Optional.of("%s silent for %d ms".formatted(node.node(), nowMillis - node.sinceMillis()));
      case LEFT -> Optional.of(node.node() + " left");
      case ALIVE ->
          node.session() == holder.session()
              ? Optional.empty()
              : Optional.of(node.node() + " began session " + node.session());
    };
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
            .filter(heir -> !hasReleased(ip, assignment.epoch(), heir));
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

  /**
   * Only a report that says so proves a release. One that merely lacks the address may have been
   * written before its agent knew of the grant.
   */
  private boolean hasReleased(IpAddress ip, long epoch, Holder holder) {
    AgentReport report = state.reports().get(holder.node());
    return report != null
        && report.session() == holder.session()
        && report.applied().stream()
            .anyMatch(applied ->
                applied.floatingIp().equals(ip)
                    && applied.state() == AppliedState.RELEASED
                    && applied.epoch() >= epoch);
  }

  private void place(IpAddress ip, String reason) {
    Gateway gateway = state.gateways().get(owner(ip).orElseThrow());
    boolean tooEarly = tooEarlyForFirstPlacements && epoch(ip) == 0;
    Optional<String> node =
        tooEarly
            ? Optional.empty()
            : placement
                .choose(ip, eligibility.steady(ip, gateway))
                .or(() -> placement.choose(ip, eligibility.eligible(ip, gateway)));
    if (node.isPresent()) {
      grant(ip, node.get(), reason);
    } else {
      leaveUnassigned(ip, gateway);
    }
  }

  private void leaveUnassigned(IpAddress ip, Gateway gateway) {
    Assignment unassigned =
        new Assignment(
            State.UNASSIGNED,
            Optional.empty(),
            epoch(ip),
            owner(ip),
            gateway.leaseMode(),
            0,
            Reasons.whyNowhere(ip, state.pool()));
    Assignment before = state.assignments().get(ip);
    if (before == null || !before.withAuditSequence(0).equals(unassigned)) {
      changes.add(new AssignmentChanged(ip, unassigned));
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
    changes.add(releasing(ip, assignment, holder, reason));
  }

  /** The same assignment on its way out: its holder is asked to let go. */
  static AssignmentChanged releasing(IpAddress ip, Assignment assignment, String reason) {
    return releasing(ip, assignment, assignment.holder().orElseThrow(), reason);
  }

  private static AssignmentChanged releasing(
      IpAddress ip, Assignment assignment, Holder holder, String reason) {
    return new AssignmentChanged(
        ip,
        new Assignment(
            State.RELEASING,
            Optional.of(holder),
            assignment.epoch(),
            assignment.gateway(),
            assignment.leaseMode(),
            0,
            reason));
  }

  /** The entity stays for ever, so that its epoch never falls. */
  private void withdraw(IpAddress ip, Assignment assignment) {
    changes.add(
        new AssignmentChanged(
            ip,
            new Assignment(
                State.UNASSIGNED,
                Optional.empty(),
                assignment.epoch(),
                Optional.empty(),
                LeaseMode.AVAILABLE,
                0,
                "no gateway lists it")));
  }

  private long epoch(IpAddress ip) {
    Assignment assignment = state.assignments().get(ip);
    return assignment == null ? 0 : assignment.epoch();
  }

  private Optional<ObjectId> owner(IpAddress ip) {
    return Optional.ofNullable(state.pool().owners().get(ip));
  }
}

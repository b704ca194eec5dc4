package io.sluice.allocator.core.allocation;

import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.HoldOffChanged;
import io.sluice.model.StateChange.Liveness;
import io.sluice.model.StateChange.LivenessChanged;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Holds nodes off that flap: who falls silent soon after having come back gets no address that
 * another node can carry, for a time that doubles with each relapse. So is who does not carry out
 * what it was granted. When a node fell silent and came back stands in the log, and so does each
 * hold-off.
 */
final class HoldOffs {

  private final AllocationState state;
  private final HoldOffSettings settings;
  private final long nowMillis;

  private HoldOffs(AllocationState state, HoldOffSettings settings, long nowMillis) {
    this.state = state;
    this.settings = settings;
    this.nowMillis = nowMillis;
  }

  /**
   * What changes.
   *
   * @param state as it is before the facts
   */
  static List<HoldOffChanged> after(
      AllocationState state, HoldOffSettings settings, List<StateChange> facts, long nowMillis) {
    HoldOffs holdOffs = new HoldOffs(state, settings, nowMillis);
    List<HoldOffChanged> changes = new ArrayList<>();
    SortedSet<String> seen = new TreeSet<>();
    for (StateChange fact : facts) {
      if (fact instanceof LivenessChanged change) {
        holdOffs
            .of(change)
            .ifPresent(changed -> {
              seen.add(change.node());
              changes.add(changed);
            });
      }
    }
    for (HoldOffChanged known : state.holdOffs().values()) {
      if (!seen.contains(known.node()) && holdOffs.isOver(known)) {
        changes.add(
            new HoldOffChanged(
                known.node(),
                known.flaps(),
                Math.max(nowMillis, known.sinceMillis()),
                OptionalLong.empty()));
      }
    }
    return changes;
  }

  /**
   * Holds nodes off that have not carried out a grant in time, if another node could: that one is
   * to have the address, and this one is not to be given it again at once. And those that did not
   * get ready in time for what they were to take over, and say that something is wrong.
   */
  static List<HoldOffChanged> ofFailing(
      AllocationState state,
      AllocationSettings settings,
      Handovers handovers,
      UnappliedGrants unapplied,
      long nowMillis) {
    HoldOffs holdOffs = new HoldOffs(state, settings.holdOff(), nowMillis);
    Eligibility eligibility = new Eligibility(state);
    SortedSet<String> failing = new TreeSet<>();
    for (IpAddress ip : unapplied.overdue(state, nowMillis)) {
      Holder holder = state.assignments().get(ip).holder().orElseThrow();
      if (eligibility.isThere(holder) && eligibility.anotherCanCarry(ip, holder.node())) {
        failing.add(holder.node());
      }
    }
    for (IpAddress ip : handovers.waitingFor(settings.handoverMillis(), nowMillis)) {
      Assignment assignment = state.assignments().get(ip);
      Holder successor = assignment.successor().orElseThrow();
      if (eligibility.isThere(successor)
          && state.reports().get(successor.node()).lastError().isPresent()
          && !Reported.prepared(state, ip, assignment.epoch(), successor)) {
        failing.add(successor.node());
      }
    }
    return failing.stream()
        .filter(node -> state.heldOff(node).isEmpty())
        .map(holdOffs::failed)
        .toList();
  }

  private HoldOffChanged failed(String node) {
    HoldOffChanged known = state.holdOffs().get(node);
    boolean soon = known != null && nowMillis - known.sinceMillis() < settings.stableAfterMillis();
    int flaps = soon ? known.flaps() + 1 : 1;
    return new HoldOffChanged(
        node, flaps, nowMillis, OptionalLong.of(nowMillis + settings.millisAfter(flaps)));
  }

  /** When the next hold-off ends by itself. */
  static OptionalLong nextEndMillis(AllocationState state) {
    return state.holdOffs().values().stream()
        .flatMapToLong(holdOff -> holdOff.untilMillis().stream())
        .min();
  }

  private Optional<HoldOffChanged> of(LivenessChanged change) {
    LivenessChanged before = state.liveness().get(change.node());
    Optional<HoldOffChanged> known = Optional.ofNullable(state.holdOffs().get(change.node()));
    return switch (change.liveness()) {
      case ALIVE, RESTARTING ->
          before != null && before.liveness() == Liveness.SILENT
              ? Optional.of(comeBack(change, known.map(HoldOffChanged::flaps).orElse(0)))
              : Optional.empty();
      case SILENT ->
          known
              .map(holdOff -> fallenSilent(holdOff, change.sinceMillis()))
              .filter(changed -> !known.equals(Optional.of(changed)));
      case LEFT -> Optional.empty();
    };
  }

  private HoldOffChanged comeBack(LivenessChanged change, int flaps) {
    OptionalLong untilMillis =
        flaps == 0
            ? OptionalLong.empty()
            : OptionalLong.of(change.sinceMillis() + settings.millisAfter(flaps));
    return new HoldOffChanged(change.node(), flaps, change.sinceMillis(), untilMillis);
  }

  private HoldOffChanged fallenSilent(HoldOffChanged known, long lastBeatMillis) {
    boolean soon =
        known.untilMillis().isPresent()
            || lastBeatMillis - known.sinceMillis() < settings.stableAfterMillis();
    return new HoldOffChanged(
        known.node(), soon ? known.flaps() + 1 : 0, known.sinceMillis(), OptionalLong.empty());
  }

  /**
   * Also when the log's time has stepped back, so that the end lies further away than it ever may.
   */
  private boolean isOver(HoldOffChanged known) {
    return known.untilMillis().isPresent()
        && (nowMillis >= known.untilMillis().getAsLong()
            || known.untilMillis().getAsLong() - nowMillis > settings.longestMillis());
  }
}

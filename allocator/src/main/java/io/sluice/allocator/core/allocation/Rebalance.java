package io.sluice.allocator.core.allocation;

import io.sluice.model.Assignment;
import io.sluice.model.Assignment.State;
import io.sluice.model.Gateway;
import io.sluice.model.IpAddress;
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
 * Evens out the numbers of addresses, gently: one address at a time, only between two nodes that
 * differ by two or more, and only towards a node that has been alive for a while and is neither
 * held off nor cordoned.
 *
 * @param ip what should move
 * @param from its holder
 * @param to who is to carry it
 * @param dueMillis not before this time
 */
record Rebalance(IpAddress ip, String from, String to, int fromLoad, int toLoad, long dueMillis) {

  /**
   * The next move, due at once or later; empty if everything is even, nothing may move, or an
   * address is on its way already.
   */
  static Optional<Rebalance> next(
      AllocationState state, AllocationSettings settings, long lastMoveMillis) {
    SortedMap<String, List<IpAddress>> held = new TreeMap<>();
    for (var entry : state.assignments().entrySet()) {
      Assignment assignment = entry.getValue();
      if (assignment.state() == State.RELEASING || assignment.successor().isPresent()) {
        return Optional.empty();
      }
      assignment
          .holder()
          .ifPresent(holder ->
              held.computeIfAbsent(holder.node(), _ -> new ArrayList<>()).add(entry.getKey()));
    }
    return new Search(state, settings, lastMoveMillis, held).earliest();
  }

  /** The first step of the move. */
  AssignmentChanged start(AllocationState state) {
    return AssignmentPlan.moving(
        state,
        ip,
        new Eligibility(state).holder(to),
        "balance: %s carries %d addresses, %s %d".formatted(from, fromLoad, to, toLoad));
  }

  private record Search(
      AllocationState state,
      AllocationSettings settings,
      long lastMoveMillis,
      SortedMap<String, List<IpAddress>> held) {

    Optional<Rebalance> earliest() {
      if (isEven()) {
        return Optional.empty();
      }
      Eligibility eligibility = new Eligibility(state);
      Rebalance best = null;
      for (var giver : held.entrySet()) {
        for (LivenessChanged taker : state.liveness().values()) {
          int toLoad = held.getOrDefault(taker.node(), List.of()).size();
          long dueMillis = dueMillis(taker);
          boolean better =
              best == null
                  || dueMillis < best.dueMillis
                  || (dueMillis == best.dueMillis
                      && giver.getValue().size() - toLoad > best.fromLoad - best.toLoad);
          boolean last = eligibility.whyLast(taker.node()).isPresent();
          if (giver.getValue().size() - toLoad < 2 || !better || last) {
            continue;
          }
          Optional<IpAddress> ip = movable(giver.getValue(), taker.node(), eligibility);
          if (ip.isPresent()) {
            best =
                new Rebalance(
                    ip.get(),
                    giver.getKey(),
                    taker.node(),
                    giver.getValue().size(),
                    toLoad,
                    dueMillis);
          }
        }
      }
      return Optional.ofNullable(best);
    }

    /** The usual case, and cheap to tell. */
    private boolean isEven() {
      int most = held.values().stream().mapToInt(List::size).max().orElse(0);
      int least =
          state.liveness().values().stream()
              .filter(node -> node.liveness() == StateChange.Liveness.ALIVE)
              .mapToInt(node -> held.getOrDefault(node.node(), List.of()).size())
              .min()
              .orElse(most);
      return most - least < 2;
    }

    private long dueMillis(LivenessChanged taker) {
      return Math.max(
          taker.sinceMillis() + settings.rebalanceAfterMillis(),
          lastMoveMillis + settings.rebalanceIntervalMillis());
    }

    private Optional<IpAddress> movable(
        List<IpAddress> addresses, String taker, Eligibility eligibility) {
      return addresses.stream().filter(ip -> isMovable(ip, taker, eligibility)).findFirst();
    }

    private boolean isMovable(IpAddress ip, String taker, Eligibility eligibility) {
      ObjectId owner = state.pool().owners().get(ip);
      if (owner == null) {
        return false;
      }
      Gateway gateway = state.gateways().get(owner);
      return gateway.failback() == Gateway.Failback.GRADUAL
          && eligibility.unfitFor(ip, gateway, taker).isEmpty();
    }
  }
}

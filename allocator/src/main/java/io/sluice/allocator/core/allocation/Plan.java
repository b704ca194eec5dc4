package io.sluice.allocator.core.allocation;

import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.BindingChanged;
import io.sluice.model.StateChange.EgressChosen;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** What is to be decided in a state, at a time. Changes nothing. */
final class Plan {

  private Plan() {}

  /**
   * Where addresses go.
   *
   * @param handovers since when successors have been getting ready
   * @param unapplied since when grants have been waiting to be carried out
   * @param lastRebalanceMillis when an address was last moved for balance
   */
  static Moves moves(
      AllocationState state,
      AllocationSettings settings,
      Handovers handovers,
      UnappliedGrants unapplied,
      long lastRebalanceMillis,
      long nowMillis) {
    List<StateChange> changes =
        new ArrayList<>(AssignmentPlan.of(state, settings, handovers, unapplied, nowMillis));
    Optional<Rebalance> rebalance =
        changes.isEmpty()
            ? Rebalance.next(state, settings, lastRebalanceMillis)
                .filter(move -> move.dueMillis() <= nowMillis)
            : Optional.empty();
    rebalance.ifPresent(move -> changes.add(move.start(state)));
    return new Moves(changes, rebalance.isPresent());
  }

  /**
   * Decisions that are not made yet.
   *
   * @param forBalance whether an address moves only for balance
   */
  record Moves(List<StateChange> changes, boolean forBalance) {}

  /** What policies leave with. */
  static List<StateChange> egress(AllocationState state) {
    SortedSet<String> policies = new TreeSet<>(state.policyOutcomes().keySet());
    policies.addAll(state.egressIps().keySet());
    policies.addAll(state.bindings().keySet());
    List<StateChange> changes = new ArrayList<>();
    policies.forEach(policy -> addEgress(state, policy, changes));
    return changes;
  }

  private static void addEgress(AllocationState state, String policy, List<StateChange> changes) {
    Optional<PolicyOutcome> outcome = Optional.ofNullable(state.policyOutcomes().get(policy));
    List<IpAddress> egressIps = outcome.map(PolicyOutcome::egressIps).orElse(List.of());
    if (!egressIps.equals(state.egressIps().getOrDefault(policy, List.of()))) {
      changes.add(new EgressChosen(policy, egressIps));
    }
    Optional<Binding> binding = outcome.flatMap(PolicyOutcome::binding);
    if (!binding.equals(Optional.ofNullable(state.bindings().get(policy)))) {
      changes.add(new BindingChanged(new BindingId.OfPolicy(policy), binding));
    }
  }
}

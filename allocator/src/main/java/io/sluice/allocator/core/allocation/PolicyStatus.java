package io.sluice.allocator.core.allocation;

import static io.sluice.allocator.core.allocation.Statuses.condition;

import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.IpAddress;
import io.sluice.model.Policy;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The status of a policy: whether its packets leave as it says, and if not, why. */
final class PolicyStatus {

  private PolicyStatus() {}

  static Status of(AllocationState state, InPlace inPlace, String policy) {
    PolicyOutcome outcome = state.policyOutcomes().get(policy);
    return new Status(
        outcome.policy().metadata().generation(),
        List.of(ready(state, inPlace, outcome)),
        Map.of(),
        Map.of(),
        outcome.egressIps().stream().map(IpAddress::toString).toList(),
        outcome.egressIps().stream()
            .flatMap(ip -> holder(state, ip).stream())
            .map(Holder::node)
            .findFirst(),
        OptionalInt.empty());
  }

  private static Condition ready(AllocationState state, InPlace inPlace, PolicyOutcome outcome) {
    Optional<Refusal> refusal =
        outcome.refusal().or(() -> outcome.badDestinations().stream().findFirst());
    if (refusal.isPresent()) {
      String effect =
          outcome.refusal().isPresent()
              ? "; until then the packets it matches do not leave"
              : "; its other destinations (%d) are in effect"
                  .formatted(outcome.destinations().size());
      return notReady(refusal.get().reason(), refusal.get() + effect);
    }
    if (outcome.policy().action() == Policy.Action.NO_SNAT) {
      return condition(
          Statuses.READY, Truth.TRUE, "NoSNAT", "packets leave with the Pods' own addresses");
    }
    return outcome.egressIps().stream()
        .flatMap(ip -> missing(state, inPlace, ip).stream())
        .findFirst()
        .orElseGet(() -> leaves(outcome));
  }

  /** What an address still lacks. */
  private static Optional<Condition> missing(AllocationState state, InPlace inPlace, IpAddress ip) {
    Optional<Holder> holder = holder(state, ip);
    if (holder.isEmpty()) {
      return Optional.of(
          notReady(
              "FloatingIPUnassigned",
              "no node carries %s: %s; until then the packets it matches do not leave"
                  .formatted(ip, Reasons.whyNowhere(ip, state.pool()))));
    }
    return inPlace.contains(ip)
        ? Optional.empty()
        : Optional.of(
            notReady(
                Statuses.APPLYING,
                "%s was given to %s, whose agent has not reported it in place yet; if this lasts, look at that agent's log"
                    .formatted(ip, holder.get().node())));
  }

  private static Condition leaves(PolicyOutcome outcome) {
    return condition(
        Statuses.READY, Truth.TRUE, "Ready", "leaves with " + Reasons.list(outcome.egressIps()));
  }

  private static Condition notReady(String reason, String message) {
    return condition(Statuses.READY, Truth.FALSE, reason, message);
  }

  private static Optional<Holder> holder(AllocationState state, IpAddress ip) {
    return Optional.ofNullable(state.assignments().get(ip)).flatMap(Assignment::holder);
  }
}

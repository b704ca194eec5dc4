package io.sluice.allocator.core.allocation;

import io.sluice.model.Binding;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import java.util.List;
import java.util.Optional;

/**
 * What a policy gets.
 *
 * @param destinations those of its destinations that could be read
 * @param badDestinations the others; the policy works without them
 * @param gateway where its addresses are from, as far as that could be told
 * @param egressIps the addresses it leaves with, at most one a family
 * @param refusal why it has none, for a policy that wants one
 */
public record PolicyOutcome(
    Policy policy,
    List<Cidr> destinations,
    List<Refusal> badDestinations,
    Optional<ObjectId> gateway,
    List<IpAddress> egressIps,
    Optional<Refusal> refusal) {

  public PolicyOutcome {
    destinations = List.copyOf(destinations);
    badDestinations = List.copyOf(badDestinations);
    egressIps = List.copyOf(egressIps);
  }

  /**
   * What agents are told. A policy that wants an address and has none is told of without one, so
   * that its packets do not leave; one without any destination matches nothing.
   */
  Optional<Binding> binding() {
    return destinations.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Binding.OfPolicy(
                policy.metadata().createdAtMillis(), policy.action(), destinations, egressIps));
  }
}

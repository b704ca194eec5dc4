package io.sluice.allocator.core.allocation;

import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import io.sluice.model.Policy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The texts of a policy, read.
 *
 * @param badDestinations the destinations that are no networks
 * @param egressSourceIp the address asked for, if it is one
 * @param badEgressSourceIp what is wrong with the address asked for
 */
record PolicyReading(
    List<Cidr> destinations,
    List<Refusal> badDestinations,
    Optional<IpAddress> egressSourceIp,
    Optional<Refusal> badEgressSourceIp) {

  static PolicyReading of(Policy policy) {
    List<Cidr> destinations = new ArrayList<>();
    List<Refusal> bad = new ArrayList<>();
    for (int i = 0; i < policy.destinations().size(); i++) {
      try {
        Cidr destination = Cidr.parse(policy.destinations().get(i));
        if (!destinations.contains(destination)) {
          destinations.add(destination);
        }
      } catch (IllegalArgumentException e) {
        String field = "spec.destinations[" + i + "].cidr";
        bad.add(new Refusal(field, "InvalidDestination", e.getMessage()));
      }
    }
    if (policy.destinations().isEmpty()) {
      bad.add(
          new Refusal(
              "spec.destinations",
              "InvalidDestination",
              "lists no network, so the policy matches nothing; add one, such as 0.0.0.0/0"));
    }
    if (policy.egressSourceIp().isEmpty()) {
      return new PolicyReading(destinations, bad, Optional.empty(), Optional.empty());
    }
    try {
      IpAddress ip = IpAddress.parse(policy.egressSourceIp().get());
      return new PolicyReading(destinations, bad, Optional.of(ip), Optional.empty());
    } catch (IllegalArgumentException e) {
      Refusal refusal =
          new Refusal(
              "spec.egressSourceIP",
              "InvalidEgressSourceIP",
              e.getMessage() + "; give one of a gateway's floating IPs, or leave it out");
      return new PolicyReading(destinations, bad, Optional.empty(), Optional.of(refusal));
    }
  }

  /** The families of its destinations: only for these it needs an address. */
  Set<IpFamily> families() {
    Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
    destinations.forEach(destination -> families.add(destination.family()));
    return Collections.unmodifiableSet(families);
  }
}

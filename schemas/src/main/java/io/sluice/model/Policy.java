package io.sluice.model;

import java.util.List;
import java.util.Optional;

/**
 * An {@code EgressNATPolicy}.
 *
 * @param sources which Pods; a Pod matches if any source does
 * @param action what happens to the packets
 * @param destinations networks in CIDR notation, as the user wrote them
 * @param egressSourceIp the floating IP asked for; empty lets Sluice choose
 * @param gatewayRef the gateway to take the address from; empty means the usual one
 * @param shareEgressIp whether another policy that also says so may have the same address
 */
public record Policy(
    Metadata metadata,
    List<Source> sources,
    Action action,
    List<String> destinations,
    Optional<String> egressSourceIp,
    Optional<GatewayRef> gatewayRef,
    boolean shareEgressIp)
    implements Resource {

  public Policy {
    sources = List.copyOf(sources);
    destinations = List.copyOf(destinations);
  }

  /** Pods chosen by the labels of their namespace and their own. */
  public record Source(LabelSelector namespaceSelector, LabelSelector podSelector) {}

  /** Names a gateway of either kind. */
  public record GatewayRef(String namespace, String name) {}

  /** What happens to packets of a matched Pod to a matched destination. */
  public enum Action {
    /** They leave with the floating IP. */
    SNAT,
    /** They leave with the Pod's own address. */
    NO_SNAT
  }
}

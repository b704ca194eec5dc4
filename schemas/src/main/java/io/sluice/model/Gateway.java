package io.sluice.model;

import java.util.List;
import java.util.Optional;

/**
 * An {@code AnthosNetworkGateway} or {@code NetworkGatewayGroup}: a pool of floating IPs.
 *
 * @param floatingIps the entries as the user wrote them (address, {@code a-b} range or CIDR), so
 *     that one bad entry can be reported by its index and does not spoil the others
 * @param nodeSelector which nodes may carry the addresses; empty means all
 * @param failback whether a node that returns gets addresses back
 * @param leaseMode what a holder does when Kafka is away
 */
public record Gateway(
    Metadata metadata,
    List<String> floatingIps,
    Optional<LabelSelector> nodeSelector,
    Failback failback,
    LeaseMode leaseMode)
    implements Resource {

  public Gateway {
    floatingIps = List.copyOf(floatingIps);
  }

  /** Whether a node that comes back gets addresses again. */
  public enum Failback {
    /** One by one. */
    GRADUAL,
    /** Only when an address has no other place. */
    NEVER
  }
}

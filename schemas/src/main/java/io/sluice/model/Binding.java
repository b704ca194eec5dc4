package io.sluice.model;

import java.util.List;

/** What agents need to know to steer and translate packets, besides where each floating IP is. */
public sealed interface Binding {

  /**
   * What a policy does.
   *
   * @param createdAtMillis when the policy was created: of two equally specific policies the older
   *     wins, then the name
   * @param destinations where it applies
   * @param egressIps the floating IPs packets leave with, at most one a family; empty on an SNAT
   *     policy that has none yet, and then its packets must not leave at all
   */
  record OfPolicy(
      long createdAtMillis,
      Policy.Action action,
      List<Cidr> destinations,
      List<IpAddress> egressIps)
      implements Binding {

    public OfPolicy {
      destinations = List.copyOf(destinations);
      egressIps = List.copyOf(egressIps);
    }
  }

  /**
   * A Pod that a policy matches.
   *
   * @param podIps its addresses
   * @param node where it runs
   */
  record OfPod(List<IpAddress> podIps, String node) implements Binding {

    public OfPod {
      podIps = List.copyOf(podIps);
    }
  }

  /**
   * What lies inside the cluster: packets to these networks are never egress traffic.
   *
   * @param networks node addresses and Pod networks
   */
  record ClusterNetworks(List<Cidr> networks) implements Binding {

    public ClusterNetworks {
      networks = List.copyOf(networks);
    }
  }
}

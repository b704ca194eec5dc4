package io.sluice.model;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

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
   * All policies that match this Pod are known: its bindings, if it has any, are older records than
   * this one. Before it nobody can tell a Pod that no policy matches from one not heard of yet.
   *
   * @param podIps its addresses
   * @param node where it runs; nobody else needs to know
   */
  record Clearance(List<IpAddress> podIps, String node) implements Binding {

    public Clearance {
      podIps = List.copyOf(podIps);
    }
  }

  /**
   * What lies inside the cluster: packets to these networks are never egress traffic.
   *
   * @param networks node addresses and Pod networks
   * @param guardedPods node to the networks of its Pods, from which nothing may leave the cluster
   *     without a clearance; empty as long as there is no policy that a packet could evade
   */
  record ClusterNetworks(List<Cidr> networks, SortedMap<String, List<Cidr>> guardedPods)
      implements Binding {

    public ClusterNetworks {
      networks = List.copyOf(networks);
      SortedMap<String, List<Cidr>> copy = new TreeMap<>();
      guardedPods.forEach((node, pods) -> copy.put(node, List.copyOf(pods)));
      guardedPods = Collections.unmodifiableSortedMap(copy);
    }

    /** Networks without a guard. */
    public ClusterNetworks(List<Cidr> networks) {
      this(networks, Collections.emptySortedMap());
    }
  }
}

package io.sluice.agent.core;

import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import java.util.Collections;
import java.util.SortedSet;

/**
 * What keeps a packet from leaving the cluster with a node's address before it is known which
 * policies match its Pod.
 *
 * @param ownPods the networks of this node's Pods: who sends from there without a binding needs a
 *     clearance; reduced to the fewest disjoint networks
 * @param allPods those of all nodes: what another node routes here from there needs a binding;
 *     reduced in the same way
 * @param cleared the addresses of this node's Pods of which all policies are known
 */
public record LeakGuard(
    SortedSet<Cidr> ownPods, SortedSet<Cidr> allPods, SortedSet<IpAddress> cleared) {

  /** Guards nothing. */
  public static final LeakGuard NONE =
      new LeakGuard(
          Collections.emptySortedSet(), Collections.emptySortedSet(), Collections.emptySortedSet());

  public LeakGuard {
    ownPods = CidrCover.of(ownPods);
    allPods = CidrCover.of(allPods);
    cleared = KernelTables.frozen(cleared);
  }
}

package io.sluice.agent.kernel;

import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.PodClass;
import io.sluice.agent.core.Verdict;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import java.util.Optional;

/**
 * Tells connections whose translation no longer fits the tables. The kernel translates a connection
 * the way its first packet was: after a change of policy the guards drop its packets, and it would
 * hang until it times out, or for ever if its sender does not stop. Without its conntrack entry the
 * next packet is translated anew. When a floating IP has come or gone, the next packet has an entry
 * of its own, and the former one is only left over.
 *
 * @param before the tables by which connections were last judged
 * @param after the tables in force
 */
record FlowJudgement(KernelTables before, KernelTables after) {

  /** With which source the packets of a connection leave this node. */
  private sealed interface Departure {
    /** As translated to this floating IP. */
    record WithFloatingIp(IpAddress floatingIp) implements Departure {}

    /** Untouched, to the holder or as NoSNAT says. */
    record WithPodAddress() implements Departure {}

    record Dropped() implements Departure {}

    /** None of our business. */
    record Unmatched() implements Departure {}
  }

  /** What is to become of a connection's entry. */
  enum Outcome {
    /** Its packets are translated as the tables say. */
    FITS,
    /**
     * Its packets are translated otherwise, and the guards drop them: or it has the port that the
     * next packet needs. Without it the next packet is translated anew.
     */
    STALE,
    /**
     * From before its floating IP came or went: the next packet is looked for in the other zone.
     * The entry does no harm, and translates replies that are on their way.
     */
    LEFT_OVER
  }

  /**
   * Judges by how the connection is translated, so that one that began under the tables in force is
   * left alone. Only one that was ours and is not any more takes knowing what was before.
   */
  Outcome judge(Flow flow) {
    Departure departure = departure(after, flow);
    boolean fits =
        switch (departure) {
          case Departure.WithFloatingIp(IpAddress floatingIp) ->
              flow.repliesTo().equals(floatingIp);
          case Departure.WithPodAddress() -> isUntouched(flow);
          case Departure.Dropped() -> true;
          case Departure.Unmatched() -> !isOursNoMore(flow);
        };
    if (isFoundByNextPacket(departure, flow)) {
      return fits ? Outcome.FITS : Outcome.STALE;
    }
    // Replies of both are told apart by the address they come to alone, zones do not matter there.
    return fits ? Outcome.STALE : Outcome.LEFT_OVER;
  }

  private boolean isOursNoMore(Flow flow) {
    return after.pool().contains(flow.repliesTo())
        || before.pool().contains(flow.repliesTo())
        || (isUntouched(flow) && departure(before, flow) instanceof Departure.WithPodAddress);
  }

  /** What is sent to a Service is looked for where it was when it began. */
  private static boolean isFoundByNextPacket(Departure departure, Flow flow) {
    return flow.isRedirected()
        || switch (departure) {
          case Departure.WithFloatingIp _ -> flow.inZone();
          case Departure.WithPodAddress(), Departure.Unmatched() -> !flow.inZone();
          case Departure.Dropped() -> true;
        };
  }

  private static boolean isUntouched(Flow flow) {
    return flow.repliesTo().equals(flow.source());
  }

  private static Departure departure(KernelTables tables, Flow flow) {
    Integer number = tables.podClasses().get(flow.source());
    PodClass podClass = number == null ? null : tables.classes().get(number);
    if (podClass == null || isInCluster(tables, flow.destination())) {
      return new Departure.Unmatched();
    }
    Optional<Verdict> verdict = podClass.verdict(flow.destination());
    if (verdict.isEmpty()) {
      return new Departure.Unmatched();
    }
    return switch (verdict.get()) {
      case Verdict.KeepPodAddress() -> new Departure.WithPodAddress();
      case Verdict.Drop() -> new Departure.Dropped();
      case Verdict.Egress(int index) -> departure(tables, index);
    };
  }

  private static Departure departure(KernelTables tables, int egressIndex) {
    int route = tables.egressRoutes().getOrDefault(egressIndex, KernelTables.NOWHERE);
    if (route == KernelTables.NOWHERE || route == KernelTables.HELD_BACK) {
      return new Departure.Dropped();
    }
    if (route != KernelTables.HELD_HERE) {
      return new Departure.WithPodAddress();
    }
    IpAddress floatingIp = tables.snat().get(egressIndex);
    return floatingIp == null ? new Departure.Dropped() : new Departure.WithFloatingIp(floatingIp);
  }

  /** The networks are disjoint, so only the last one that starts at or before can contain it. */
  private static boolean isInCluster(KernelTables tables, IpAddress address) {
    Cidr exactly = Cidr.of(address);
    var earlier = tables.clusterNetworks().headSet(exactly);
    return tables.clusterNetworks().contains(exactly)
        || (!earlier.isEmpty() && earlier.last().contains(address));
  }
}

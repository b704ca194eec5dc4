package io.sluice.simulator;

import io.sluice.agent.core.DestinationRange;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.PodClass;
import io.sluice.agent.core.Verdict;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * What tables do to packets, without the numbers in them: two agents may give different ones.
 *
 * @param pods what happens to the packets of each Pod
 */
record KernelMeaning(
    SortedSet<IpAddress> held,
    SortedSet<IpAddress> pool,
    SortedSet<Cidr> clusterNetworks,
    SortedMap<IpAddress, List<String>> pods) {

  static KernelMeaning of(KernelTables tables) {
    SortedMap<IpAddress, List<String>> pods = new TreeMap<>();
    tables
        .podClasses()
        .forEach((pod, number) -> {
          PodClass podClass = tables.classes().get(number);
          if (podClass != null) {
            pods.put(pod, podClass.ranges().stream().map(range -> of(tables, range)).toList());
          }
        });
    return new KernelMeaning(tables.held(), tables.pool(), tables.clusterNetworks(), pods);
  }

  private static String of(KernelTables tables, DestinationRange range) {
    String verdict =
        switch (range.verdict()) {
          case Verdict.Egress(int index) -> egress(tables, index);
          case Verdict.KeepPodAddress _ -> "keeps the Pod's address";
          case Verdict.Drop _ -> "dropped";
        };
    return range.first() + "-" + range.last() + " " + verdict;
  }

  private static String egress(KernelTables tables, int index) {
    int route = tables.egressRoutes().getOrDefault(index, KernelTables.NOWHERE);
    return switch (route) {
      case KernelTables.NOWHERE -> "nowhere";
      case KernelTables.HELD_HERE -> "leaves here as " + tables.snat().get(index);
      case KernelTables.HELD_BACK -> "waits to leave here as " + tables.snat().get(index);
      default -> "to " + tables.routes().get(route);
    };
  }
}

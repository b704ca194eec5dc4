package io.sluice.agent.kernel;

import io.sluice.agent.core.KernelTables;
import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Floating IPs that leave this node. Nothing may leave with one after its fence has been shut, so
 * where there is another way for its packets already, they take that one first: then none is lost.
 *
 * @param atOnce those whose packets have nowhere to go
 * @param handedOver those whose packets go to another node from now on; replies to those before are
 *     on their way here
 */
record Departures(List<IpAddress> atOnce, List<IpAddress> handedOver) {

  static Departures of(KernelTables from, KernelTables to) {
    Departures departures = new Departures(new ArrayList<>(), new ArrayList<>());
    for (IpAddress floatingIp : Difference.of(from.held(), to.held()).removed()) {
      (goesOnElsewhere(floatingIp, from, to) ? departures.handedOver : departures.atOnce)
          .add(floatingIp);
    }
    return departures;
  }

  private static boolean goesOnElsewhere(IpAddress floatingIp, KernelTables from, KernelTables to) {
    return from.snat().entrySet().stream()
        .filter(entry -> entry.getValue().equals(floatingIp))
        .map(entry -> to.egressRoutes().getOrDefault(entry.getKey(), KernelTables.NOWHERE))
        .anyMatch(route -> route > KernelTables.HELD_HERE && route < KernelTables.HELD_BACK);
  }
}

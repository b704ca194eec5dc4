package io.sluice.agent.kernel;

import io.sluice.agent.core.KernelTables;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Runs the code of a failover before the first one, so that it is loaded, linked and compiled by
 * then: a first call costs milliseconds, the thousandth microseconds. Changes nothing in the
 * kernel.
 */
final class WarmUp {

  private static final int ROUNDS = 300;
  private static final String NOBODY = "00:00:00:00:00:00";

  private WarmUp() {}

  static void run(NetlinkSocket route, NetlinkSocket nft, String nicName) {
    Links.Link nic = Links.get(route, nicName);
    // RFC 5737 and RFC 3849: addresses for documentation, never on a wire. They are only encoded.
    for (IpAddress ip : List.of(IpAddress.parse("192.0.2.1"), IpAddress.parse("2001:db8::1"))) {
      KernelTables held = tables(ip, KernelTables.HELD_HERE);
      KernelTables waiting = tables(ip, KernelTables.HELD_BACK);
      PolicyRouting.Interfaces none = new PolicyRouting.Interfaces(0, 0, nic.index());
      for (int round = 0; round < ROUNDS; round++) {
        TableElements.difference(KernelTables.EMPTY, held).getFirst().messages();
        TableElements.difference(held, KernelTables.EMPTY).getFirst().messages();
        TableElements.difference(held, waiting).getFirst().messages();
        PolicyRouting.of(held, none).additions(PolicyRouting.of(waiting, none), 0);
        PolicyRouting.of(waiting, none).removals(PolicyRouting.of(held, none));
        Neighbours.set(nic.index(), ip, NOBODY);
        Neighbours.remove(nic.index(), ip);
        Departures.of(held, KernelTables.EMPTY);
        Waiting.between(waiting, held);
        Addresses.add(nic.index(), ip);
        Addresses.remove(nic.index(), ip);
        Claim.read(Announcer.frame(NOBODY, ip));
        Announcer.question(NOBODY, ip);
      }
    }
    for (int round = 0; round < ROUNDS; round++) {
      Links.get(route, nicName);
    }
    TableReading.of(nft);
    for (IpFamily family : IpFamily.values()) {
      PolicyRules.listOurs(route, family);
    }
  }

  private static KernelTables tables(IpAddress ip, int route) {
    SortedMap<Integer, Integer> routes = new TreeMap<>();
    routes.put(1, route);
    SortedMap<Integer, IpAddress> snat = new TreeMap<>();
    snat.put(1, ip);
    return new KernelTables(
        new TreeSet<>(List.of(ip)),
        new TreeSet<>(List.of(ip)),
        Collections.emptySortedSet(),
        Collections.emptySortedMap(),
        Collections.emptySortedMap(),
        routes,
        snat,
        Collections.emptySortedMap());
  }
}

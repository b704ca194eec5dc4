package io.sluice.agent.kernel;

import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.NextHop;
import io.sluice.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rules and routes that lead marked packets to the holders. A direct next hop takes a rule and
 * a route of its own family, one through the tunnel a rule and a route of each.
 *
 * @param rules all rules of ours but the last ones
 * @param routes the default routes by routing table and family
 */
record PolicyRouting(
    NavigableSet<PolicyRules.Rule> rules, NavigableMap<TableKey, Routes.DefaultRoute> routes) {

  /** A routing table of one family. */
  record TableKey(int table, IpFamily family) implements Comparable<TableKey> {
    @Override
    public int compareTo(TableKey other) {
      int byTable = Integer.compare(table, other.table);
      return byTable != 0 ? byTable : family.compareTo(other.family);
    }
  }

  /**
   * Interfaces that routes point to; 0 is one that is missing.
   *
   * @param waiting the one behind which packets wait
   */
  record Interfaces(int nic, int tunnel, int waiting) {
    int of(NextHop nextHop) {
      return nextHop.direct() ? nic : tunnel;
    }
  }

  static PolicyRouting none() {
    return new PolicyRouting(new TreeSet<>(), new TreeMap<>());
  }

  /** What the next hops take. */
  static PolicyRouting of(SortedMap<Integer, NextHop> nextHops, Interfaces interfaces) {
    PolicyRouting routing = none();
    nextHops.forEach((index, nextHop) -> routing.put(index, nextHop, interfaces));
    return routing;
  }

  /** What the tables take: their next hops, and a place for the packets that are to wait here. */
  static PolicyRouting of(KernelTables tables, Interfaces interfaces) {
    PolicyRouting routing = of(tables.routes(), interfaces);
    tables
        .waiting()
        .forEach((index, floatingIp) ->
            routing.putWaiting(index, floatingIp.family(), interfaces.waiting()));
    return routing;
  }

  /** Without the device packets do not wait, but meet the last rule. */
  private void putWaiting(int egressIndex, IpFamily family, int device) {
    if (device != 0) {
      int table = Ownership.FIRST_WAITING_TABLE + egressIndex;
      NextHop nobody = new NextHop(true, WaitingDevice.nextHop(egressIndex, family));
      rules.add(PolicyRules.Rule.toWait(family, egressIndex));
      routes.put(
          new TableKey(table, family), new Routes.DefaultRoute(family, table, nobody, device));
    }
  }

  /** Those of the tables' egress indexes whose packets are to wait and have no place for it. */
  NavigableSet<Integer> withoutWaitingPlace(KernelTables tables, Interfaces interfaces) {
    NavigableSet<Integer> without = new TreeSet<>();
    tables
        .waiting()
        .forEach((index, floatingIp) -> {
          PolicyRouting needed = none();
          needed.putWaiting(index, floatingIp.family(), interfaces.waiting());
          if (!contains(needed)) {
            without.add(index);
          }
        });
    return without;
  }

  private boolean contains(PolicyRouting other) {
    return rules.containsAll(other.rules) && routes.entrySet().containsAll(other.routes.entrySet());
  }

  /** Without its interface a next hop takes nothing, and its packets meet the last rule. */
  private void put(int index, NextHop nextHop, Interfaces interfaces) {
    if (interfaces.of(nextHop) == 0) {
      return;
    }
    for (IpFamily family : IpFamily.values()) {
      if (!nextHop.direct() || nextHop.node().family() == family) {
        int table = Ownership.FIRST_TABLE + index;
        rules.add(PolicyRules.Rule.toNextHop(family, index));
        routes.put(
            new TableKey(table, family),
            new Routes.DefaultRoute(family, table, nextHop, interfaces.of(nextHop)));
      }
    }
  }

  /** What the kernel has of ours. */
  static PolicyRouting inKernel(NetlinkSocket socket) {
    PolicyRouting routing = none();
    for (IpFamily family : IpFamily.values()) {
      routing.rules.addAll(PolicyRules.listOurs(socket, family));
      routing.rules.remove(PolicyRules.Rule.last(family));
      for (Routes.DefaultRoute route : Routes.listOurs(socket, family)) {
        routing.routes.put(new TableKey(route.table(), family), route);
      }
    }
    return routing;
  }

  /** The next hops whose rules and routes are all there. */
  SortedMap<Integer, NextHop> complete(Interfaces interfaces) {
    SortedMap<Integer, NextHop> complete = new TreeMap<>();
    routes.forEach((key, route) -> {
      int index = key.table() - Ownership.FIRST_TABLE;
      PolicyRouting needed = of(new TreeMap<>(Map.of(index, route.nextHop())), interfaces);
      boolean isIndex = index >= 1 && index <= KernelTables.MAX_ROUTE_INDEX;
      if (isIndex && !needed.routes.isEmpty() && contains(needed)) {
        complete.put(index, route.nextHop());
      }
    });
    return complete;
  }

  /**
   * Requests that add what the other has and this one lacks. Only routes known to be ours are
   * replaced; somebody else's in the same table makes them fail.
   */
  List<NetlinkRequest> additions(PolicyRouting wanted, int tunnelId) {
    List<NetlinkRequest> requests = new ArrayList<>();
    Difference.each(
        Difference.of(routes, wanted.routes).added(),
        (key, route) ->
            requests.add(
                routes.containsKey(key)
                    ? Routes.replace(route, tunnelId)
                    : Routes.add(route, tunnelId)));
    Difference.of(rules, wanted.rules)
        .added()
        .forEach(rule -> requests.add(PolicyRules.add(rule).tolerating(Errno.EEXIST)));
    return requests;
  }

  /** Requests that remove what the other lacks: rules first, so none leads into an empty table. */
  List<NetlinkRequest> removals(PolicyRouting wanted) {
    List<NetlinkRequest> requests = new ArrayList<>();
    Difference.of(rules, wanted.rules)
        .removed()
        .forEach(rule -> requests.add(PolicyRules.remove(rule).tolerating(Errno.ENOENT)));
    for (TableKey key : routes.keySet()) {
      if (!wanted.routes.containsKey(key)) {
        requests.add(Routes.remove(key.family(), key.table()).tolerating(Errno.ESRCH));
      }
    }
    return requests;
  }

  /** What either has. */
  PolicyRouting with(PolicyRouting other) {
    PolicyRouting both = new PolicyRouting(new TreeSet<>(rules), new TreeMap<>(routes));
    both.rules.addAll(other.rules);
    other.routes.forEach(both.routes::putIfAbsent);
    return both;
  }

  /** What this has and the other has not. */
  PolicyRouting without(PolicyRouting other) {
    PolicyRouting rest = new PolicyRouting(new TreeSet<>(rules), new TreeMap<>(routes));
    rest.rules.removeAll(other.rules);
    other.routes.forEach(rest.routes::remove);
    return rest;
  }
}

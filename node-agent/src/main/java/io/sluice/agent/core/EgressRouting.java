package io.sluice.agent.core;

import io.sluice.model.AgentReport.Nic;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Where packets of each floating IP go: translated here, to the node that holds it, or nowhere.
 * From the moment a holder is asked to let go, to its successor, where they wait for the grant.
 *
 * <p>Only floating IPs that were touched are looked at again, because a failover must not wait for
 * a thousand others.
 */
final class EgressRouting {

  /**
   * Where one floating IP is.
   *
   * @param route a route index, or one of the two special values
   * @param via the next hop that the route index stands for
   * @param translated whether this node can translate to it: it holds it, or is ready to
   */
  private record Place(int index, int route, Optional<NextHop> via, boolean translated) {

    Place translated(boolean here) {
      return new Place(index, route, via, here);
    }
  }

  private final String node;
  private final StableNumbers<IpAddress> egressIndexes;
  private final StableNumbers<NextHop> routeIndexes =
      new StableNumbers<>(1, KernelTables.MAX_ROUTE_INDEX);
  private RememberedNumbers remembered = RememberedNumbers.NONE;

  private SortedSet<IpAddress> served = Collections.emptySortedSet();
  private final SortedSet<IpAddress> touched = new TreeSet<>();
  private final Map<IpAddress, Place> places = new HashMap<>();
  private final Map<NextHop, Integer> users = new HashMap<>();
  private final SortedMap<IpAddress, String> problems = new TreeMap<>();

  private final SortedMap<Integer, Integer> egressRoutes = new TreeMap<>();
  private final SortedMap<Integer, IpAddress> snat = new TreeMap<>();
  private final SortedMap<Integer, NextHop> routes = new TreeMap<>();
  private boolean egressRoutesChanged;
  private boolean routesChanged;
  private SortedMap<Integer, Integer> publishedEgressRoutes = KernelTables.EMPTY.egressRoutes();
  private SortedMap<Integer, IpAddress> publishedSnat = KernelTables.EMPTY.snat();
  private SortedMap<Integer, NextHop> publishedRoutes = KernelTables.EMPTY.routes();

  /** Of this node; egress indexes are shared with {@link ClassTable}. */
  EgressRouting(String node, StableNumbers<IpAddress> egressIndexes) {
    this.node = node;
    this.egressIndexes = egressIndexes;
  }

  void remember(RememberedNumbers earlier) {
    remembered = earlier;
  }

  /** From now on these are all the floating IPs that packets may have to leave with. */
  void serve(SortedSet<IpAddress> floatingIps) {
    for (IpAddress floatingIp : served) {
      if (!floatingIps.contains(floatingIp)) {
        forget(floatingIp);
      }
    }
    for (IpAddress floatingIp : floatingIps) {
      if (!places.containsKey(floatingIp)) {
        touched.add(floatingIp);
      }
    }
    served = floatingIps;
  }

  /** Something about this floating IP has changed. */
  void touch(IpAddress floatingIp) {
    touched.add(floatingIp);
  }

  /** Something about all of them has changed. */
  void touchAll() {
    touched.addAll(served);
  }

  /** Finds a place for what was touched. */
  void route(
      Assignments assignments, SortedSet<IpAddress> held, SortedSet<IpAddress> prepared, Nic nic) {
    for (IpAddress floatingIp : touched) {
      if (served.contains(floatingIp)) {
        problems.remove(floatingIp);
        OptionalInt index = egressIndexes.numberOf(floatingIp, remembered.egress(floatingIp));
        index.ifPresentOrElse(
            number ->
                put(
                    floatingIp,
                    find(floatingIp, number, assignments, held, prepared, nic)
                        .translated(held.contains(floatingIp) || prepared.contains(floatingIp))),
            () -> problems.put(floatingIp, "no egress index is left for " + floatingIp));
      }
    }
    touched.clear();
    if (egressRoutesChanged) {
      publishedEgressRoutes = Collections.unmodifiableSortedMap(new TreeMap<>(egressRoutes));
      publishedSnat = Collections.unmodifiableSortedMap(new TreeMap<>(snat));
      egressRoutesChanged = false;
    }
    if (routesChanged) {
      publishedRoutes = Collections.unmodifiableSortedMap(new TreeMap<>(routes));
      routesChanged = false;
    }
  }

  /** Egress index to route; as the other two the same instance as long as nothing changed. */
  SortedMap<Integer, Integer> egressRoutes() {
    return publishedEgressRoutes;
  }

  /** Egress index to floating IP, for those that this node can translate to. */
  SortedMap<Integer, IpAddress> snat() {
    return publishedSnat;
  }

  /** Route index to next hop. */
  SortedMap<Integer, NextHop> routes() {
    return publishedRoutes;
  }

  /** What could not be routed, and why. */
  List<String> problems() {
    return new ArrayList<>(problems.values());
  }

  /** The kernel has forgotten the routes that went out of use. */
  void settle() {
    routeIndexes.settle();
  }

  private Place find(
      IpAddress floatingIp,
      int index,
      Assignments assignments,
      SortedSet<IpAddress> held,
      SortedSet<IpAddress> prepared,
      Nic nic) {
    if (held.contains(floatingIp)) {
      return new Place(index, KernelTables.HELD_HERE, Optional.empty(), true);
    }
    Optional<Holder> next = assignments.of(floatingIp).flatMap(EgressRouting::next);
    if (next.filter(this::isHere).isPresent()) {
      // Never back to the former holder: that one sends everything here.
      int route = prepared.contains(floatingIp) ? KernelTables.HELD_BACK : KernelTables.NOWHERE;
      return new Place(index, route, Optional.empty(), false);
    }
    return next.map(holder -> at(holder, floatingIp, index, nic))
        .orElseGet(() -> new Place(index, KernelTables.NOWHERE, Optional.empty(), false));
  }

  /**
   * Who has it next: an address that is being let go of is where it was, unless a successor is
   * named, which waits for it.
   */
  private static Optional<Holder> next(Assignment assignment) {
    return switch (assignment.state()) {
      case GRANTED, UNASSIGNED -> assignment.holder();
      case RELEASING -> assignment.successor().or(assignment::holder);
    };
  }

  private boolean isHere(Holder holder) {
    return holder.node().equals(node);
  }

  private Place at(Holder holder, IpAddress floatingIp, int index, Nic nic) {
    Optional<NextHop> nextHop = wayTo(holder, floatingIp, nic);
    if (nextHop.isEmpty()) {
      problems.put(
          floatingIp,
          "no way to %s, which holds %s: it has told no address of a family that %s has"
              .formatted(holder.node(), floatingIp, nic.name()));
    }
    OptionalInt route =
        nextHop
            .map(hop -> routeIndexes.numberOf(hop, remembered.route(hop)))
            .orElse(OptionalInt.empty());
    if (nextHop.isPresent() && route.isEmpty()) {
      problems.put(floatingIp, "no route index is left for the holder of " + floatingIp);
    }
    return route.isPresent()
        ? new Place(index, route.getAsInt(), nextHop, false)
        : new Place(index, KernelTables.NOWHERE, Optional.empty(), false);
  }

  /** Takes the new place before it gives up the old one: they may share a route. */
  private void put(IpAddress floatingIp, Place place) {
    place.via().ifPresent(hop -> use(hop, place.route()));
    Place before = places.put(floatingIp, place);
    if (before != null) {
      before.via().ifPresent(hop -> leave(hop, before.route()));
    }
    if (place.equals(before)) {
      return;
    }
    egressRoutesChanged = true;
    egressRoutes.put(place.index(), place.route());
    if (place.translated()) {
      snat.put(place.index(), floatingIp);
    } else {
      snat.remove(place.index());
    }
  }

  private void forget(IpAddress floatingIp) {
    Place place = places.remove(floatingIp);
    problems.remove(floatingIp);
    egressIndexes.release(floatingIp);
    if (place != null) {
      place.via().ifPresent(hop -> leave(hop, place.route()));
      egressRoutesChanged = true;
      egressRoutes.remove(place.index());
      snat.remove(place.index());
    }
  }

  private void use(NextHop hop, int route) {
    users.merge(hop, 1, Integer::sum);
    routesChanged |= routes.put(route, hop) == null;
  }

  private void leave(NextHop hop, int route) {
    int left = users.merge(hop, -1, Integer::sum);
    if (left == 0) {
      users.remove(hop);
      routesChanged = true;
      routes.remove(route);
      routeIndexes.release(hop);
    }
  }

  /** Direct, with an address of the floating IP's own family; or else through the tunnel. */
  private static Optional<NextHop> wayTo(Holder holder, IpAddress floatingIp, Nic nic) {
    List<IpAddress> addresses =
        holder.addresses().stream().map(InterfaceAddress::address).sorted().toList();
    Optional<NextHop> direct =
        addresses.stream()
            .filter(address -> address.family() == floatingIp.family() && nic.reaches(address))
            .findFirst()
            .map(address -> new NextHop(true, address));
    return direct.or(() ->
        Stream.concat(
                addresses.stream().filter(a -> a.family() == floatingIp.family()),
                addresses.stream().filter(a -> a.family() != floatingIp.family()))
            .filter(address -> hasFamilyOf(address, nic))
            .findFirst()
            .map(address -> new NextHop(false, address)));
  }

  private static boolean hasFamilyOf(IpAddress address, Nic nic) {
    return nic.addresses().stream().anyMatch(own -> own.address().family() == address.family());
  }
}

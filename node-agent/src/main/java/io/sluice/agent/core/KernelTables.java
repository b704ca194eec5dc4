package io.sluice.agent.core;

import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything Sluice wants in the kernel of one node, as a value.
 *
 * <p>Sets and maps that are unmodifiable views already ({@link Collections#unmodifiableSortedMap},
 * {@link Collections#unmodifiableSortedSet}) are taken as they are and must not change beneath:
 * successive values share what did not change, and comparing them costs nothing. Others are copied.
 *
 * @param held the floating IPs this node carries on its network interface, also those that it is
 *     only ready for
 * @param pool all floating IPs of the cluster, wherever they are; nothing but replies comes in on
 *     them and nothing but bound traffic leaves with them
 * @param clusterNetworks destinations that are never egress traffic; reduced to the fewest disjoint
 *     networks
 * @param podClasses Pod IP to the number of its class
 * @param classes class number (0 to {@link #MAX_CLASS}) to the class; a class without ranges is
 *     left out, as it says no more than a missing one
 * @param egressRoutes egress index to route index, {@link #HELD_HERE}, {@link #HELD_BACK} or {@link
 *     #NOWHERE}; packets of an index without entry are dropped
 * @param snat egress index to floating IP, for those carried here, also those that it is only ready
 *     for: what other nodes send for these waits, whatever their route is
 * @param routes route index (1 to {@link #MAX_ROUTE_INDEX}) to the holder
 * @param leakGuard what keeps packets of Pods that are not known yet from leaving
 */
public record KernelTables(
    SortedSet<IpAddress> held,
    SortedSet<IpAddress> pool,
    SortedSet<Cidr> clusterNetworks,
    SortedMap<IpAddress, Integer> podClasses,
    SortedMap<Integer, PodClass> classes,
    SortedMap<Integer, Integer> egressRoutes,
    SortedMap<Integer, IpAddress> snat,
    SortedMap<Integer, NextHop> routes,
    LeakGuard leakGuard) {

  /** The route of an egress index whose floating IP is held by this node. */
  public static final int HELD_HERE = 0;

  /** The route of an egress index whose floating IP nobody holds: its packets are dropped. */
  public static final int NOWHERE = -1;

  /**
   * The route of an egress index whose floating IP this node is about to be granted: its packets
   * wait here.
   */
  public static final int HELD_BACK = 2047;

  public static final int MAX_EGRESS_INDEX = 0xFFFF;
  public static final int MAX_ROUTE_INDEX = 2046;
  public static final int MAX_CLASS = 0x0FFF_FFFF;

  public static final KernelTables EMPTY =
      new KernelTables(
          Collections.emptySortedSet(),
          Collections.emptySortedSet(),
          Collections.emptySortedSet(),
          Collections.emptySortedMap(),
          Collections.emptySortedMap(),
          Collections.emptySortedMap(),
          Collections.emptySortedMap(),
          Collections.emptySortedMap());

  /** Tables without a leak guard. */
  public KernelTables(
      SortedSet<IpAddress> held,
      SortedSet<IpAddress> pool,
      SortedSet<Cidr> clusterNetworks,
      SortedMap<IpAddress, Integer> podClasses,
      SortedMap<Integer, PodClass> classes,
      SortedMap<Integer, Integer> egressRoutes,
      SortedMap<Integer, IpAddress> snat,
      SortedMap<Integer, NextHop> routes) {
    this(
        held,
        pool,
        clusterNetworks,
        podClasses,
        classes,
        egressRoutes,
        snat,
        routes,
        LeakGuard.NONE);
  }

  public KernelTables {
    held = frozen(held);
    pool = frozen(pool);
    clusterNetworks = CidrCover.of(clusterNetworks);
    podClasses = frozen(podClasses);
    classes = withRanges(classes);
    egressRoutes = frozen(egressRoutes);
    snat = frozen(snat);
    routes = frozen(routes);
    classes.keySet().forEach(number -> require("a class number", number, 0, MAX_CLASS));
    egressRoutes.keySet().forEach(KernelTables::requireEgressIndex);
    egressRoutes
        .values()
        .forEach(route -> require("the route of an egress index", route, NOWHERE, HELD_BACK));
    snat.keySet().forEach(KernelTables::requireEgressIndex);
    routes.keySet().forEach(index -> require("a route index", index, 1, MAX_ROUTE_INDEX));
  }

  /**
   * Egress index to floating IP, for those that this node is ready for and does not hold: what
   * other nodes send for them waits here.
   */
  public SortedMap<Integer, IpAddress> waiting() {
    SortedMap<Integer, IpAddress> waiting = new TreeMap<>();
    snat.forEach((index, floatingIp) -> {
      if (egressRoutes.getOrDefault(index, NOWHERE) != HELD_HERE) {
        waiting.put(index, floatingIp);
      }
    });
    return waiting;
  }

  /** These tables, but letting go of some floating IPs: nobody holds them then. */
  public KernelTables withoutHeld(Set<IpAddress> released) {
    SortedSet<IpAddress> stillHeld = new TreeSet<>(held);
    stillHeld.removeAll(released);
    SortedMap<Integer, Integer> newRoutes = new TreeMap<>(egressRoutes);
    SortedMap<Integer, IpAddress> stillTranslated = new TreeMap<>(snat);
    snat.forEach((index, floatingIp) -> {
      if (released.contains(floatingIp)) {
        newRoutes.replace(index, HELD_HERE, NOWHERE);
        newRoutes.replace(index, HELD_BACK, NOWHERE);
        stillTranslated.remove(index);
      }
    });
    return new KernelTables(
        stillHeld,
        pool,
        clusterNetworks,
        podClasses,
        classes,
        newRoutes,
        stillTranslated,
        routes,
        leakGuard);
  }

  /** These tables with another leak guard. */
  public KernelTables withLeakGuard(LeakGuard other) {
    return new KernelTables(
        held, pool, clusterNetworks, podClasses, classes, egressRoutes, snat, routes, other);
  }

  static void requireEgressIndex(int index) {
    require("an egress index", index, 1, MAX_EGRESS_INDEX);
  }

  private static void require(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s lies between %d and %d, not %d".formatted(what, least, most, value));
    }
  }

  private static SortedMap<Integer, PodClass> withRanges(SortedMap<Integer, PodClass> classes) {
    if (classes.values().stream().noneMatch(podClass -> podClass.ranges().isEmpty())) {
      return frozen(classes);
    }
    SortedMap<Integer, PodClass> kept = new TreeMap<>(classes);
    kept.values().removeIf(podClass -> podClass.ranges().isEmpty());
    return frozen(kept);
  }

  /** The JDK hands back an unmodifiable view of its own kind unchanged, which tells it apart. */
  @SuppressWarnings("ReferenceEquality")
  static <K, V> SortedMap<K, V> frozen(SortedMap<K, V> map) {
    return Collections.unmodifiableSortedMap(map) == map
        ? map
        : Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }

  @SuppressWarnings("ReferenceEquality")
  static <T> SortedSet<T> frozen(SortedSet<T> set) {
    return Collections.unmodifiableSortedSet(set) == set
        ? set
        : Collections.unmodifiableSortedSet(new TreeSet<>(set));
  }
}

package io.sluice.agent.core;

import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Says in a line what differs between two states of the kernel. */
public final class TableDifferences {

  /** More than this many of one kind are only counted. */
  private static final int MOST_NAMED = 5;

  private TableDifferences() {}

  /** The addresses in the first set but not in the second. */
  public static SortedSet<IpAddress> without(SortedSet<IpAddress> all, SortedSet<IpAddress> less) {
    SortedSet<IpAddress> rest = new TreeSet<>(all);
    rest.removeAll(less);
    return rest;
  }

  /** Names the parts that change; costs nothing where the two share an instance. */
  public static String changed(KernelTables from, KernelTables to) {
    List<String> parts = new ArrayList<>();
    changed(parts, "pool", from.pool(), to.pool());
    changed(parts, "cluster networks", from.clusterNetworks(), to.clusterNetworks());
    sized(parts, "pods", from.podClasses(), to.podClasses());
    sized(parts, "classes", from.classes(), to.classes());
    sized(parts, "egress routes", from.egressRoutes(), to.egressRoutes());
    sized(parts, "routes", from.routes(), to.routes());
    changed(parts, "guarded networks", from.leakGuard().ownPods(), to.leakGuard().ownPods());
    changed(parts, "pods cleared", from.leakGuard().cleared(), to.leakGuard().cleared());
    return parts.isEmpty() ? "nothing else" : String.join(", ", parts);
  }

  /** Says entry by entry what the kernel held instead of what was expected. */
  public static String drift(KernelTables expected, KernelTables found) {
    List<String> parts = new ArrayList<>();
    drift(parts, "held", expected.held(), found.held());
    drift(parts, "pool", expected.pool(), found.pool());
    drift(parts, "cluster networks", expected.clusterNetworks(), found.clusterNetworks());
    drift(parts, "pod", expected.podClasses(), found.podClasses());
    drift(parts, "class", expected.classes(), found.classes());
    drift(parts, "egress route", expected.egressRoutes(), found.egressRoutes());
    drift(parts, "snat", expected.snat(), found.snat());
    drift(parts, "route", expected.routes(), found.routes());
    drift(parts, "own Pods", expected.leakGuard().ownPods(), found.leakGuard().ownPods());
    drift(parts, "all Pods", expected.leakGuard().allPods(), found.leakGuard().allPods());
    drift(parts, "cleared", expected.leakGuard().cleared(), found.leakGuard().cleared());
    return String.join("; ", parts);
  }

  private static void changed(List<String> parts, String name, SortedSet<?> from, SortedSet<?> to) {
    if (!from.equals(to)) {
      parts.add("%s %d -> %d".formatted(name, from.size(), to.size()));
    }
  }

  /** Another instance has changed somewhere; finding out where costs more than it tells. */
  @SuppressWarnings("ReferenceEquality")
  private static void sized(
      List<String> parts, String name, SortedMap<?, ?> from, SortedMap<?, ?> to) {
    if (from != to) {
      parts.add("%s %d -> %d".formatted(name, from.size(), to.size()));
    }
  }

  private static <T> void drift(
      List<String> parts, String name, SortedSet<T> expected, SortedSet<T> found) {
    if (expected.equals(found)) {
      return;
    }
    SortedSet<T> missing = new TreeSet<>(expected);
    missing.removeAll(found);
    SortedSet<T> extra = new TreeSet<>(found);
    extra.removeAll(expected);
    add(parts, name + " missing", missing);
    add(parts, name + " too many", extra);
  }

  private static <K, V> void drift(
      List<String> parts, String name, SortedMap<K, V> expected, SortedMap<K, V> found) {
    if (expected.equals(found)) {
      return;
    }
    SortedSet<K> missing = new TreeSet<>();
    SortedSet<K> other = new TreeSet<>();
    for (Map.Entry<K, V> entry : expected.entrySet()) {
      V there = found.get(entry.getKey());
      if (there == null) {
        missing.add(entry.getKey());
      } else if (!Objects.equals(there, entry.getValue())) {
        other.add(entry.getKey());
      }
    }
    SortedSet<K> extra = new TreeSet<>(found.keySet());
    extra.removeAll(expected.keySet());
    add(parts, name + " missing", missing);
    add(parts, name + " too many", extra);
    add(parts, name + " different", other);
  }

  private static void add(List<String> parts, String what, SortedSet<?> which) {
    if (!which.isEmpty()) {
      String named =
          which.stream().limit(MOST_NAMED).map(String::valueOf).collect(Collectors.joining(", "));
      int more = which.size() - MOST_NAMED;
      parts.add(what + ": " + named + (more > 0 ? " and " + more + " more" : ""));
    }
  }
}

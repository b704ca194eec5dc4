package io.sluice.agent.core;

import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which Pods of this node are known, and from where nobody else may leave. */
final class Clearances {

  private final String node;
  private final LeakGuardMode mode;
  private final Map<BindingId.OfClearance, List<IpAddress>> podIps = new HashMap<>();
  private SortedMap<String, List<Cidr>> guardedPods = Collections.emptySortedMap();
  private LeakGuard latest = LeakGuard.NONE;
  private boolean changed;

  Clearances(String node, LeakGuardMode mode) {
    this.node = node;
    this.mode = mode;
  }

  /** A Pod is known; one of another node is none of ours, or not any more. */
  void put(BindingId.OfClearance id, Binding.Clearance clearance) {
    if (clearance.node().equals(node)) {
      changed |= !clearance.podIps().equals(podIps.put(id, clearance.podIps()));
    } else {
      remove(id);
    }
  }

  /** A Pod is not known any more. */
  void remove(BindingId.OfClearance id) {
    changed |= podIps.remove(id) != null;
  }

  /** From these networks of Pods, by node, nothing may leave without a clearance. */
  void guard(SortedMap<String, List<Cidr>> networks) {
    changed |= !networks.equals(guardedPods);
    guardedPods = networks;
  }

  /** How many Pods of this node are known. */
  int size() {
    return podIps.size();
  }

  /** The Pods of this node that are known. */
  Set<BindingId.OfClearance> known() {
    return Collections.unmodifiableSet(podIps.keySet());
  }

  /** What follows for the kernel; the same instance as long as nothing changed. */
  LeakGuard leakGuard() {
    if (changed) {
      changed = false;
      LeakGuard now = computed();
      latest = now.equals(latest) ? latest : now;
    }
    return latest;
  }

  private LeakGuard computed() {
    if (mode == LeakGuardMode.OPEN || guardedPods.isEmpty()) {
      return LeakGuard.NONE;
    }
    SortedSet<Cidr> allPods = new TreeSet<>();
    guardedPods.values().forEach(allPods::addAll);
    SortedSet<IpAddress> cleared = new TreeSet<>();
    podIps.values().forEach(cleared::addAll);
    return new LeakGuard(
        new TreeSet<>(guardedPods.getOrDefault(node, List.of())), allPods, cleared);
  }
}

package io.sluice.agent.core;

import io.sluice.agent.core.Flattening.Rule;
import io.sluice.model.Binding;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What each class of Pods may reach, and how: policies turned into disjoint ranges. */
final class ClassTable {

  private final StableNumbers<IpAddress> egressIndexes;
  private final SortedMap<String, Binding.OfPolicy> policies = new TreeMap<>();
  private final Set<String> changed = new HashSet<>();
  private SortedMap<Integer, List<String>> sets = Collections.emptySortedMap();
  private SortedMap<Integer, PodClass> published = KernelTables.EMPTY.classes();
  private RememberedNumbers remembered = RememberedNumbers.NONE;

  /** Egress indexes are shared with {@link EgressRouting}. */
  ClassTable(StableNumbers<IpAddress> egressIndexes) {
    this.egressIndexes = egressIndexes;
  }

  void remember(RememberedNumbers earlier) {
    remembered = earlier;
  }

  void put(String policy, Binding.OfPolicy binding) {
    if (!binding.equals(policies.put(policy, binding))) {
      changed.add(policy);
    }
  }

  void remove(String policy) {
    if (policies.remove(policy) != null) {
      changed.add(policy);
    }
  }

  /** Every policy there is, by name. */
  SortedMap<String, Binding.OfPolicy> policies() {
    return Collections.unmodifiableSortedMap(policies);
  }

  /** The floating IPs that policies leave with. */
  SortedSet<IpAddress> egressIps() {
    SortedSet<IpAddress> all = new TreeSet<>();
    policies.values().forEach(policy -> all.addAll(policy.egressIps()));
    return all;
  }

  /**
   * Class number to class, without those that nothing can be said of; the same instance as long as
   * nothing changed.
   */
  SortedMap<Integer, PodClass> classes(SortedMap<Integer, List<String>> policySets) {
    if (changed.isEmpty() && policySets.equals(sets)) {
      return published;
    }
    SortedMap<Integer, PodClass> classes = new TreeMap<>();
    for (Map.Entry<Integer, List<String>> entry : policySets.entrySet()) {
      int number = entry.getKey();
      List<String> names = entry.getValue();
      boolean same = names.equals(sets.get(number)) && names.stream().noneMatch(changed::contains);
      PodClass podClass = same ? published.get(number) : flatten(number, names);
      if (podClass != null && !podClass.ranges().isEmpty()) {
        classes.put(number, podClass);
      }
    }
    sets = policySets;
    changed.clear();
    if (!classes.equals(published)) {
      published = Collections.unmodifiableSortedMap(classes);
    }
    return published;
  }

  /** A policy that is not known, yet or any more, has no destinations. */
  private PodClass flatten(int number, List<String> names) {
    List<Rule> rules = new ArrayList<>();
    for (String name : names) {
      Binding.OfPolicy policy = policies.get(name);
      if (policy != null) {
        for (Cidr destination : policy.destinations()) {
          Verdict verdict = verdict(number, policy, destination);
          rules.add(new Rule(destination, policy.createdAtMillis(), name, verdict));
        }
      }
    }
    return new PodClass(Flattening.flatten(rules));
  }

  private Verdict verdict(int number, Binding.OfPolicy policy, Cidr destination) {
    return switch (policy.action()) {
      case NO_SNAT -> new Verdict.KeepPodAddress();
      case SNAT ->
          policy.egressIps().stream()
              .filter(egressIp -> egressIp.family() == destination.family())
              .findFirst()
              .<Verdict>map(egressIp -> egress(number, destination, egressIp))
              .orElse(new Verdict.Drop());
    };
  }

  private Verdict egress(int number, Cidr destination, IpAddress egressIp) {
    OptionalInt earlier = remembered.egress(egressIp);
    OptionalInt index =
        egressIndexes.numberOf(
            egressIp, earlier.isPresent() ? earlier : remembered.egress(number, destination));
    return index.isPresent() ? new Verdict.Egress(index.getAsInt()) : new Verdict.Drop();
  }
}

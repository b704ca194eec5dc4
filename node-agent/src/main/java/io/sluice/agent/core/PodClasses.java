package io.sluice.agent.core;

import io.sluice.model.BindingId;
import io.sluice.model.IpAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which class each Pod address is in. A class stands for a set of policies; Pods with equal sets
 * share it.
 *
 * <p>For a moment two Pods may claim one address: a new Pod has got it before the record of the
 * former one was deleted. Then the Pod that comes first by namespace and name counts, alone, so
 * that every node decides alike.
 */
final class PodClasses {

  private static final Comparator<BindingId.OfPod> POD_FIRST =
      Comparator.comparing(BindingId.OfPod::namespace)
          .thenComparing(BindingId.OfPod::pod)
          .thenComparing(BindingId.OfPod::policy);

  private static final BindingId.OfPod[] NOBODY = {};

  /** Names come and go with namespaces; more than this many at a time are kept twice. */
  private static final int MAX_SHARED_NAMES = 10_000;

  /** A class in use; {@code pods} counts the addresses in it. */
  private static final class PolicySet {
    final List<String> policies;
    final int number;
    int pods;

    PolicySet(List<String> policies, int number) {
      this.policies = policies;
      this.number = number;
    }
  }

  private final Map<BindingId.OfPod, List<IpAddress>> bindings = new HashMap<>();

  /** Who claims an address, in order; arrays, because nearly all have one element. */
  private final Map<IpAddress, BindingId.OfPod[]> claims = new HashMap<>();

  /** One instance of a name: a policy or namespace is named by thousands of records. */
  private final Map<String, String> sharedNames = new HashMap<>();

  private final StableNumbers<List<String>> numbers =
      new StableNumbers<>(0, KernelTables.MAX_CLASS);
  private final Map<List<String>, PolicySet> setsByPolicies = new HashMap<>();
  private final SortedMap<Integer, PolicySet> setsByNumber = new TreeMap<>();
  private final SortedMap<IpAddress, Integer> classOfPod = new TreeMap<>();
  private final SortedSet<IpAddress> unclassified = new TreeSet<>();
  private SortedMap<IpAddress, Integer> published = KernelTables.EMPTY.podClasses();
  private SortedMap<Integer, List<String>> publishedSets = Collections.emptySortedMap();
  private RememberedNumbers remembered = RememberedNumbers.NONE;

  void remember(RememberedNumbers earlier) {
    remembered = earlier;
  }

  /** A policy matches a Pod with these addresses. */
  void put(BindingId.OfPod binding, List<IpAddress> podIps) {
    BindingId.OfPod id =
        new BindingId.OfPod(shared(binding.policy()), shared(binding.namespace()), binding.pod());
    List<IpAddress> before = bindings.put(id, podIps);
    if (podIps.equals(before)) {
      return;
    }
    if (before != null) {
      before.forEach(podIp -> disclaim(podIp, id));
    }
    podIps.forEach(podIp -> claim(podIp, id));
  }

  /** A policy does not match a Pod any more. */
  void remove(BindingId.OfPod id) {
    List<IpAddress> before = bindings.remove(id);
    if (before != null) {
      before.forEach(podIp -> disclaim(podIp, id));
    }
  }

  /** How many bindings there are. */
  int size() {
    return bindings.size();
  }

  /** Every binding there is. */
  SortedSet<BindingId.OfPod> bound() {
    SortedSet<BindingId.OfPod> all = new TreeSet<>(POD_FIRST);
    all.addAll(bindings.keySet());
    return all;
  }

  /** Pod address to class number; the same instance as long as nothing changed. */
  SortedMap<IpAddress, Integer> classes() {
    if (!unclassified.isEmpty()) {
      boolean changed = false;
      for (IpAddress podIp : unclassified) {
        changed |= classify(podIp);
      }
      unclassified.clear();
      if (changed) {
        published = Collections.unmodifiableSortedMap(new TreeMap<>(classOfPod));
        SortedMap<Integer, List<String>> sets = new TreeMap<>();
        setsByNumber.forEach((number, set) -> sets.put(number, set.policies));
        publishedSets = Collections.unmodifiableSortedMap(sets);
      }
    }
    return published;
  }

  /** The numbers of classes in use, and the policies each stands for; after {@link #classes()}. */
  SortedMap<Integer, List<String>> policySets() {
    return publishedSets;
  }

  /** The kernel has forgotten the classes that went out of use. */
  void settle() {
    numbers.settle();
  }

  private boolean classify(IpAddress podIp) {
    List<String> policies = policiesOf(podIp);
    Integer number = classOfPod.get(podIp);
    PolicySet before = number == null ? null : setsByNumber.get(number);
    if (before == null ? policies.isEmpty() : before.policies.equals(policies)) {
      return false;
    }
    if (policies.isEmpty()) {
      classOfPod.remove(podIp);
    } else {
      PolicySet now = setOf(policies, podIp);
      now.pods++;
      classOfPod.put(podIp, now.number);
    }
    if (before != null && --before.pods == 0) {
      setsByPolicies.remove(before.policies);
      setsByNumber.remove(before.number);
      numbers.release(before.policies);
    }
    return true;
  }

  private PolicySet setOf(List<String> policies, IpAddress podIp) {
    PolicySet known = setsByPolicies.get(policies);
    if (known != null) {
      return known;
    }
    OptionalInt number = numbers.numberOf(policies, remembered.podClass(podIp));
    PolicySet set = new PolicySet(policies, number.orElseThrow());
    setsByPolicies.put(policies, set);
    setsByNumber.put(set.number, set);
    return set;
  }

  /** The policies that match the one Pod that counts; sorted. */
  private List<String> policiesOf(IpAddress podIp) {
    BindingId.OfPod[] claimants = claims.getOrDefault(podIp, NOBODY);
    return Arrays.stream(claimants)
        .filter(claimant ->
            claimant.namespace().equals(claimants[0].namespace())
                && claimant.pod().equals(claimants[0].pod()))
        .map(BindingId.OfPod::policy)
        .toList();
  }

  private void claim(IpAddress podIp, BindingId.OfPod id) {
    BindingId.OfPod[] before = claims.getOrDefault(podIp, NOBODY);
    if (Arrays.binarySearch(before, id, POD_FIRST) < 0) {
      BindingId.OfPod[] now = Arrays.copyOf(before, before.length + 1);
      now[before.length] = id;
      Arrays.sort(now, POD_FIRST);
      claims.put(podIp, now);
    }
    unclassified.add(podIp);
  }

  private void disclaim(IpAddress podIp, BindingId.OfPod id) {
    BindingId.OfPod[] now =
        Arrays.stream(claims.getOrDefault(podIp, NOBODY))
            .filter(claimant -> !claimant.equals(id))
            .toArray(BindingId.OfPod[]::new);
    if (now.length == 0) {
      claims.remove(podIp);
    } else {
      claims.put(podIp, now);
    }
    unclassified.add(podIp);
  }

  private String shared(String name) {
    if (sharedNames.size() >= MAX_SHARED_NAMES) {
      sharedNames.clear();
    }
    return sharedNames.computeIfAbsent(name, same -> same);
  }
}

package io.sluice.agent.core;

import io.sluice.model.AgentReport.Nic;
import io.sluice.model.Assignment;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Cidr;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What an agent has read, and what follows from it for the kernel of its node.
 *
 * <p>Records go in one by one; {@link #tables} then recomputes only what they touch: a changed
 * assignment costs the routes, a changed policy the classes it is part of, a changed Pod the map of
 * Pods. What did not change is the same instance as before, so comparing costs nothing either.
 */
public final class AgentState {

  private final StableNumbers<IpAddress> egressIndexes =
      new StableNumbers<>(1, KernelTables.MAX_EGRESS_INDEX);
  private final Assignments assignments = new Assignments();
  private final PodClasses pods = new PodClasses();
  private final ClassTable classes = new ClassTable(egressIndexes);
  private final EgressRouting routing;
  private final Clearances clearances;
  private final List<String> problems = new ArrayList<>();
  private SortedSet<Cidr> clusterNetworks = KernelTables.EMPTY.clusterNetworks();

  /** Whether anything that tables are made of has changed since they were made. */
  private boolean changed = true;

  /** Whether there are other floating IPs than before. */
  private boolean floatingIpsChanged = true;

  private SortedSet<IpAddress> pool = KernelTables.EMPTY.pool();
  private SortedSet<IpAddress> requestedHeld = Collections.emptySortedSet();
  private SortedSet<IpAddress> requestedPrepared = Collections.emptySortedSet();
  private Optional<Nic> knownNic = Optional.empty();
  private KernelTables latest = KernelTables.EMPTY;

  /** Of the agent on this node. */
  public AgentState(String node, LeakGuardMode leakGuard) {
    routing = new EgressRouting(node, egressIndexes);
    clearances = new Clearances(node, leakGuard);
  }

  /** Prefers the numbers that are in the kernel already; for the start, before {@link #tables}. */
  public void remember(KernelTables observed) {
    RememberedNumbers earlier = new RememberedNumbers(observed);
    pods.remember(earlier);
    classes.remember(earlier);
    routing.remember(earlier);
  }

  /** Takes in a record of {@code sluice.assignments}; empty is a tombstone. */
  public Assignments.Reading read(IpAddress floatingIp, Optional<Assignment> assignment) {
    boolean before = isInPool(assignments.of(floatingIp));
    Assignments.Reading reading =
        assignment
            .map(value -> assignments.put(floatingIp, value))
            .orElseGet(() -> assignments.remove(floatingIp));
    if (reading == Assignments.Reading.ACCEPTED) {
      changed = true;
      floatingIpsChanged |= before != isInPool(assignments.of(floatingIp));
      routing.touch(floatingIp);
    }
    return reading;
  }

  /**
   * Takes in a record of {@code sluice.bindings}; empty is a tombstone.
   *
   * @return whether key and value are of one kind; if not, the record says nothing and is left out
   */
  public boolean read(BindingId id, Optional<Binding> binding) {
    boolean understood =
        switch (id) {
          case BindingId.OfPod of -> readPod(of, binding);
          case BindingId.OfPolicy of -> readPolicy(of, binding);
          case BindingId.OfClearance of -> readClearance(of, binding);
          case BindingId.ClusterNetworks _ -> readClusterNetworks(binding);
        };
    changed |= understood;
    return understood;
  }

  private boolean readPod(BindingId.OfPod id, Optional<Binding> binding) {
    switch (binding.orElse(null)) {
      case null -> pods.remove(id);
      case Binding.OfPod pod -> pods.put(id, pod.podIps());
      case Binding.OfPolicy _, Binding.Clearance _, Binding.ClusterNetworks _ -> {
        return false;
      }
    }
    return true;
  }

  private boolean readPolicy(BindingId.OfPolicy id, Optional<Binding> binding) {
    switch (binding.orElse(null)) {
      case null -> classes.remove(id.policy());
      case Binding.OfPolicy policy -> classes.put(id.policy(), policy);
      case Binding.OfPod _, Binding.Clearance _, Binding.ClusterNetworks _ -> {
        return false;
      }
    }
    floatingIpsChanged = true;
    return true;
  }

  private boolean readClearance(BindingId.OfClearance id, Optional<Binding> binding) {
    switch (binding.orElse(null)) {
      case null -> clearances.remove(id);
      case Binding.Clearance clearance -> clearances.put(id, clearance);
      case Binding.OfPolicy _, Binding.OfPod _, Binding.ClusterNetworks _ -> {
        return false;
      }
    }
    return true;
  }

  private boolean readClusterNetworks(Optional<Binding> binding) {
    switch (binding.orElse(null)) {
      case null -> {
        clusterNetworks = KernelTables.EMPTY.clusterNetworks();
        clearances.guard(Collections.emptySortedMap());
      }
      case Binding.ClusterNetworks all -> {
        clusterNetworks = CidrCover.of(new TreeSet<>(all.networks()));
        clearances.guard(all.guardedPods());
      }
      case Binding.OfPolicy _, Binding.OfPod _, Binding.Clearance _ -> {
        return false;
      }
    }
    return true;
  }

  /**
   * Takes in both topics as they are now, in place of all that was read before; what is not in them
   * was deleted. Epochs stay known.
   *
   * @return the bindings that were not understood
   */
  public List<BindingId> readAll(
      Map<IpAddress, Assignment> allAssignments, Map<BindingId, Binding> bindings) {
    Set<IpAddress> gone = new HashSet<>(assignments.all().keySet());
    gone.removeAll(allAssignments.keySet());
    gone.forEach(floatingIp -> read(floatingIp, Optional.empty()));
    Set<BindingId> unbound = new HashSet<>(pods.bound());
    classes.policies().keySet().forEach(name -> unbound.add(new BindingId.OfPolicy(name)));
    unbound.addAll(clearances.known());
    unbound.add(new BindingId.ClusterNetworks());
    unbound.removeAll(bindings.keySet());
    unbound.forEach(id -> read(id, Optional.empty()));
    allAssignments.forEach((floatingIp, value) -> read(floatingIp, Optional.of(value)));
    List<BindingId> misunderstood = new ArrayList<>();
    bindings.forEach((id, value) -> {
      if (!read(id, Optional.of(value))) {
        misunderstood.add(id);
      }
    });
    return misunderstood;
  }

  /** How many policies have a binding. */
  public int policiesBound() {
    return classes.policies().size();
  }

  /** How many Pods have a binding. */
  public int podsBound() {
    return pods.size();
  }

  /** How many Pods of this node are known, whether a policy matches them or not. */
  public int podsCleared() {
    return clearances.size();
  }

  /** The newest assignment of each floating IP. */
  public Assignments assignments() {
    return assignments;
  }

  /** What the kernel is to hold if there is nothing to be ready for. */
  public KernelTables tables(SortedSet<IpAddress> held, Nic nic) {
    return tables(held, Collections.emptySortedSet(), nic);
  }

  /**
   * What the kernel is to hold; the same instance as before when nothing changed.
   *
   * @param held the floating IPs this node is to hold
   * @param prepared those that it is to be ready for: address and translation are in place, what
   *     other nodes send waits, and packets of its own Pods go to the holder until that one is
   *     asked to let go
   * @param nic the interface that carries them
   */
  public KernelTables tables(SortedSet<IpAddress> held, SortedSet<IpAddress> prepared, Nic nic) {
    requestedHeld = noted(requestedHeld, held);
    requestedPrepared = noted(requestedPrepared, prepared);
    noteNic(nic);
    if (!changed) {
      return latest;
    }
    var podClasses = pods.classes();
    var classTable = classes.classes(pods.policySets());
    if (floatingIpsChanged) {
      gatherFloatingIps(nic);
    }
    SortedSet<IpAddress> holdable = inPool(requestedHeld);
    SortedSet<IpAddress> preparable = inPool(requestedPrepared);
    routing.route(assignments, holdable, preparable, nic);
    latest =
        new KernelTables(
            both(holdable, preparable),
            pool,
            clusterNetworks,
            podClasses,
            classTable,
            routing.egressRoutes(),
            routing.snat(),
            routing.routes(),
            clearances.leakGuard());
    changed = false;
    floatingIpsChanged = false;
    return latest;
  }

  private SortedSet<IpAddress> noted(SortedSet<IpAddress> before, SortedSet<IpAddress> now) {
    if (now.equals(before)) {
      return before;
    }
    TableDifferences.without(now, before).forEach(routing::touch);
    TableDifferences.without(before, now).forEach(routing::touch);
    changed = true;
    return Collections.unmodifiableSortedSet(new TreeSet<>(now));
  }

  private static SortedSet<IpAddress> both(
      SortedSet<IpAddress> held, SortedSet<IpAddress> prepared) {
    if (prepared.isEmpty()) {
      return held;
    }
    SortedSet<IpAddress> both = new TreeSet<>(held);
    both.addAll(prepared);
    return Collections.unmodifiableSortedSet(both);
  }

  private void noteNic(Nic nic) {
    if (!knownNic.equals(Optional.of(nic))) {
      knownNic = Optional.of(nic);
      routing.touchAll();
      floatingIpsChanged = true;
      changed = true;
    }
  }

  /** The kernel holds the latest tables: numbers that are not in them may be used again. */
  public void settle() {
    pods.settle();
    egressIndexes.settle();
    routing.settle();
  }

  /** What of the latest tables could not be as decided, and why. */
  public List<String> problems() {
    List<String> all = new ArrayList<>(problems);
    all.addAll(routing.problems());
    return all;
  }

  /** An address that nobody holds and no gateway lists any more is none of our business. */
  private static boolean isInPool(Optional<Assignment> assignment) {
    return assignment
        .map(value -> value.gateway().isPresent() || value.holder().isPresent())
        .orElse(false);
  }

  /**
   * Finds out which floating IPs there are. Never an address of this node itself: the guards that
   * protect a floating IP would cut the node off.
   */
  private void gatherFloatingIps(Nic nic) {
    problems.clear();
    SortedSet<IpAddress> newPool = new TreeSet<>();
    assignments
        .all()
        .forEach((floatingIp, assignment) -> {
          if (isInPool(Optional.of(assignment))) {
            newPool.add(floatingIp);
          }
        });
    for (IpAddress own : nic.addresses().stream().map(InterfaceAddress::address).toList()) {
      if (newPool.remove(own)) {
        problems.add(own + " is an address of this node itself and cannot be a floating IP");
      }
    }
    pool = newPool.equals(pool) ? pool : Collections.unmodifiableSortedSet(newPool);
    SortedSet<IpAddress> floatingIps = new TreeSet<>(pool);
    floatingIps.addAll(classes.egressIps());
    routing.serve(floatingIps);
  }

  private SortedSet<IpAddress> inPool(SortedSet<IpAddress> requested) {
    if (pool.containsAll(requested)) {
      return requested;
    }
    SortedSet<IpAddress> possible = new TreeSet<>(requested);
    possible.retainAll(pool);
    return Collections.unmodifiableSortedSet(possible);
  }
}

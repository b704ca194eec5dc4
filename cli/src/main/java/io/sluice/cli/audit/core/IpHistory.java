package io.sluice.cli.audit.core;

import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.BindingChanged;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that happened to a floating IP, in the order of the log: where it was, which policies left
 * with it, and which Pods those matched.
 */
public final class IpHistory implements AuditObserver {

  /** Something that happened. */
  public sealed interface Event {

    Decision decision();

    /**
     * The address moved.
     *
     * @param policies those that left with it then
     * @param pods those that they matched then
     */
    record Moved(Move move, List<String> policies, List<BindingId.OfPod> pods) implements Event {

      public Moved {
        policies = List.copyOf(policies);
        pods = List.copyOf(pods);
      }

      @Override
      public Decision decision() {
        return move.decision();
      }
    }

    /**
     * A policy began, or ceased, to leave with the address.
     *
     * @param pods those that it matched then
     */
    record PolicyChanged(
        Decision decision, String policy, boolean leavesWithIt, List<BindingId.OfPod> pods)
        implements Event {

      public PolicyChanged {
        pods = List.copyOf(pods);
      }
    }

    /** Of a policy that leaves with the address, Pods came, changed or went. */
    record PodsChanged(
        Decision decision,
        String policy,
        List<BindingId.OfPod> bound,
        List<BindingId.OfPod> unbound)
        implements Event {

      public PodsChanged {
        bound = List.copyOf(bound);
        unbound = List.copyOf(unbound);
      }
    }
  }

  private final IpAddress ip;
  private final List<Event> events = new ArrayList<>();

  /** The policies that leave with the address now, and the Pods that they match. */
  private final SortedMap<String, SortedSet<BindingId.OfPod>> users = new TreeMap<>();

  public IpHistory(IpAddress ip) {
    this.ip = ip;
  }

  /** What happened so far. */
  public List<Event> events() {
    return List.copyOf(events);
  }

  @Override
  public void moved(Move move) {
    if (move.ip().equals(ip)) {
      List<BindingId.OfPod> pods = users.values().stream().flatMap(Collection::stream).toList();
      events.add(new Event.Moved(move, List.copyOf(users.keySet()), pods));
    }
  }

  @Override
  public void changing(AuditFold fold, Decision decision, StateChange change) {
    if (change instanceof BindingChanged(var id, var binding)) {
      switch (id) {
        case BindingId.OfPolicy(var policy) -> policyChanging(fold, decision, policy, binding);
        case BindingId.OfPod pod when users.containsKey(pod.policy()) ->
            podChanging(decision, pod, binding.isPresent());
        case BindingId.OfPod _, BindingId.OfClearance _, BindingId.ClusterNetworks _ -> {
          // It has nothing to do with the address.
        }
      }
    }
  }

  private void policyChanging(
      AuditFold fold, Decision decision, String policy, Optional<Binding> binding) {
    boolean before = users.containsKey(policy);
    boolean after =
        binding
            .filter(it -> it instanceof Binding.OfPolicy of && of.egressIps().contains(ip))
            .isPresent();
    if (after && !before) {
      SortedSet<BindingId.OfPod> pods = new TreeSet<>(AuditFold.BY_POLICY_AND_POD);
      pods.addAll(fold.podsOf(policy).keySet());
      users.put(policy, pods);
      events.add(new Event.PolicyChanged(decision, policy, true, List.copyOf(pods)));
    } else if (before && !after) {
      events.add(
          new Event.PolicyChanged(decision, policy, false, List.copyOf(users.remove(policy))));
    }
  }

  /** A namespace's labels may change a thousand Pods at once: that is one event. */
  private void podChanging(Decision decision, BindingId.OfPod pod, boolean bound) {
    List<BindingId.OfPod> came = new ArrayList<>();
    List<BindingId.OfPod> went = new ArrayList<>();
    if (!events.isEmpty()
        && events.getLast() instanceof Event.PodsChanged last
        && last.decision().isSameEntry(decision)
        && last.policy().equals(pod.policy())) {
      came.addAll(last.bound());
      went.addAll(last.unbound());
      events.removeLast();
    }
    (bound ? came : went).add(pod);
    SortedSet<BindingId.OfPod> pods = users.get(pod.policy());
    if (bound) {
      pods.add(pod);
    } else {
      pods.remove(pod);
    }
    events.add(new Event.PodsChanged(decision, pod.policy(), came, went));
  }
}

package io.sluice.allocator.core.selection;

import io.sluice.allocator.core.NodeNetworks;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.StateChange.BindingChanged;
import io.sluice.model.Workload.Namespace;
import io.sluice.model.Workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is to be decided after a change of one object. Changes nothing, and looks only at what that
 * object can touch.
 */
final class SelectionPlan {

  private SelectionPlan() {}

  /** The bindings that are wrong now that this object is as it is. */
  static List<BindingChanged> after(SelectionState state, ObjectId changed) {
    return switch (changed.kind()) {
      case POD -> ofPod(state, new PodName(changed.namespace(), changed.name()));
      case NAMESPACE ->
          state.pods(changed.name()).keySet().stream()
              .flatMap(pod -> ofPod(state, new PodName(changed.name(), pod)).stream())
              .toList();
      case EGRESS_NAT_POLICY -> ofPolicy(state, changed.name());
      case NODE, ANTHOS_NETWORK_GATEWAY, NETWORK_GATEWAY_GROUP, MANIFEST_FILE -> List.of();
    };
  }

  /**
   * Agents let a Pod without a binding leave once it has its clearance. So that comes behind its
   * bindings, and goes before them.
   */
  static List<BindingChanged> ofPod(SelectionState state, PodName name) {
    Pod pod = state.pods(name.namespace()).get(name.name());
    Namespace namespace = state.namespaces().get(name.namespace());
    SortedSet<String> bound = state.policiesBoundTo(name);
    SortedSet<String> candidates = new TreeSet<>(bound);
    boolean bindable = pod != null && namespace != null && Matching.isBindable(pod);
    if (bindable) {
      candidates.addAll(state.policiesOf(name.namespace()));
    }
    Optional<Binding> clearance =
        bindable ? Optional.of(Matching.clearance(pod)) : Optional.empty();
    boolean otherClearance = !clearance.equals(state.clearance(name));
    List<BindingChanged> changes = new ArrayList<>();
    if (otherClearance && state.clearance(name).isPresent()) {
      changes.add(new BindingChanged(name.clearance(), Optional.empty()));
    }
    for (String policyName : candidates) {
      Policy policy = state.policies().get(policyName);
      boolean matches = bindable && policy != null && Matching.matches(policy, namespace, pod);
      addIfChanged(state, policyName, name, matches ? Optional.of(pod) : Optional.empty(), changes);
    }
    if (otherClearance && clearance.isPresent()) {
      changes.add(new BindingChanged(name.clearance(), clearance));
    }
    return changes;
  }

  private static List<BindingChanged> ofPolicy(SelectionState state, String policyName) {
    List<BindingChanged> changes = new ArrayList<>();
    Policy policy = state.policies().get(policyName);
    for (PodName bound : state.bindings(policyName).keySet()) {
      Pod pod = state.pods(bound.namespace()).get(bound.name());
      Namespace namespace = state.namespaces().get(bound.namespace());
      boolean stays =
          policy != null
              && pod != null
              && namespace != null
              && Matching.matches(policy, namespace, pod);
      if (!stays) {
        changes.add(new BindingChanged(bound.boundTo(policyName), Optional.empty()));
      }
    }
    if (policy == null) {
      return changes;
    }
    for (Map.Entry<String, Namespace> namespace : state.namespaces().entrySet()) {
      if (!state.policiesOf(namespace.getKey()).contains(policyName)) {
        continue;
      }
      state
          .pods(namespace.getKey())
          .forEach((podName, pod) -> {
            if (Matching.isBindable(pod) && Matching.matches(policy, namespace.getValue(), pod)) {
              PodName name = new PodName(namespace.getKey(), podName);
              addIfChanged(state, policyName, name, Optional.of(pod), changes);
            }
          });
    }
    return changes;
  }

  private static void addIfChanged(
      SelectionState state,
      String policy,
      PodName name,
      Optional<Pod> bound,
      List<BindingChanged> changes) {
    Optional<Binding> wanted = bound.map(Matching::binding);
    if (!wanted.equals(Optional.ofNullable(state.bindings(policy).get(name)))) {
      changes.add(new BindingChanged(name.boundTo(policy), wanted));
    }
  }

  /**
   * What lies inside the cluster: node addresses and Pod networks.
   *
   * @param guarded whether Pods need a clearance to leave
   */
  static Optional<BindingChanged> networks(SelectionState state, boolean guarded) {
    SortedSet<Cidr> networks = new TreeSet<>();
    SortedMap<String, List<Cidr>> guardedPods = new TreeMap<>();
    state
        .nodes()
        .forEach((name, node) -> {
          NodeNetworks read = NodeNetworks.of(node);
          for (IpAddress address : read.addresses()) {
            networks.add(Cidr.of(address));
          }
          networks.addAll(read.podCidrs());
          if (guarded && !read.podCidrs().isEmpty()) {
            guardedPods.put(name, read.podCidrs());
          }
        });
    Optional<Binding> wanted =
        Optional.of(new Binding.ClusterNetworks(List.copyOf(networks), guardedPods));
    boolean nothingKnown = networks.isEmpty() && state.networks().isEmpty();
    return nothingKnown || wanted.equals(state.networks())
        ? Optional.empty()
        : Optional.of(new BindingChanged(new BindingId.ClusterNetworks(), wanted));
  }
}

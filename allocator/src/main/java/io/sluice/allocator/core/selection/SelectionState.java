package io.sluice.allocator.core.selection;

import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.BindingChanged;
import io.sluice.model.StateChange.ResourceObserved;
import io.sluice.model.StateChange.WorkloadObserved;
import io.sluice.model.Workload;
import io.sluice.model.Workload.Namespace;
import io.sluice.model.Workload.Pod;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that selection knows and has decided. Only {@link #apply} changes it; applying the last
 * change of every entity, in any order, gives an equal state.
 */
public final class SelectionState {

  private final SortedMap<String, Policy> policies = new TreeMap<>();
  private final SortedMap<String, Node> nodes = new TreeMap<>();
  private final SortedMap<String, Namespace> namespaces = new TreeMap<>();
  private final Map<String, SortedMap<String, Pod>> podsByNamespace = new HashMap<>();
  private final Map<String, SortedMap<PodName, Binding>> bindingsByPolicy = new HashMap<>();
  private final Map<PodName, Binding> clearances = new HashMap<>();
  private Optional<Binding> networks = Optional.empty();

  /** Indexes, so that a Pod costs only the policies that may match it. */
  private final Map<String, SortedSet<String>> policiesByNamespace = new HashMap<>();

  private final Map<PodName, SortedSet<String>> policiesByBoundPod = new HashMap<>();

  /** Makes the change. */
  public void apply(StateChange change) {
    switch (change) {
      case ResourceObserved(var id, var resource) -> observeResource(id, resource);
      case WorkloadObserved(var id, var workload) -> observeWorkload(id, workload);
      case BindingChanged(BindingId.OfPod id, var binding) -> bind(id, binding);
      case BindingChanged(BindingId.OfClearance id, var binding) ->
          put(clearances, new PodName(id.namespace(), id.pod()), binding);
      case BindingChanged(BindingId.ClusterNetworks _, var binding) -> networks = binding;
      case BindingChanged(BindingId.OfPolicy _, _),
          StateChange.AgentObserved _,
          StateChange.LivenessChanged _,
          StateChange.HoldOffChanged _,
          StateChange.EgressChosen _,
          StateChange.AssignmentChanged _ ->
          throw new IllegalArgumentException("allocation decides on " + change.entity());
    }
  }

  private void observeResource(ObjectId id, Optional<Resource> resource) {
    switch (id.kind()) {
      case EGRESS_NAT_POLICY ->
          observePolicy(
              id.name(), resource.filter(Policy.class::isInstance).map(Policy.class::cast));
      case NODE ->
          put(nodes, id.name(), resource.filter(Node.class::isInstance).map(Node.class::cast));
      case ANTHOS_NETWORK_GATEWAY, NETWORK_GATEWAY_GROUP, NAMESPACE, POD, MANIFEST_FILE -> {}
    }
  }

  private void observePolicy(String name, Optional<Policy> policy) {
    put(policies, name, policy);
    namespaces.forEach((namespace, content) -> {
      if (policy.isPresent() && Matching.mayMatchIn(policy.get(), content)) {
        policiesByNamespace.computeIfAbsent(namespace, _ -> new TreeSet<>()).add(name);
      } else {
        remove(policiesByNamespace, namespace, name);
      }
    });
  }

  private void observeWorkload(ObjectId id, Optional<Workload> workload) {
    switch (id.kind()) {
      case NAMESPACE ->
          observeNamespace(
              id.name(), workload.filter(Namespace.class::isInstance).map(Namespace.class::cast));
      case POD -> {
        SortedMap<String, Pod> pods =
            podsByNamespace.computeIfAbsent(id.namespace(), _ -> new TreeMap<>());
        put(pods, id.name(), workload.filter(Pod.class::isInstance).map(Pod.class::cast));
        if (pods.isEmpty()) {
          podsByNamespace.remove(id.namespace());
        }
      }
      case ANTHOS_NETWORK_GATEWAY, NETWORK_GATEWAY_GROUP, EGRESS_NAT_POLICY, NODE, MANIFEST_FILE ->
          throw new IllegalArgumentException(id + " is no workload");
    }
  }

  private void observeNamespace(String name, Optional<Namespace> namespace) {
    put(namespaces, name, namespace);
    policiesByNamespace.remove(name);
    namespace.ifPresent(content ->
        policies.forEach((policyName, policy) -> {
          if (Matching.mayMatchIn(policy, content)) {
            policiesByNamespace.computeIfAbsent(name, _ -> new TreeSet<>()).add(policyName);
          }
        }));
  }

  private void bind(BindingId.OfPod id, Optional<Binding> binding) {
    PodName pod = new PodName(id.namespace(), id.pod());
    if (binding.isPresent()) {
      bindingsByPolicy.computeIfAbsent(id.policy(), _ -> new TreeMap<>()).put(pod, binding.get());
      policiesByBoundPod.computeIfAbsent(pod, _ -> new TreeSet<>()).add(id.policy());
      return;
    }
    SortedMap<PodName, Binding> bindings = bindingsByPolicy.get(id.policy());
    if (bindings != null) {
      bindings.remove(pod);
      if (bindings.isEmpty()) {
        bindingsByPolicy.remove(id.policy());
      }
    }
    remove(policiesByBoundPod, pod, id.policy());
  }

  private static <K, V> void put(Map<K, V> map, K key, Optional<V> value) {
    if (value.isPresent()) {
      map.put(key, value.get());
    } else {
      map.remove(key);
    }
  }

  private static <K, V> void remove(Map<K, SortedSet<V>> map, K key, V value) {
    map.computeIfPresent(
        key,
        (_, values) -> {
          values.remove(value);
          return values.isEmpty() ? null : values;
        });
  }

  /** The policies that could be understood. */
  public SortedMap<String, Policy> policies() {
    return Collections.unmodifiableSortedMap(policies);
  }

  public SortedMap<String, Node> nodes() {
    return Collections.unmodifiableSortedMap(nodes);
  }

  public SortedMap<String, Namespace> namespaces() {
    return Collections.unmodifiableSortedMap(namespaces);
  }

  /** The Pods of a namespace, by name. */
  public SortedMap<String, Pod> pods(String namespace) {
    return Collections.unmodifiableSortedMap(
        podsByNamespace.getOrDefault(namespace, Collections.emptySortedMap()));
  }

  /** The policies that may match a Pod of the namespace, by the labels of the namespace alone. */
  SortedSet<String> policiesOf(String namespace) {
    return Collections.unmodifiableSortedSet(
        policiesByNamespace.getOrDefault(namespace, Collections.emptySortedSet()));
  }

  /** The policies that the Pod is bound to. */
  SortedSet<String> policiesBoundTo(PodName pod) {
    return Collections.unmodifiableSortedSet(
        policiesByBoundPod.getOrDefault(pod, Collections.emptySortedSet()));
  }

  /** The Pods that are bound to the policy. */
  SortedMap<PodName, Binding> bindings(String policy) {
    return Collections.unmodifiableSortedMap(
        bindingsByPolicy.getOrDefault(policy, Collections.emptySortedMap()));
  }

  /** All that agents are told of Pods and of the cluster. */
  public Map<BindingId, Binding> bindings() {
    Map<BindingId, Binding> all = new HashMap<>();
    bindingsByPolicy.forEach(
        (policy, pods) -> pods.forEach((pod, binding) -> all.put(pod.boundTo(policy), binding)));
    clearances.forEach((pod, binding) -> all.put(pod.clearance(), binding));
    networks.ifPresent(binding -> all.put(new BindingId.ClusterNetworks(), binding));
    return all;
  }

  /** How many Pods are bound to the policy. */
  public int matchedPods(String policy) {
    return bindings(policy).size();
  }

  /** What agents have been told of a Pod of which all policies are known. */
  Optional<Binding> clearance(PodName pod) {
    return Optional.ofNullable(clearances.get(pod));
  }

  /** Every Pod there is. */
  List<PodName> pods() {
    List<PodName> all = new ArrayList<>();
    podsByNamespace.forEach(
        (namespace, pods) -> pods.keySet().forEach(pod -> all.add(new PodName(namespace, pod))));
    return all;
  }

  /** What agents know of what lies inside the cluster. */
  Optional<Binding> networks() {
    return networks;
  }

  private List<Object> content() {
    return List.of(
        policies, nodes, namespaces, podsByNamespace, bindingsByPolicy, clearances, networks);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SelectionState state && content().equals(state.content());
  }

  @Override
  public int hashCode() {
    return content().hashCode();
  }

  @Override
  public String toString() {
    return content().toString();
  }
}

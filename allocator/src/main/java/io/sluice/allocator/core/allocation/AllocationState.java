package io.sluice.allocator.core.allocation;

import io.sluice.allocator.core.NodeNetworks;
import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Gateway;
import io.sluice.model.IpAddress;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AgentObserved;
import io.sluice.model.StateChange.AssignmentChanged;
import io.sluice.model.StateChange.BindingChanged;
import io.sluice.model.StateChange.EgressChosen;
import io.sluice.model.StateChange.HoldOffChanged;
import io.sluice.model.StateChange.LivenessChanged;
import io.sluice.model.StateChange.ResourceObserved;
import io.sluice.model.StateChange.WorkloadObserved;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that allocation knows and has decided. Only {@link #apply} changes it; applying the last
 * change of every entity, in any order, gives an equal state.
 */
public final class AllocationState {

  private final SortedMap<ObjectId, Resource> resources = new TreeMap<>();
  private final SortedMap<ObjectId, Gateway> gateways = new TreeMap<>();
  private final SortedMap<String, Policy> policies = new TreeMap<>();
  private final SortedMap<String, Node> nodes = new TreeMap<>();
  private final SortedMap<String, AgentReport> reports = new TreeMap<>();
  private final SortedMap<String, LivenessChanged> liveness = new TreeMap<>();
  private final SortedMap<String, HoldOffChanged> holdOffs = new TreeMap<>();
  private final SortedMap<String, List<IpAddress>> egressIps = new TreeMap<>();
  private final SortedMap<IpAddress, Assignment> assignments = new TreeMap<>();
  private final SortedMap<String, Binding> bindings = new TreeMap<>();

  /** Derived from the above, computed when asked for. */
  private FloatingIpPool pool;

  private SortedMap<String, PolicyOutcome> outcomes;

  /** The texts of each object are read once, not again for every decision. */
  private final SortedMap<String, PolicyReading> readings = new TreeMap<>();

  private final SortedMap<String, NodeNetworks> nodeNetworks = new TreeMap<>();

  /** Makes the change. */
  public void apply(StateChange change) {
    switch (change) {
      case ResourceObserved(var id, var resource) -> observe(id, resource);
      case AgentObserved(var node, var report) -> observe(node, report);
      case LivenessChanged changed -> liveness.put(changed.node(), changed);
      case HoldOffChanged changed -> holdOffs.put(changed.node(), changed);
      case EgressChosen(var policy, var ips) -> choose(policy, ips);
      case AssignmentChanged(var ip, var assignment) -> assignments.put(ip, assignment);
      case BindingChanged(BindingId.OfPolicy(var policy), var binding) ->
          put(bindings, policy, binding);
      case BindingChanged(BindingId.OfPod _, _),
          BindingChanged(BindingId.OfClearance _, _),
          BindingChanged(BindingId.ClusterNetworks _, _) ->
          throw notOurs(change);
      case WorkloadObserved _ -> throw notOurs(change);
    }
  }

  private static IllegalArgumentException notOurs(StateChange change) {
    return new IllegalArgumentException("selection decides on " + change.entity());
  }

  private void observe(ObjectId id, Optional<Resource> resource) {
    put(resources, id, resource);
    switch (id.kind()) {
      case ANTHOS_NETWORK_GATEWAY, NETWORK_GATEWAY_GROUP -> {
        put(gateways, id, resource.filter(Gateway.class::isInstance).map(Gateway.class::cast));
        forgetPool();
      }
      case EGRESS_NAT_POLICY -> {
        Optional<Policy> policy = resource.filter(Policy.class::isInstance).map(Policy.class::cast);
        put(policies, id.name(), policy);
        put(readings, id.name(), policy.map(PolicyReading::of));
        outcomes = null;
      }
      case NODE -> {
        Optional<Node> node = resource.filter(Node.class::isInstance).map(Node.class::cast);
        put(nodes, id.name(), node);
        Optional<NodeNetworks> networks = node.map(NodeNetworks::of);
        if (!networks.equals(Optional.ofNullable(nodeNetworks.get(id.name())))) {
          put(nodeNetworks, id.name(), networks);
          forgetPool();
        }
      }
      case NAMESPACE, POD, MANIFEST_FILE ->
          throw new IllegalArgumentException(id + " is no resource");
    }
  }

  private void forgetPool() {
    pool = null;
    outcomes = null;
  }

  private void observe(String node, Optional<AgentReport> report) {
    AgentReport before = reports.get(node);
    put(reports, node, report);
    boolean sameAddresses =
        before != null
            && report.isPresent()
            && before.nic().addresses().equals(report.get().nic().addresses());
    if (!sameAddresses) {
      forgetPool();
    }
  }

  /** A choice that is what was proposed proposes nothing new. */
  private void choose(String policy, List<IpAddress> ips) {
    put(egressIps, policy, ips.isEmpty() ? Optional.empty() : Optional.of(ips));
    PolicyOutcome proposed = outcomes == null ? null : outcomes.get(policy);
    List<IpAddress> proposedIps = proposed == null ? List.of() : proposed.egressIps();
    if (!proposedIps.equals(ips)) {
      outcomes = null;
    }
  }

  private static <K, V> void put(Map<K, V> map, K key, Optional<? extends V> value) {
    if (value.isPresent()) {
      map.put(key, value.get());
    } else {
      map.remove(key);
    }
  }

  /** Every gateway, policy and node, also the malformed. */
  public SortedMap<ObjectId, Resource> resources() {
    return Collections.unmodifiableSortedMap(resources);
  }

  /** The gateways that could be understood. */
  public SortedMap<ObjectId, Gateway> gateways() {
    return Collections.unmodifiableSortedMap(gateways);
  }

  /** The policies that could be understood. */
  public SortedMap<String, Policy> policies() {
    return Collections.unmodifiableSortedMap(policies);
  }

  /** What the texts of each policy say. */
  SortedMap<String, PolicyReading> readings() {
    return Collections.unmodifiableSortedMap(readings);
  }

  /** What the texts of each node say. */
  SortedMap<String, NodeNetworks> nodeNetworks() {
    return Collections.unmodifiableSortedMap(nodeNetworks);
  }

  public SortedMap<String, Node> nodes() {
    return Collections.unmodifiableSortedMap(nodes);
  }

  /** What each node's agent said last. */
  public SortedMap<String, AgentReport> reports() {
    return Collections.unmodifiableSortedMap(reports);
  }

  public SortedMap<String, LivenessChanged> liveness() {
    return Collections.unmodifiableSortedMap(liveness);
  }

  /** How steady each node is that ever fell silent and came back. */
  public SortedMap<String, HoldOffChanged> holdOffs() {
    return Collections.unmodifiableSortedMap(holdOffs);
  }

  /** The node's hold-off; empty if it is not held off. */
  public Optional<HoldOffChanged> heldOff(String node) {
    return Optional.ofNullable(holdOffs.get(node)).filter(known -> known.untilMillis().isPresent());
  }

  /** The floating IPs that each policy leaves with; a policy that has none is not in it. */
  public SortedMap<String, List<IpAddress>> egressIps() {
    return Collections.unmodifiableSortedMap(egressIps);
  }

  public SortedMap<IpAddress, Assignment> assignments() {
    return Collections.unmodifiableSortedMap(assignments);
  }

  /** What agents are told of each policy. */
  public SortedMap<String, Binding> bindings() {
    return Collections.unmodifiableSortedMap(bindings);
  }

  /** The floating IPs of all gateways. */
  public FloatingIpPool pool() {
    if (pool == null) {
      pool = FloatingIpPool.of(this);
    }
    return pool;
  }

  /** What every policy gets. */
  public SortedMap<String, PolicyOutcome> policyOutcomes() {
    if (outcomes == null) {
      outcomes = Collections.unmodifiableSortedMap(EgressChoice.choose(this));
    }
    return outcomes;
  }

  /** The session with which the node is alive, or comes back at once; empty if it is not. */
  Optional<Long> aliveSession(String node) {
    return Optional.ofNullable(liveness.get(node))
        .filter(LivenessChanged::isAlive)
        .map(LivenessChanged::session);
  }

  private List<Object> content() {
    return List.of(resources, reports, liveness, holdOffs, egressIps, assignments, bindings);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AllocationState state && content().equals(state.content());
  }

  @Override
  public int hashCode() {
    return content().hashCode();
  }

  /** Names the entities and what they are, for the message of a failed comparison. */
  @Override
  public String toString() {
    return content().toString();
  }
}

package io.sluice.cli.audit.core;

import io.sluice.allocator.core.allocation.AllocationState;
import io.sluice.allocator.core.allocation.Eligibility;
import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.AuditKey.Stream;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Gateway;
import io.sluice.model.IpAddress;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange.EgressChosen;
import io.sluice.model.StateChange.HoldOffChanged;
import io.sluice.model.StateChange.LivenessChanged;
import io.sluice.model.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Why something is as it is where a fold ends. */
public sealed interface Explanation {

  /**
   * Of a floating IP.
   *
   * @param had where it is, and what leaves with it
   * @param gateway the gateway that lists it now
   * @param nodes every node and why it may not be given the address; empty text if it may
   */
  record OfIp(WhoHad had, Optional<ObjectId> gateway, SortedMap<String, String> nodes)
      implements Explanation {}

  /**
   * Of a policy.
   *
   * @param binding what agents are told of it; empty if nothing
   * @param status what its owner is told of it
   * @param egressIps its floating IPs and where they are
   * @param written the decision upon its last change in the API
   * @param chosen the decision on its egress IPs
   */
  record OfPolicy(
      String policy,
      Optional<Binding.OfPolicy> binding,
      Optional<Status.Condition> status,
      List<Whereabouts> egressIps,
      List<PolicyUse.PodUse> pods,
      Optional<Decision> written,
      Optional<Decision> chosen)
      implements Explanation {}

  /**
   * Of a node.
   *
   * @param node as the API has it; empty if it does not
   * @param liveness empty if its agent was never heard
   * @param carries the floating IPs that it has or is to let go of
   * @param gateways every gateway and why the node may carry none of its addresses; empty text if
   *     it may
   * @param holdOff how steady it is; empty if it never fell silent and came back
   * @param decision what last changed its liveness
   */
  record OfNode(
      String name,
      Optional<Node> node,
      Optional<LivenessChanged> liveness,
      Optional<AgentReport> report,
      List<Whereabouts> carries,
      SortedMap<ObjectId, String> gateways,
      Optional<HoldOffChanged> holdOff,
      Optional<Decision> decision)
      implements Explanation {}

  /** Empty if the address is none that a gateway lists or listed. */
  static Optional<OfIp> ofIp(AuditFold fold, IpAddress ip) {
    AllocationState state = fold.allocation();
    Optional<ObjectId> owner = Optional.ofNullable(state.pool().owners().get(ip));
    if (owner.isEmpty() && !state.assignments().containsKey(ip)) {
      return Optional.empty();
    }
    SortedMap<String, String> nodes = new TreeMap<>();
    if (owner.isPresent()) {
      Gateway gateway = state.gateways().get(owner.get());
      Eligibility eligibility = new Eligibility(state);
      for (String node : knownNodes(fold)) {
        nodes.put(
            node,
            eligibility
                .unfitFor(ip, gateway, node)
                .map(it -> it.reason())
                .or(() -> eligibility.whyLast(node))
                .orElse(""));
      }
    }
    return Optional.of(new OfIp(WhoHad.of(fold, ip), owner, nodes));
  }

  /** Empty if there is no such policy. */
  static Optional<OfPolicy> ofPolicy(AuditFold fold, String policy) {
    AllocationState state = fold.allocation();
    ObjectId id = ObjectId.policy(policy);
    if (!state.resources().containsKey(id)) {
      return Optional.empty();
    }
    List<IpAddress> ips = state.egressIps().getOrDefault(policy, List.of());
    return Optional.of(
        new OfPolicy(
            policy,
            Optional.ofNullable(state.bindings().get(policy)).map(Binding.OfPolicy.class::cast),
            fold.statuses().get(id).conditions().stream().findFirst(),
            ips.stream().map(ip -> Whereabouts.of(fold, ip)).toList(),
            PolicyUse.pods(fold, policy),
            fold.origin(Stream.ALLOCATION, "object " + id),
            fold.origin(Stream.ALLOCATION, new EgressChosen(policy, List.of()).entity())
                .or(() -> fold.origin(new BindingId.OfPolicy(policy)))));
  }

  /** Empty if there is no such node, and never was one that beat. */
  static Optional<OfNode> ofNode(AuditFold fold, String name) {
    if (!knownNodes(fold).contains(name)) {
      return Optional.empty();
    }
    AllocationState state = fold.allocation();
    List<Whereabouts> carries = new ArrayList<>();
    state
        .assignments()
        .forEach((ip, assignment) -> {
          if (assignment.holder().map(Assignment.Holder::node).filter(name::equals).isPresent()) {
            carries.add(Whereabouts.of(fold, ip));
          }
        });
    Eligibility eligibility = new Eligibility(state);
    SortedMap<ObjectId, String> gateways = new TreeMap<>();
    state
        .gateways()
        .forEach((id, gateway) ->
            gateways.put(
                id, eligibility.unfitFor(gateway, name).map(it -> it.reason()).orElse("")));
    Optional<LivenessChanged> liveness = Optional.ofNullable(state.liveness().get(name));
    return Optional.of(
        new OfNode(
            name,
            Optional.ofNullable(state.nodes().get(name)),
            liveness,
            Optional.ofNullable(state.reports().get(name)),
            carries,
            gateways,
            Optional.ofNullable(state.holdOffs().get(name)),
            liveness.flatMap(it -> fold.origin(Stream.ALLOCATION, it.entity()))));
  }

  /** The nodes of the API, and those whose agents were heard. */
  static SortedSet<String> knownNodes(AuditFold fold) {
    SortedSet<String> nodes = new TreeSet<>(fold.allocation().nodes().keySet());
    nodes.addAll(fold.allocation().liveness().keySet());
    return nodes;
  }

  /** The policies of the API, also those that could not be understood. */
  static SortedSet<String> knownPolicies(AuditFold fold) {
    SortedSet<String> policies = new TreeSet<>();
    fold.allocation().resources().keySet().stream()
        .filter(id -> id.equals(ObjectId.policy(id.name())))
        .forEach(id -> policies.add(id.name()));
    return policies;
  }
}

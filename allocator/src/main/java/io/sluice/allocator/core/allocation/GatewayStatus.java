package io.sluice.allocator.core.allocation;

import static io.sluice.allocator.core.allocation.Statuses.condition;
import static io.sluice.allocator.core.allocation.Statuses.truth;

import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.State;
import io.sluice.model.Gateway;
import io.sluice.model.IpAddress;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The status of a gateway. {@code AddressesAssigned}: the kernel of a node carries every usable
 * address, as its agent reports. {@code Ready}: that, and everything the specification lists is
 * usable. {@code Degraded}: something works, but not all of it.
 */
final class GatewayStatus {

  /** A status is one record and one object of the API; more addresses are not listed. */
  static final int MAX_LISTED_ADDRESSES = 5_000;

  private final AllocationState state;
  private final InPlace inPlace;
  private final ObjectId id;
  private final Gateway gateway;
  private final Map<String, String> nodes = new TreeMap<>();
  private final Map<String, String> floatingIps = new TreeMap<>();
  private final List<String> troubles = new ArrayList<>();
  private final List<String> nowhere = new ArrayList<>();
  private final List<String> applying = new ArrayList<>();
  private int addresses;

  private GatewayStatus(AllocationState state, InPlace inPlace, ObjectId id, Gateway gateway) {
    this.state = state;
    this.inPlace = inPlace;
    this.id = id;
    this.gateway = gateway;
  }

  static Status of(AllocationState state, InPlace inPlace, ObjectId id, Gateway gateway) {
    return new GatewayStatus(state, inPlace, id, gateway).status();
  }

  private Status status() {
    collectAddresses();
    collectNodes();
    List<Refusal> refusals = state.pool().refusals(id);
    refusals.forEach(refusal -> troubles.add(refusal.toString()));
    if (!nowhere.isEmpty()) {
      troubles.add(nowhereMessage());
    }
    return new Status(
        gateway.metadata().generation(),
        List.of(ready(refusals), assigned(), degraded()),
        nodes,
        floatingIps,
        List.of(),
        Optional.empty(),
        OptionalInt.empty());
  }

  private void collectAddresses() {
    for (IpAddress ip : state.pool().addresses(id)) {
      addresses++;
      Assignment assignment = state.assignments().get(ip);
      boolean held =
          assignment != null
              && assignment.state() != State.UNASSIGNED
              && assignment.gateway().equals(Optional.of(id));
      if (!held) {
        nowhere.add(ip + " " + Reasons.whyNowhere(ip, state.pool()));
        continue;
      }
      String node = assignment.holder().orElseThrow().node();
      if (!inPlace.contains(ip)) {
        applying.add(ip + " on " + node);
      } else if (floatingIps.size() < MAX_LISTED_ADDRESSES) {
        floatingIps.put(ip.toString(), node);
      }
    }
  }

  /** The nodes that the gateway is meant for; an excluded node is none of them. */
  private void collectNodes() {
    state
        .nodes()
        .forEach((name, node) -> {
          boolean meant =
              gateway.nodeSelector().map(s -> s.matches(node.labels())).orElse(true)
                  && !"true".equals(node.labels().get(Eligibility.EXCLUDE_LABEL));
          if (!meant) {
            return;
          }
          boolean beats = state.aliveSession(name).isPresent();
          AgentReport report = state.reports().get(name);
          nodes.put(name, beats && node.ready() && report != null ? "Up" : "Down");
          state
              .heldOff(name)
              .ifPresent(holdOff -> troubles.add(name + " " + Reasons.heldOff(holdOff)));
          if (report != null && report.refusal().isPresent()) {
            troubles.add(name + " " + report.refusal().get());
          }
          if (beats && report != null && report.lastError().isPresent()) {
            troubles.add("the agent of " + name + " says: " + report.lastError().get());
          }
        });
  }

  private Condition ready(List<Refusal> refusals) {
    if (!refusals.isEmpty()) {
      return condition(
          Statuses.READY, Truth.FALSE, refusals.getFirst().reason(), Reasons.list(refusals));
    }
    if (addresses == 0) {
      return condition(
          Statuses.READY,
          Truth.FALSE,
          "NoFloatingIPs",
          "spec.floatingIPs: lists no address; add one of a subnet of the nodes");
    }
    if (!nowhere.isEmpty()) {
      return condition(Statuses.READY, Truth.FALSE, "AddressesUnassigned", nowhereMessage());
    }
    return applying.isEmpty()
        ? condition(Statuses.READY, Truth.TRUE, "Ready", "all addresses have a node")
        : condition(Statuses.READY, Truth.FALSE, Statuses.APPLYING, applyingMessage());
  }

  private Condition assigned() {
    String type = "AddressesAssigned";
    if (!nowhere.isEmpty()) {
      return condition(type, Truth.FALSE, nowhereReason(), nowhereMessage());
    }
    if (!applying.isEmpty()) {
      return condition(type, Truth.FALSE, Statuses.APPLYING, applyingMessage());
    }
    return condition(
        type,
        truth(addresses > 0),
        addresses > 0 ? "Assigned" : "NoFloatingIPs",
        "%d of %d addresses have a node".formatted(addresses, addresses));
  }

  private Condition degraded() {
    String type = "Degraded";
    return troubles.isEmpty()
        ? condition(type, Truth.FALSE, "AsExpected", "nothing is wrong")
        : condition(type, Truth.TRUE, "SomethingIsWrong", String.join("; ", firstOf(troubles)));
  }

  private static List<String> firstOf(List<String> texts) {
    return texts.subList(0, Math.min(texts.size(), 10));
  }

  private String nowhereReason() {
    boolean outside =
        state.pool().addresses(id).stream()
            .anyMatch(ip -> !state.pool().subnets().isEmpty() && !state.pool().inSomeSubnet(ip));
    return outside ? "OutsideSubnets" : "NoEligibleNode";
  }

  private String nowhereMessage() {
    return "%d of %d addresses have no node: %s. %s"
        .formatted(nowhere.size(), addresses, Reasons.list(nowhere), nodesMessage());
  }

  private String applyingMessage() {
    return "%d of %d addresses were given to nodes whose agents have not reported them in place yet: %s; if this lasts, look at the agents' logs"
        .formatted(applying.size(), addresses, Reasons.list(applying));
  }

  /** What stands in the way at each node, so that one sees which one to mend. */
  private String nodesMessage() {
    Eligibility eligibility = new Eligibility(state);
    List<String> unfit =
        state.nodes().keySet().stream()
            .flatMap(node ->
                eligibility.unfitFor(gateway, node).stream()
                    .map(reason -> node + " " + reason.reason()))
            .toList();
    return unfit.isEmpty() ? "Every node is up." : "Nodes: " + Reasons.list(unfit) + ".";
  }
}

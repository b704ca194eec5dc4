package io.sluice.cli;

import io.sluice.cli.StatusFacts.NodeRow;
import io.sluice.cli.lab.ClusterState;
import io.sluice.model.Assignment;
import io.sluice.model.Gateway;
import io.sluice.model.IpAddress;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The state of a cluster as objects and arrays of JSON. */
final class StatusJson {

  private final String cluster;
  private final ClusterState state;
  private final StatusFacts facts;

  StatusJson(String cluster, ClusterState state) {
    this.cluster = cluster;
    this.state = state;
    this.facts = new StatusFacts(state);
  }

  Map<String, Object> json() {
    return object(
        "cluster", cluster,
        "nodes", facts.nodeRows().stream().map(StatusJson::json).toList(),
        "gateways",
            facts.of(Gateway.class).entrySet().stream()
                .map(entry -> json(entry.getKey(), entry.getValue()))
                .toList(),
        "floatingIPs",
            state.assignments().entrySet().stream()
                .map(entry -> json(entry.getKey(), entry.getValue()))
                .toList(),
        "policies", facts.of(Policy.class).keySet().stream().map(this::jsonPolicy).toList());
  }

  private static Map<String, Object> json(NodeRow row) {
    return object(
        "name", row.name(),
        "state", row.state(),
        "addresses", row.addresses(),
        "carries", row.carries(),
        "error", row.error().orElse(""));
  }

  private Map<String, Object> json(ObjectId id, Gateway gateway) {
    return object(
        "kind", id.kind().toString(),
        "namespace", id.namespace(),
        "name", id.name(),
        "floatingIPs", gateway.floatingIps(),
        "conditions", jsonConditions(id));
  }

  private Map<String, Object> json(IpAddress ip, Assignment assignment) {
    return object(
        "address", ip.toString(),
        "state", assignment.state().name(),
        "node", assignment.holder().map(Assignment.Holder::node).orElse(""),
        "session", assignment.holder().map(Assignment.Holder::session).orElse(-1L),
        "epoch", assignment.epoch(),
        "inTheKernel", state.carrier(ip.toString()).isPresent(),
        "auditSequence", assignment.auditSequence(),
        "reason", assignment.reason());
  }

  private Map<String, Object> jsonPolicy(ObjectId id) {
    return object(
        "name", id.name(),
        "egressIPs", facts.egressIps(id.name()),
        "pods", facts.pods(id.name()),
        "conditions", jsonConditions(id));
  }

  private List<Map<String, Object>> jsonConditions(ObjectId id) {
    return facts
        .conditions(id)
        .map(condition ->
            object(
                "type", condition.type(),
                "status", condition.truth().toString(),
                "reason", condition.reason(),
                "message", condition.message()))
        .toList();
  }

  /** Names and values in turn, kept in this order. */
  private static Map<String, Object> object(Object... namesAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }
}

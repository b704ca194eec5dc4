package io.sluice.cli;

import io.sluice.cli.StatusFacts.NodeRow;
import io.sluice.cli.lab.ClusterState;
import io.sluice.model.Assignment;
import io.sluice.model.Gateway;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The state of a cluster as text for people. */
final class StatusText {

  private static final String NOTHING = "-";

  private final String cluster;
  private final ClusterState state;
  private final StatusFacts facts;

  StatusText(String cluster, ClusterState state) {
    this.cluster = cluster;
    this.state = state;
    this.facts = new StatusFacts(state);
  }

  // ---- for people
  // --------------------------------------------------------------------------------

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Cluster " + cluster);
    add(lines, "Nodes", nodes());
    add(lines, "Gateways", gateways());
    add(lines, "Floating IPs", floatingIps());
    add(lines, "Policies", policies());
    add(lines, "Problems", problems());
    return lines;
  }

  private static void add(List<String> lines, String title, Table table) {
    if (!table.isEmpty()) {
      lines.add("");
      lines.add(title);
      lines.addAll(table.lines("  "));
    }
  }

  private Table nodes() {
    Table table = new Table("NAME", "STATE", "ADDRESS", "CARRIES", "AGENT", "ERROR");
    for (NodeRow row : facts.nodeRows()) {
      table.row(
          row.name(),
          row.state(),
          orNothing(row.addresses()),
          orNothing(row.carries()),
          row.agent(),
          row.error().orElse(NOTHING));
    }
    return table;
  }

  private Table gateways() {
    Table table = new Table("NAMESPACE/NAME", "FLOATING IPS", "READY", "MESSAGE");
    facts
        .of(Gateway.class)
        .forEach((id, gateway) ->
            table.row(
                id.namespace() + "/" + id.name(),
                orNothing(gateway.floatingIps()),
                readiness(id),
                message(id)));
    return table;
  }

  private Table floatingIps() {
    Table table = new Table("ADDRESS", "STATE", "NODE", "EPOCH", "IN THE KERNEL", "WHY");
    state
        .assignments()
        .forEach((ip, assignment) ->
            table.row(
                ip.toString(),
                assignment.state().name().toLowerCase(Locale.ROOT),
                assignment.holder().map(Assignment.Holder::node).orElse(NOTHING),
                Long.toString(assignment.epoch()),
                state.carrier(ip.toString()).isPresent() ? "yes" : "no",
                assignment.reason()));
    return table;
  }

  private Table policies() {
    Table table =
        new Table(
            "NAME", "ACTION", "DESTINATIONS", "EGRESS IP", "NODE", "PODS", "READY", "MESSAGE");
    facts
        .of(Policy.class)
        .forEach((id, policy) ->
            table.row(
                id.name(),
                policy.action() == Policy.Action.SNAT ? "SNAT" : "NoSNAT",
                orNothing(policy.destinations()),
                orNothing(facts.egressIps(id.name())),
                facts.egressIps(id.name()).stream()
                    .findFirst()
                    .flatMap(state::holder)
                    .orElse(NOTHING),
                Integer.toString(facts.pods(id.name()).size()),
                readiness(id),
                message(id)));
    return table;
  }

  /** What is not well on objects that have no table of their own. */
  private Table problems() {
    Table table = new Table("OBJECT", "REASON", "MESSAGE");
    state
        .status()
        .forEach((id, byAuthor) -> {
          Resource resource = state.resources().get(id);
          if (!(resource instanceof Gateway) && !(resource instanceof Policy)) {
            StatusFacts.conditions(byAuthor.values())
                .filter(condition -> condition.truth() == Truth.FALSE)
                .forEach(
                    condition -> table.row(id.toString(), condition.reason(), condition.message()));
          }
        });
    return table;
  }

  private String readiness(ObjectId id) {
    List<Condition> ready =
        facts.conditions(id).filter(condition -> condition.type().equals("Ready")).toList();
    if (ready.isEmpty()) {
      return NOTHING;
    }
    return ready.stream().allMatch(condition -> condition.truth() == Truth.TRUE) ? "yes" : "no";
  }

  /** The messages of what is not well. */
  private String message(ObjectId id) {
    String text =
        String.join(
            "; ",
            facts
                .conditions(id)
                .filter(StatusFacts::isWrong)
                .map(condition -> condition.reason() + ": " + condition.message())
                .toList());
    return text.isEmpty() ? NOTHING : text;
  }

  private static String orNothing(List<String> texts) {
    return texts.isEmpty() ? NOTHING : String.join(", ", texts);
  }
}

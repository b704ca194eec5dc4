package io.sluice.cli;

import io.sluice.cli.lab.ClusterState;
import io.sluice.model.AgentReport;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.IpAddress;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.Resource;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What can be read off the state of a cluster for {@code sluice status}. */
final class StatusFacts {

  private static final String NOTHING = "-";

  private final ClusterState state;

  StatusFacts(ClusterState state) {
    this.state = state;
  }

  /** What is known of a node. */
  record NodeRow(
      String name,
      String state,
      List<String> addresses,
      List<String> carries,
      String agent,
      Optional<String> error) {}

  List<NodeRow> nodeRows() {
    Map<String, String> liveness = new TreeMap<>();
    state
        .status()
        .values()
        .forEach(byAuthor -> byAuthor.values().forEach(status -> liveness.putAll(status.nodes())));
    List<NodeRow> rows = new ArrayList<>();
    of(Node.class)
        .forEach((id, node) -> {
          Optional<AgentReport> agent = Optional.ofNullable(state.agents().get(id.name()));
          rows.add(
              new NodeRow(
                  id.name(),
                  liveness.getOrDefault(id.name(), NOTHING),
                  node.addresses(),
                  carriedBy(id.name()),
                  agent
                      .map(it -> "%s, session %d".formatted(it.version(), it.session()))
                      .orElse("none"),
                  agent.flatMap(AgentReport::lastError)));
        });
    return rows;
  }

  private List<String> carriedBy(String node) {
    return state.assignments().keySet().stream()
        .map(IpAddress::toString)
        .filter(ip -> state.carrier(ip).filter(node::equals).isPresent())
        .toList();
  }

  List<String> egressIps(String policy) {
    return state.bindings().get(new BindingId.OfPolicy(policy)) instanceof Binding.OfPolicy of
        ? of.egressIps().stream().map(IpAddress::toString).toList()
        : List.of();
  }

  List<String> pods(String policy) {
    return state.bindings().keySet().stream()
        .filter(id -> id instanceof BindingId.OfPod of && of.policy().equals(policy))
        .map(id -> (BindingId.OfPod) id)
        .map(of -> of.namespace() + "/" + of.pod())
        .sorted()
        .toList();
  }

  <T extends Resource> Map<ObjectId, T> of(Class<T> type) {
    Map<ObjectId, T> found = new TreeMap<>();
    state
        .resources()
        .forEach((id, resource) -> {
          if (type.isInstance(resource)) {
            found.put(id, type.cast(resource));
          }
        });
    return found;
  }

  /** Most conditions are good news; {@code Degraded} is bad news. */
  static boolean isWrong(Condition condition) {
    return condition.type().equals("Degraded")
        ? condition.truth() == Truth.TRUE
        : condition.truth() == Truth.FALSE;
  }

  Stream<Condition> conditions(ObjectId id) {
    return conditions(state.status().getOrDefault(id, Map.of()).values());
  }

  static Stream<Condition> conditions(Collection<Status> status) {
    return status.stream().flatMap(one -> one.conditions().stream());
  }
}

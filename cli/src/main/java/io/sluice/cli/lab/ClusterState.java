package io.sluice.cli.lab;

import io.sluice.kafka.TopicRecord;
import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.BindingKey;
import io.sluice.model.IpAddress;
import io.sluice.model.NodeKey;
import io.sluice.model.ObjectId;
import io.sluice.model.ObjectKey;
import io.sluice.model.Resource;
import io.sluice.model.Status;
import io.sluice.model.StatusKey;
import io.sluice.model.Workload;
import io.sluice.schemas.Topics;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The newest record of each key of Sluice's compacted topics. Not for several threads at once. */
public final class ClusterState {

  private final SortedMap<ObjectId, Resource> resources = new TreeMap<>();
  private final SortedMap<ObjectId, Workload> workloads = new TreeMap<>();
  private final SortedMap<String, AgentReport> agents = new TreeMap<>();
  private final SortedMap<IpAddress, Assignment> assignments = new TreeMap<>();
  private final Map<BindingId, Binding> bindings = new HashMap<>();
  private final SortedMap<ObjectId, Map<StatusKey.Author, Status>> status = new TreeMap<>();

  /** The same, independent of further records. */
  ClusterState copy() {
    ClusterState copy = new ClusterState();
    copy.resources.putAll(resources);
    copy.workloads.putAll(workloads);
    copy.agents.putAll(agents);
    copy.assignments.putAll(assignments);
    copy.bindings.putAll(bindings);
    status.forEach((id, byAuthor) -> copy.status.put(id, new EnumMap<>(byAuthor)));
    return copy;
  }

  /** Takes a record in; those of other topics are ignored. */
  public void apply(TopicRecord<?, ?> record) {
    Object value = record.value().orElse(null);
    switch (record.key()) {
      case ObjectKey key when record.topic().equals(Topics.RESOURCES) ->
          put(resources, key.id(), (Resource) value);
      case ObjectKey key when record.topic().equals(Topics.WORKLOADS) ->
          put(workloads, key.id(), (Workload) value);
      case NodeKey key when record.topic().equals(Topics.AGENTS) ->
          put(agents, key.node(), (AgentReport) value);
      case AssignmentKey key -> put(assignments, key.floatingIp(), (Assignment) value);
      case BindingKey key -> put(bindings, key.id(), (Binding) value);
      case StatusKey key -> putStatus(key, (Status) value);
      default -> {
        // Heartbeats and the audit log have no newest record that would be the state.
      }
    }
  }

  private void putStatus(StatusKey key, Status value) {
    Map<StatusKey.Author, Status> byAuthor =
        status.computeIfAbsent(key.subject(), _ -> new EnumMap<>(StatusKey.Author.class));
    put(byAuthor, key.author(), value);
    if (byAuthor.isEmpty()) {
      status.remove(key.subject());
    }
  }

  private static <K, V> void put(Map<K, V> map, K key, V valueOrNull) {
    if (valueOrNull == null) {
      map.remove(key);
    } else {
      map.put(key, valueOrNull);
    }
  }

  public SortedMap<ObjectId, Resource> resources() {
    return resources;
  }

  public SortedMap<ObjectId, Workload> workloads() {
    return workloads;
  }

  /** By node. */
  public SortedMap<String, AgentReport> agents() {
    return agents;
  }

  public SortedMap<IpAddress, Assignment> assignments() {
    return assignments;
  }

  public Map<BindingId, Binding> bindings() {
    return bindings;
  }

  public SortedMap<ObjectId, Map<StatusKey.Author, Status>> status() {
    return status;
  }

  /** The node to which a floating IP is granted; empty while it is on its way or nowhere. */
  public Optional<String> holder(String floatingIp) {
    return Optional.ofNullable(assignments.get(IpAddress.parse(floatingIp)))
        .filter(assignment -> assignment.state() == Assignment.State.GRANTED)
        .flatMap(Assignment::holder)
        .map(Assignment.Holder::node);
  }

  /** The node whose agent says that its kernel carries the newest grant of a floating IP. */
  public Optional<String> carrier(String floatingIp) {
    IpAddress ip = IpAddress.parse(floatingIp);
    Assignment assignment = assignments.get(ip);
    return holder(floatingIp)
        .filter(node ->
            Optional.ofNullable(agents.get(node)).stream()
                .flatMap(report -> report.applied().stream())
                .anyMatch(applied ->
                    applied.floatingIp().equals(ip)
                        && applied.epoch() == assignment.epoch()
                        && applied.state() == AgentReport.AppliedState.HELD));
  }

  /** The first floating IP that a policy's packets leave with. */
  public Optional<String> egressIp(String policy) {
    return bindings.get(new BindingId.OfPolicy(policy)) instanceof Binding.OfPolicy of
        ? of.egressIps().stream().findFirst().map(IpAddress::toString)
        : Optional.empty();
  }
}

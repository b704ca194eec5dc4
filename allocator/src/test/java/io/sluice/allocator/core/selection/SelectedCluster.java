package io.sluice.allocator.core.selection;

import io.sluice.allocator.core.selection.SelectionInput.ResourceRead;
import io.sluice.allocator.core.selection.SelectionInput.WorkloadRead;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.Binding;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.LabelSelector;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.BindingChanged;
import io.sluice.model.Workload.Namespace;
import io.sluice.model.Workload.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * The selection of one cluster, told what the API server says, with the audit log it has written.
 */
final class SelectedCluster {

  static final Metadata METADATA = new Metadata("uid", "1", 3, 1);

  final Selection selection = new Selection();
  final List<AuditEntry> audit = new ArrayList<>();
  long nowMillis = 1_000;

  SelectedCluster() {
    selection.resume(0);
  }

  List<StateChange> take(SelectionInput input) {
    List<AuditEntry> entries = selection.on(input, Cause.tick(nowMillis), nowMillis);
    audit.addAll(entries);
    return entries.stream().flatMap(entry -> entry.changes().stream()).toList();
  }

  List<StateChange> resource(ObjectId id, Resource resource) {
    return take(new ResourceRead(id, Optional.ofNullable(resource)));
  }

  List<StateChange> policy(String name, Map<String, String> namespaces, Map<String, String> pods) {
    return resource(
        ObjectId.policy(name),
        new Policy(
            METADATA,
            List.of(
                new Policy.Source(
                    LabelSelector.ofLabels(namespaces), LabelSelector.ofLabels(pods))),
            Policy.Action.SNAT,
            List.of("203.0.113.0/24"),
            Optional.empty(),
            Optional.empty(),
            false));
  }

  List<StateChange> namespace(String name, Map<String, String> labels) {
    return take(
        new WorkloadRead(ObjectId.namespace(name), Optional.of(new Namespace(METADATA, labels))));
  }

  List<StateChange> pod(String namespace, String name, Pod pod) {
    return take(new WorkloadRead(ObjectId.pod(namespace, name), Optional.ofNullable(pod)));
  }

  static Pod podOf(Map<String, String> labels, String... ips) {
    return new Pod(
        METADATA,
        labels,
        List.of(ips).stream().map(IpAddress::parse).toList(),
        "node-1",
        false,
        false);
  }

  List<String> boundTo(String policy) {
    return selection.state().bindings(policy).keySet().stream()
        .map(name -> name.namespace() + "/" + name.name())
        .toList();
  }

  OptionalInt matchedPods(String policy) {
    return selection.statuses().get(ObjectId.policy(policy)).matchedPods();
  }

  void shop() {
    namespace("shop", Map.of("team", "shop"));
    namespace("bank", Map.of("team", "bank"));
    pod("shop", "web", podOf(Map.of("app", "web"), "10.244.1.1"));
    pod("shop", "db", podOf(Map.of("app", "db"), "10.244.1.2"));
    pod("bank", "web", podOf(Map.of("app", "web"), "10.244.1.3"));
  }

  SortedMap<String, List<Cidr>> guardedPods() {
    return selection
        .state()
        .networks()
        .map(binding -> ((Binding.ClusterNetworks) binding).guardedPods())
        .orElseThrow();
  }

  List<Cidr> networks() {
    return selection
        .state()
        .networks()
        .map(binding -> ((Binding.ClusterNetworks) binding).networks())
        .orElse(List.of());
  }

  static Node node(boolean ready, List<String> addresses, List<String> podCidrs) {
    return new Node(METADATA, Map.of(), addresses, podCidrs, ready, false);
  }

  static List<StateChange> bindingsIn(List<StateChange> changes) {
    return changes.stream().filter(BindingChanged.class::isInstance).toList();
  }
}

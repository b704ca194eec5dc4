package io.sluice.watcher.core;

import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The status of an object in the form of the Kubernetes API, as a tree of maps and lists. */
public final class StatusTree {

  private StatusTree() {}

  /** The object with nothing but its name and its status. */
  public static Map<String, Object> object(ObjectId id, Status status) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    if (!id.namespace().isEmpty()) {
      metadata.put("namespace", id.namespace());
    }
    metadata.put("name", id.name());
    Map<String, Object> tree = new LinkedHashMap<>();
    if (id.kind() != Kind.MANIFEST_FILE) {
      tree.put("apiVersion", ApiType.of(id.kind()).apiVersion());
    }
    tree.put("kind", id.kind().toString());
    tree.put("metadata", metadata);
    tree.put("status", status(status));
    return tree;
  }

  /** The content of the field {@code status}; what there is nothing to say of is left out. */
  public static Map<String, Object> status(Status status) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("observedGeneration", status.observedGeneration());
    put(tree, "conditions", conditions(status));
    put(tree, "nodes", new TreeMap<>(status.nodes()));
    if (!status.nodes().isEmpty()) {
      long up = status.nodes().values().stream().filter("Up"::equals).count();
      tree.put("nodesUp", "%d/%d".formatted(up, status.nodes().size()));
    }
    put(tree, "floatingIPs", new TreeMap<>(status.floatingIps()));
    put(tree, "egressIPs", status.egressIps());
    status.gatewayNode().ifPresent(node -> tree.put("gatewayNode", node));
    status.matchedPods().ifPresent(count -> tree.put("matchedPods", count));
    return tree;
  }

  private static List<Map<String, Object>> conditions(Status status) {
    return status.conditions().stream()
        .map(condition -> {
          Map<String, Object> tree = new LinkedHashMap<>();
          tree.put("type", condition.type());
          tree.put("status", condition.truth().toString());
          tree.put("observedGeneration", status.observedGeneration());
          tree.put("lastTransitionTime", time(condition.sinceMillis()));
          tree.put("reason", condition.reason());
          tree.put("message", condition.message());
          return tree;
        })
        .toList();
  }

  /** Times of the API have no fractions of a second. */
  private static String time(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static void put(Map<String, Object> tree, String name, Map<?, ?> value) {
    if (!value.isEmpty()) {
      tree.put(name, value);
    }
  }

  private static void put(Map<String, Object> tree, String name, List<?> value) {
    if (!value.isEmpty()) {
      tree.put(name, value);
    }
  }
}

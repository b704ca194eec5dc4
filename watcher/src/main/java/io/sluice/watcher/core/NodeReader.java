package io.sluice.watcher.core;

import io.sluice.model.Metadata;
import io.sluice.model.Node;
import java.util.List;
import java.util.Map;

/** Reads {@code v1} {@code Node}. */
final class NodeReader {

  private NodeReader() {}

  static Node read(Fields object, Metadata metadata, Map<String, String> labels) {
    Fields spec = object.objectOrEmpty("spec");
    Fields status = object.objectOrEmpty("status");
    return new Node(
        metadata,
        labels,
        internalAddresses(status),
        podCidrs(spec),
        ready(status),
        spec.flag("unschedulable"));
  }

  private static List<String> internalAddresses(Fields status) {
    return status.objects("addresses").stream()
        .filter(address -> address.text("type").orElse("").equals("InternalIP"))
        .flatMap(address -> address.requiredText("address", "give the node's address").stream())
        .toList();
  }

  private static List<String> podCidrs(Fields spec) {
    List<String> cidrs = spec.texts("podCIDRs");
    return cidrs.isEmpty() ? spec.text("podCIDR").stream().toList() : cidrs;
  }

  /** A node that nobody keeps a status of, as in a manifest, counts as ready. */
  private static boolean ready(Fields status) {
    return !status.has("conditions")
        || status.objects("conditions").stream()
            .anyMatch(condition ->
                condition.text("type").orElse("").equals("Ready")
                    && condition.text("status").orElse("").equals("True"));
  }
}

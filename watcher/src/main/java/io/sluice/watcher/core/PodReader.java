package io.sluice.watcher.core;

import io.sluice.model.IpAddress;
import io.sluice.model.Metadata;
import io.sluice.model.Workload;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code v1} {@code Pod}. */
final class PodReader {

  private PodReader() {}

  static Workload.Pod read(Fields object, Metadata metadata, Map<String, String> labels) {
    Fields spec = object.objectOrEmpty("spec");
    Fields status = object.objectOrEmpty("status");
    String phase = status.text("phase").orElse("");
    return new Workload.Pod(
        metadata,
        labels,
        ips(status),
        spec.text("nodeName").orElse(""),
        spec.flag("hostNetwork"),
        phase.equals("Succeeded") || phase.equals("Failed"));
  }

  private static List<IpAddress> ips(Fields status) {
    Set<IpAddress> ips = new LinkedHashSet<>();
    for (Fields entry : status.objects("podIPs")) {
      entry
          .requiredText("ip", "give the Pod's address")
          .flatMap(text -> address(entry, "ip", text))
          .ifPresent(ips::add);
    }
    status
        .text("podIP")
        .filter(text -> !text.isEmpty())
        .flatMap(text -> address(status, "podIP", text))
        .ifPresent(ips::add);
    return List.copyOf(ips);
  }

  private static Optional<IpAddress> address(Fields fields, String name, String text) {
    try {
      return Optional.of(IpAddress.parse(text));
    } catch (IllegalArgumentException e) {
      fields.error(name, e.getMessage());
      return Optional.empty();
    }
  }
}

package io.sluice.watcher.core;

import io.sluice.model.LabelSelector;
import io.sluice.model.Metadata;
import io.sluice.model.Policy;
import io.sluice.model.Policy.Action;
import io.sluice.model.Policy.GatewayRef;
import io.sluice.model.Policy.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code EgressNATPolicy}. */
final class PolicyReader {

  /** Two policies that both carry it as {@code "true"} may leave with one address. */
  private static final String SHARE_ANNOTATION = "networking.sluice.io/share-egress-ip";

  private static final String GATEWAY_NAMESPACE = "kube-system";

  private PolicyReader() {}

  static Policy read(Fields object, Metadata metadata) {
    Fields spec = object.objectOrEmpty("spec");
    spec.only("sources", "action", "destinations", "egressSourceIP", "gatewayRef");
    return new Policy(
        metadata,
        sources(spec),
        spec.text("action").map(text -> action(spec, text)).orElse(Action.SNAT),
        destinations(spec),
        egressSourceIp(spec),
        spec.object("gatewayRef").flatMap(PolicyReader::gatewayRef),
        shareEgressIp(object.objectOrEmpty("metadata").objectOrEmpty("annotations")));
  }

  private static List<Source> sources(Fields spec) {
    List<Fields> entries = spec.objects("sources");
    if (entries.isEmpty()) {
      needsAnEntry(spec, "sources", "choose Pods by namespaceSelector and podSelector");
    }
    List<Source> sources = new ArrayList<>();
    for (Fields entry : entries) {
      entry.only("namespaceSelector", "podSelector");
      Optional<LabelSelector> namespaces = SelectorReader.read(entry, "namespaceSelector");
      Optional<LabelSelector> pods = SelectorReader.read(entry, "podSelector");
      if (!entry.has("namespaceSelector")) {
        entry.error("namespaceSelector", "is missing; write {} to mean every namespace");
      }
      namespaces.ifPresent(
          selector -> sources.add(new Source(selector, pods.orElse(LabelSelector.EVERYTHING))));
    }
    return sources;
  }

  private static List<String> destinations(Fields spec) {
    List<Fields> entries = spec.objects("destinations");
    if (entries.isEmpty()) {
      needsAnEntry(
          spec, "destinations", "write - cidr: 0.0.0.0/0 to mean everything outside the cluster");
    }
    List<String> cidrs = new ArrayList<>();
    for (Fields entry : entries) {
      entry.only("cidr");
      entry.requiredText("cidr", "give a network such as 203.0.113.0/24").ifPresent(cidrs::add);
    }
    return cidrs;
  }

  /** A field that is something else than a list has been reported as such already. */
  private static void needsAnEntry(Fields spec, String name, String hint) {
    if (!spec.has(name) || spec.isEmptyList(name)) {
      spec.error(name, "needs at least one entry; " + hint);
    }
  }

  private static Action action(Fields spec, String text) {
    return switch (text) {
      case "SNAT" -> Action.SNAT;
      case "NoSNAT" -> Action.NO_SNAT;
      default -> {
        spec.error("action", "\"" + text + "\" is not one of SNAT, NoSNAT");
        yield Action.SNAT;
      }
    };
  }

  private static Optional<String> egressSourceIp(Fields spec) {
    return spec.has("egressSourceIP")
        ? spec.requiredText("egressSourceIP", "give an address, or leave the field out")
        : Optional.empty();
  }

  private static Optional<GatewayRef> gatewayRef(Fields reference) {
    reference.only("name", "namespace");
    return reference
        .requiredText("name", "give the name of a gateway")
        .map(name -> new GatewayRef(reference.text("namespace").orElse(GATEWAY_NAMESPACE), name));
  }

  private static boolean shareEgressIp(Fields annotations) {
    String text = annotations.text(SHARE_ANNOTATION).orElse("false");
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> {
        annotations.error(SHARE_ANNOTATION, "\"" + text + "\" is not one of \"true\", \"false\"");
        yield false;
      }
    };
  }
}

package io.sluice.watcher.core;

import io.sluice.model.Gateway;
import io.sluice.model.Gateway.Failback;
import io.sluice.model.LeaseMode;
import io.sluice.model.Metadata;

/** Reads {@code AnthosNetworkGateway} and {@code NetworkGatewayGroup}. */
final class GatewayReader {

  private GatewayReader() {}

  static Gateway read(Fields object, Metadata metadata) {
    Fields spec = object.objectOrEmpty("spec");
    spec.only("floatingIPs", "nodeSelector", "failback", "leaseMode");
    if (!spec.has("floatingIPs")) {
      spec.error(
          "floatingIPs",
          "is missing; give a list of addresses, ranges (10.40.1.100-10.40.1.102) or networks"
              + " (10.40.1.96/28)");
    }
    return new Gateway(
        metadata,
        spec.texts("floatingIPs"),
        SelectorReader.readNodeSelector(spec, "nodeSelector"),
        spec.text("failback").map(text -> failback(spec, text)).orElse(Failback.GRADUAL),
        spec.text("leaseMode").map(text -> leaseMode(spec, text)).orElse(LeaseMode.AVAILABLE));
  }

  private static Failback failback(Fields spec, String text) {
    return switch (text) {
      case "Gradual" -> Failback.GRADUAL;
      case "Never" -> Failback.NEVER;
      default -> {
        spec.error("failback", "\"" + text + "\" is not one of Gradual, Never");
        yield Failback.GRADUAL;
      }
    };
  }

  /** Kubernetes writes such words with a capital, our documents without: both are meant. */
  private static LeaseMode leaseMode(Fields spec, String text) {
    return switch (text) {
      case "available", "Available" -> LeaseMode.AVAILABLE;
      case "strict", "Strict" -> LeaseMode.STRICT;
      default -> {
        spec.error("leaseMode", "\"" + text + "\" is not one of available, strict");
        yield LeaseMode.AVAILABLE;
      }
    };
  }
}

package io.sluice.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What to show on an object.
 *
 * @param observedGeneration the generation of the specification that this is about
 * @param nodes for gateways: node to {@code Up} or {@code Down}
 * @param floatingIps for gateways: floating IP to the node that holds it
 * @param egressIps for policies: the addresses its packets leave with
 * @param gatewayNode for policies: the node that holds the (first) egress IP
 * @param matchedPods for policies: how many Pods match
 */
public record Status(
    long observedGeneration,
    List<Condition> conditions,
    Map<String, String> nodes,
    Map<String, String> floatingIps,
    List<String> egressIps,
    Optional<String> gatewayNode,
    OptionalInt matchedPods) {

  public Status {
    conditions = List.copyOf(conditions);
    nodes = Map.copyOf(nodes);
    floatingIps = Map.copyOf(floatingIps);
    egressIps = List.copyOf(egressIps);
  }

  /** A status of nothing but conditions. */
  public static Status ofConditions(long observedGeneration, Condition... conditions) {
    return new Status(
        observedGeneration,
        List.of(conditions),
        Map.of(),
        Map.of(),
        List.of(),
        Optional.empty(),
        OptionalInt.empty());
  }

  /**
   * A condition as Kubernetes knows it.
   *
   * @param reason one word in CamelCase for machines
   * @param message what is wrong and what would mend it, for people
   * @param sinceMillis when the truth last changed, milliseconds since the epoch
   */
  public record Condition(
      String type, Truth truth, String reason, String message, long sinceMillis) {}

  /** Whether a condition holds. */
  public enum Truth {
    TRUE("True"),
    FALSE("False"),
    UNKNOWN("Unknown");

    private final String text;

    Truth(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}

package io.sluice.cli.load;

/**
 * How big a synthetic cluster is. Every Pod is matched by exactly one policy.
 *
 * @param nodes all nodes
 * @param gatewayNodes how many of them have an agent that beats, and so may carry floating IPs
 * @param namespaces over which the Pods are spread
 * @param pods all Pods
 * @param policies each with a floating IP of its own
 * @param floatingIps the pool; at least one for each policy
 */
public record LoadShape(
    int nodes, int gatewayNodes, int namespaces, int pods, int policies, int floatingIps) {

  /** Each node has a /24 of the Pod network. */
  static final int MAX_PODS_OF_NODE = 250;

  private static final int MAX_NODES = 10_000;
  private static final int MAX_FLOATING_IPS = 65_000;

  /** Checks that the numbers fit each other. @throws IllegalArgumentException naming the option */
  public LoadShape {
    between("--nodes", nodes, 1, MAX_NODES);
    between("--gateway-nodes", gatewayNodes, 1, nodes);
    between("--namespaces", namespaces, 1, policies);
    between("--pods", pods, 1, nodes * MAX_PODS_OF_NODE);
    between("--policies", policies, 1, pods);
    between("--floating-ips", floatingIps, policies, MAX_FLOATING_IPS);
  }

  /** How many objects it has: each node, namespace, Pod and policy, and a gateway. */
  public int objects() {
    return nodes + namespaces + pods + policies + 1;
  }

  private static void between(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s: with the other numbers, between %d and %d, not %d"
              .formatted(option, least, most, value));
    }
  }
}

package io.sluice.model;

import java.util.List;
import java.util.Map;

/**
 * A Kubernetes node.
 *
 * @param addresses its InternalIP addresses, as text
 * @param podCidrs the networks its Pods get addresses from, as text
 * @param ready whether its Ready condition is True
 * @param unschedulable whether it is cordoned
 */
public record Node(
    Metadata metadata,
    Map<String, String> labels,
    List<String> addresses,
    List<String> podCidrs,
    boolean ready,
    boolean unschedulable)
    implements Resource {

  public Node {
    labels = Map.copyOf(labels);
    addresses = List.copyOf(addresses);
    podCidrs = List.copyOf(podCidrs);
  }
}

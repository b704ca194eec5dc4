package io.sluice.allocator.core.selection;

import io.sluice.model.Binding;
import io.sluice.model.Policy;
import io.sluice.model.Workload.Namespace;
import io.sluice.model.Workload.Pod;

/** Whether a policy's selectors match. */
final class Matching {

  private Matching() {}

  /** Whether some source asks for Pods of this namespace. */
  static boolean mayMatchIn(Policy policy, Namespace namespace) {
    return policy.sources().stream()
        .anyMatch(source -> source.namespaceSelector().matches(namespace.labels()));
  }

  /** Whether one source asks for both the namespace and the Pod. */
  static boolean matches(Policy policy, Namespace namespace, Pod pod) {
    return policy.sources().stream()
        .anyMatch(source ->
            source.namespaceSelector().matches(namespace.labels())
                && source.podSelector().matches(pod.labels()));
  }

  /**
   * Whether the Pod has packets of its own. One in its node's network has the node's address, one
   * that has ended may have left its address to another, and one without address or node sends
   * none.
   */
  static boolean isBindable(Pod pod) {
    return !pod.hostNetwork() && !pod.terminated() && !pod.ips().isEmpty() && !pod.node().isEmpty();
  }

  static Binding clearance(Pod pod) {
    return new Binding.Clearance(pod.ips(), pod.node());
  }

  static Binding binding(Pod pod) {
    return new Binding.OfPod(pod.ips(), pod.node());
  }
}

package io.sluice.allocator.core.selection;

import io.sluice.model.BindingId;
import java.util.Comparator;

/** Names a Pod within its cluster. */
record PodName(String namespace, String name) implements Comparable<PodName> {

  private static final Comparator<PodName> ORDER =
      Comparator.comparing(PodName::namespace).thenComparing(PodName::name);

  /** The binding of this Pod to a policy. */
  BindingId.OfPod boundTo(String policy) {
    return new BindingId.OfPod(policy, namespace, name);
  }

  /** What says that its policies are known. */
  BindingId.OfClearance clearance() {
    return new BindingId.OfClearance(namespace, name);
  }

  @Override
  public int compareTo(PodName other) {
    return ORDER.compare(this, other);
  }
}

package io.sluice.model;

/** Names a record of {@code sluice.bindings} within its cluster. */
public sealed interface BindingId {

  /** What a policy does: {@link Binding.OfPolicy}. */
  record OfPolicy(String policy) implements BindingId {}

  /** A Pod that a policy matches: {@link Binding.OfPod}. */
  record OfPod(String policy, String namespace, String pod) implements BindingId {}

  /** A Pod of which is known which policies match it: {@link Binding.Clearance}. */
  record OfClearance(String namespace, String pod) implements BindingId {}

  /** What lies inside the cluster: {@link Binding.ClusterNetworks}. */
  record ClusterNetworks() implements BindingId {}
}

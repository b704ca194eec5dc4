package io.sluice.schemas;

import io.sluice.model.BindingId;

/**
 * A binding's name as the protocol spells it: frozen, for it is part of a key.
 *
 * @param kind Policy, Pod, ClusterNetworks or Clearance
 * @param policy empty for ClusterNetworks and Clearance
 * @param namespace empty but for Pod and Clearance
 * @param pod empty but for Pod and Clearance
 */
record BindingIdFields(String kind, String policy, String namespace, String pod) {

  private static final String POLICY = "Policy";
  private static final String POD = "Pod";
  private static final String CLUSTER_NETWORKS = "ClusterNetworks";
  private static final String CLEARANCE = "Clearance";

  static BindingIdFields of(BindingId id) {
    return switch (id) {
      case BindingId.OfPolicy(String policy) -> new BindingIdFields(POLICY, policy, "", "");
      case BindingId.OfPod(String policy, String namespace, String pod) ->
          new BindingIdFields(POD, policy, namespace, pod);
      case BindingId.OfClearance(String namespace, String pod) ->
          new BindingIdFields(CLEARANCE, "", namespace, pod);
      case BindingId.ClusterNetworks() -> new BindingIdFields(CLUSTER_NETWORKS, "", "", "");
    };
  }

  /**
   * The binding that is named.
   *
   * @throws IllegalArgumentException if the kind is unknown, or a field is set that it lacks
   */
  BindingId toId() {
    BindingId id =
        switch (kind) {
          case POLICY -> new BindingId.OfPolicy(policy);
          case POD -> new BindingId.OfPod(policy, namespace, pod);
          case CLEARANCE -> new BindingId.OfClearance(namespace, pod);
          case CLUSTER_NETWORKS -> new BindingId.ClusterNetworks();
          default ->
              throw new IllegalArgumentException(
                  "\"%s\" is not one of %s, %s, %s, %s"
                      .formatted(kind, POLICY, POD, CLUSTER_NETWORKS, CLEARANCE));
        };
    if (!of(id).equals(this)) {
      throw new IllegalArgumentException("not the name of a binding: " + this);
    }
    return id;
  }
}

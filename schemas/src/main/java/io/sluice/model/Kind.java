package io.sluice.model;

/** The kinds of objects that Sluice reads, by their names in the Kubernetes API. */
public enum Kind {
  ANTHOS_NETWORK_GATEWAY("AnthosNetworkGateway", true),
  NETWORK_GATEWAY_GROUP("NetworkGatewayGroup", true),
  EGRESS_NAT_POLICY("EgressNATPolicy", false),
  NODE("Node", false),
  NAMESPACE("Namespace", false),
  POD("Pod", true),
  /** A file of the manifest directory; only ever the subject of a status. */
  MANIFEST_FILE("ManifestFile", false);

  private final String text;
  private final boolean namespaced;

  Kind(String text, boolean namespaced) {
    this.text = text;
    this.namespaced = namespaced;
  }

  /**
   * Reads the API's spelling.
   *
   * @throws IllegalArgumentException for a kind that Sluice does not know
   */
  public static Kind parse(String text) {
    for (Kind kind : values()) {
      if (kind.text.equals(text)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("\"" + text + "\" is not a kind that Sluice reads");
  }

  /** Whether objects of this kind live in a namespace. */
  public boolean namespaced() {
    return namespaced;
  }

  /** Whether this is one of the two names of a gateway. */
  public boolean isGateway() {
    return this == ANTHOS_NETWORK_GATEWAY || this == NETWORK_GATEWAY_GROUP;
  }

  @Override
  public String toString() {
    return text;
  }
}

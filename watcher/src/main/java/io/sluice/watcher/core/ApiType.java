package io.sluice.watcher.core;

import io.sluice.model.Kind;
import java.util.List;
import java.util.Optional;

/** Where the Kubernetes API serves the kinds that Sluice reads. */
public enum ApiType {
  ANTHOS_NETWORK_GATEWAY(
      Kind.ANTHOS_NETWORK_GATEWAY, "networking.gke.io", "v1alpha1", "anthosnetworkgateways"),
  NETWORK_GATEWAY_GROUP(
      Kind.NETWORK_GATEWAY_GROUP, "networking.gke.io", "v1", "networkgatewaygroups"),
  EGRESS_NAT_POLICY(Kind.EGRESS_NAT_POLICY, "networking.gke.io", "v1", "egressnatpolicies") {
    @Override
    List<String> apiVersions() {
      return List.of("networking.gke.io/v1", "networking.gke.io/v1alpha1");
    }
  },
  NODE(Kind.NODE, "", "v1", "nodes"),
  NAMESPACE(Kind.NAMESPACE, "", "v1", "namespaces"),
  POD(Kind.POD, "", "v1", "pods");

  private final Kind kind;
  private final String group;
  private final String version;
  private final String plural;

  ApiType(Kind kind, String group, String version, String plural) {
    this.kind = kind;
    this.group = group;
    this.version = version;
    this.plural = plural;
  }

  /**
   * The type of a kind.
   *
   * @throws IllegalArgumentException for a kind that is no Kubernetes object
   */
  public static ApiType of(Kind kind) {
    for (ApiType type : values()) {
      if (type.kind == kind) {
        return type;
      }
    }
    throw new IllegalArgumentException(kind + " is not a kind of the Kubernetes API");
  }

  /** The type of that name in that API group, in whatever version; empty if Sluice reads none. */
  static Optional<ApiType> find(String apiVersion, String kind) {
    String group = apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "";
    for (ApiType type : values()) {
      if (type.kind.toString().equals(kind) && type.group.equals(group)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  public Kind kind() {
    return kind;
  }

  /** The API group; empty for the core group. */
  public String group() {
    return group;
  }

  /** The version that is watched and written. */
  public String version() {
    return version;
  }

  /** The name in the API's paths. */
  public String plural() {
    return plural;
  }

  /** {@code group/version}, or only the version for the core group. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** All that may stand in a manifest's {@code apiVersion}. */
  List<String> apiVersions() {
    return List.of(apiVersion());
  }

  /**
   * Whether its objects go to {@code sluice.workloads}; the others go to {@code sluice.resources}.
   */
  public boolean isWorkload() {
    return kind == Kind.NAMESPACE || kind == Kind.POD;
  }

  /** Whether it is a kind of ours, whose status Sluice writes. */
  public boolean isCustomResource() {
    return !group.isEmpty();
  }
}

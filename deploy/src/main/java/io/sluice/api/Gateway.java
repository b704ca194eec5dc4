package io.sluice.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;

/**
 * What both kinds of gateway have in common: all but the name.
 *
 * <p>A printer column shows one value as it stands; it can neither count nor join.
 */
@AdditionalPrinterColumn(
    name = "IPs",
    jsonPath = ".spec.floatingIPs",
    type = AdditionalPrinterColumn.Type.STRING,
    getDescription = "The addresses as they are written in the specification.")
@AdditionalPrinterColumn(
    name = "Assigned",
    jsonPath = ".status.conditions[?(@.type==\"AddressesAssigned\")].status",
    type = AdditionalPrinterColumn.Type.STRING,
    getDescription = "Whether every address has a node.")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = AdditionalPrinterColumn.Type.STRING,
    getDescription = "Whether all of the gateway works.")
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    type = AdditionalPrinterColumn.Type.STRING,
    getDescription = "Why it is ready or not; the message of the condition says more.")
@AdditionalPrinterColumn(
    name = "Nodes up",
    jsonPath = ".status.nodesUp",
    type = AdditionalPrinterColumn.Type.STRING,
    getDescription = "How many of the nodes the gateway may use are up.")
@AdditionalPrinterColumn(
    name = "Nodes",
    jsonPath = ".status.nodes",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = Gateway.ONLY_WIDE,
    getDescription = "The nodes the gateway may use, and whether each is up.")
@AdditionalPrinterColumn(
    name = "Holders",
    jsonPath = ".status.floatingIPs",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = Gateway.ONLY_WIDE,
    getDescription = "The addresses and the nodes that hold them.")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@SchemaCustomizer(
    value = SchemaPatch.class,
    input =
        """
        description: >-
          A pool of floating IPs. Sluice puts each on a healthy node, and policies send the
          traffic of Pods out with them.
        """)
abstract class Gateway extends CustomResource<GatewaySpec, GatewayStatus> implements Namespaced {

  /** Columns of this priority appear with {@code kubectl get -o wide}. */
  static final int ONLY_WIDE = 1;

  private static final long serialVersionUID = 1L;

  @Required
  @JsonPropertyDescription("What the administrator asks for.")
  @Override
  public GatewaySpec getSpec() {
    return super.getSpec();
  }

  @JsonPropertyDescription("What has become of it; Sluice writes this.")
  @Override
  public GatewayStatus getStatus() {
    return super.getStatus();
  }
}

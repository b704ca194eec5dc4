package io.sluice.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.client.CustomResource;

/** What both versions of {@code EgressNATPolicy} have in common: all but the version. */
@AdditionalPrinterColumn(
    name = "Egress IP",
    jsonPath = ".status.egressIPs[0]",
    type = AdditionalPrinterColumn.Type.STRING,
    getDescription =
        "The address that packets leave with; the first one if there are two families.")
@AdditionalPrinterColumn(
    name = "Gateway node",
    jsonPath = ".status.gatewayNode",
    type = AdditionalPrinterColumn.Type.STRING,
    getDescription = "The node that holds the address.")
@AdditionalPrinterColumn(
    name = "Pods",
    jsonPath = ".status.matchedPods",
    type = AdditionalPrinterColumn.Type.INTEGER,
    getDescription = "How many Pods match.")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = AdditionalPrinterColumn.Type.STRING,
    getDescription = "Whether the policy is in effect.")
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    type = AdditionalPrinterColumn.Type.STRING,
    getDescription = "Why it is ready or not; the message of the condition says more.")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@SchemaCustomizer(
    value = SchemaPatch.class,
    input =
        """
        description: >-
          Says which Pods reach which destinations with a floating IP as their source address.
        """)
abstract class Policy extends CustomResource<PolicySpec, PolicyStatus> {

  private static final long serialVersionUID = 1L;

  @Required
  @JsonPropertyDescription("What the developer asks for.")
  @Override
  public PolicySpec getSpec() {
    return super.getSpec();
  }

  @JsonPropertyDescription("What has become of it; Sluice writes this.")
  @Override
  public PolicyStatus getStatus() {
    return super.getStatus();
  }
}

package io.sluice.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * The {@code spec} of an egress policy, which a developer writes: whose packets, where to, and the
 * floating IP that they leave with.
 *
 * <p>Rules stand at the types and name the field, because the generator writes a rule at a
 * component of a record twice.
 */
@ValidationRule(
    value = "!has(self.egressSourceIP) || isIP(self.egressSourceIP)",
    fieldPath = ".egressSourceIP",
    message = "must be an IP address such as 10.40.1.100")
public record PolicySpec(
    @Required
        @Size(min = 1, max = 256)
        @JsonPropertyDescription("Which Pods. A Pod matches if any of the sources does.")
        List<Source> sources,
    @Default("SNAT")
        @JsonPropertyDescription(
            "What happens to packets of these Pods to these destinations. SNAT: they leave with"
                + " the floating IP. NoSNAT: they leave with the Pod's own address.")
        Action action,
    @Required
        @Size(min = 1, max = 1024)
        @JsonPropertyDescription(
            "Where to. Of several policies of a Pod the one with the most specific destination"
                + " applies.")
        List<Destination> destinations,
    @Size(min = 2, max = IpText.MAX_ADDRESS_LENGTH)
        @Pattern(IpText.ADDRESS)
        @JsonPropertyDescription(
            "The floating IP to leave with. Without it Sluice chooses one of the gateway that no"
                + " other policy has.")
        String egressSourceIP,
    @JsonPropertyDescription(
            "The gateway whose floating IPs are used. Without it, the one that has egressSourceIP,"
                + " otherwise kube-system/default.")
        GatewayRef gatewayRef) {

  /** Whether the packets leave with the floating IP or with the Pod's own address. */
  public enum Action {
    @JsonProperty("SNAT")
    SNAT,
    @JsonProperty("NoSNAT")
    NO_SNAT
  }

  /** Pods chosen by the labels of their namespace and their own. */
  public record Source(
      @Required @JsonPropertyDescription("Namespaces by their labels; {} means every namespace.")
          LabelSelector namespaceSelector,
      @JsonPropertyDescription(
              "Pods of those namespaces by their labels. Without it, all their Pods.")
          LabelSelector podSelector) {}

  /** A network that is reached with the floating IP. */
  @ValidationRule(
      value = "isCIDR(self.cidr)",
      fieldPath = ".cidr",
      message = "must be a network in CIDR notation such as 203.0.113.0/24")
  public record Destination(
      @Required
          @Size(min = 4, max = IpText.MAX_NETWORK_LENGTH)
          @Pattern(IpText.NETWORK)
          @JsonPropertyDescription(
              "A network in CIDR notation; 0.0.0.0/0 means everything outside the cluster.")
          String cidr) {}

  /** Names a gateway of either kind. */
  @SchemaCustomizer(value = SchemaPatch.class, input = "x-kubernetes-map-type: atomic")
  public record GatewayRef(
      @Required @Size(min = 1, max = 253) @JsonPropertyDescription("The name of the gateway.")
          String name,
      @Default("kube-system")
          @Size(min = 1, max = 63)
          @JsonPropertyDescription("The namespace of the gateway.")
          String namespace) {}
}

package io.sluice.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * The {@code spec} of a gateway of either kind, which an administrator writes: a pool of floating
 * IPs, the nodes that may hold them, and what weighs more when a holder fails or comes back.
 *
 * @param floatingIPs a rule stands at each entry and not at the list, so that the API server's
 *     answer names the entry. It takes ends of a range apart by {@code substring}, because the API
 *     server knows no bound for the parts of {@code split} and would think it too expensive
 * @param nodeSelector also the plain map of labels of a Pod's {@code nodeSelector} is understood.
 *     Were those fields pruned, an empty selector would be left, and that means all nodes
 */
@SchemaCustomizer(
    value = SchemaPatch.class,
    input =
        """
        properties:
          floatingIPs:
            items:
              x-kubernetes-validations:
                - rule: >-
                    self.contains('/') ? isCIDR(self)
                    : !self.contains('-') ? isIP(self)
                    : isIP(self.substring(0, self.indexOf('-')).trim())
                    && isIP(self.substring(self.indexOf('-') + 1).trim())
                  message: >-
                    must be an IP address, a range of them such as 10.40.1.100-10.40.1.102, or a
                    network in CIDR notation
        """)
public record GatewaySpec(
    @Required
        @Size(max = 4096)
        @JsonPropertyDescription(
            "The addresses that traffic leaves with. Each entry is an address, a range of them"
                + " (10.40.1.100-10.40.1.102) or a network in CIDR notation (10.40.1.96/28), in a"
                + " subnet of the nodes' interfaces, and none of the nodes' own addresses.")
        List<@Size(min = 2, max = 93) @Pattern(IpText.ENTRY) String> floatingIPs,
    @PreserveUnknownFields
        @JsonPropertyDescription(
            "The nodes that may hold the addresses, by their labels: matchLabels and"
                + " matchExpressions, or plainly label: value. Without it, all nodes may.")
        LabelSelector nodeSelector,
    @Default("Gradual")
        @JsonPropertyDescription(
            "Whether a node that comes back gets addresses again. Gradual: one by one. Never: only"
                + " when an address has no other place.")
        Failback failback,
    @Default("available")
        @JsonPropertyDescription(
            "What a holder does while Kafka is away. available: it keeps its addresses as long as"
                + " it is alive and sees no other holder. strict: it gives them up when its lease"
                + " ends, so that there are never two holders, whatever happens.")
        LeaseMode leaseMode) {

  /**
   * Whether a node that comes back gets floating IPs again; here with the names that manifests use,
   * in {@code io.sluice.model.Gateway} for the allocator.
   */
  public enum Failback {
    @JsonProperty("Gradual")
    GRADUAL,
    @JsonProperty("Never")
    NEVER
  }

  /**
   * What a holder that cannot renew its lease puts first, the traffic or that nobody else sends
   * with the address; here with the names that manifests use, in {@code io.sluice.model} for the
   * rest.
   */
  public enum LeaseMode {
    @JsonProperty("available")
    AVAILABLE,
    @JsonProperty("strict")
    STRICT
  }
}

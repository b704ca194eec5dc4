package io.sluice.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import java.util.List;
import java.util.Map;

/** What has become of a gateway. */
@SchemaCustomizer(
    value = SchemaPatch.class,
    input =
        """
        properties:
          observedGeneration:
            format: int64
          conditions:
            x-kubernetes-list-type: map
            x-kubernetes-list-map-keys: [type]
        """)
public record GatewayStatus(
    @JsonPropertyDescription("The metadata.generation that the status is about.")
        Long observedGeneration,
    @JsonPropertyDescription(
            "Ready: all of the gateway works. AddressesAssigned: every address has a node."
                + " Degraded: something is wrong that does not stop it.")
        List<Condition> conditions,
    @JsonPropertyDescription(
            "The nodes the gateway may use, and whether each is Up (it is ready and its agent is"
                + " alive) or Down.")
        Map<String, NodeState> nodes,
    @JsonPropertyDescription("How many of these nodes are Up, such as 2/3.") String nodesUp,
    @JsonPropertyDescription("The floating IPs that are in place, and the node that holds each.")
        Map<String, String> floatingIPs) {

  /** Whether a node can hold addresses. */
  public enum NodeState {
    @JsonProperty("Up")
    UP,
    @JsonProperty("Down")
    DOWN
  }
}

package io.sluice.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import java.util.List;

/** What has become of a policy. */
@SchemaCustomizer(
    value = SchemaPatch.class,
    input =
        """
        properties:
          observedGeneration:
            format: int64
          matchedPods:
            format: int32
          conditions:
            x-kubernetes-list-type: map
            x-kubernetes-list-map-keys: [type]
        """)
public record PolicyStatus(
    @JsonPropertyDescription("The metadata.generation that the status is about.")
        Long observedGeneration,
    @JsonPropertyDescription("Ready: the policy is in effect; if not, the reason says why.")
        List<Condition> conditions,
    @JsonPropertyDescription("The addresses that packets leave with, at most one a family.")
        List<String> egressIPs,
    @JsonPropertyDescription("The node that holds the (first) egress IP.") String gatewayNode,
    @JsonPropertyDescription("How many Pods match.") Integer matchedPods) {}

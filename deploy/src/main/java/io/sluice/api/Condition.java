package io.sluice.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;

/**
 * A condition as Kubernetes knows it. No limits on the texts: a status that the API server refuses
 * is one that nobody sees.
 */
@SchemaCustomizer(
    value = SchemaPatch.class,
    input =
        """
        properties:
          observedGeneration:
            format: int64
          lastTransitionTime:
            format: date-time
        """)
public record Condition(
    @Required @JsonPropertyDescription("What the condition is about.") String type,
    @Required @JsonPropertyDescription("Whether it holds.") Truth status,
    @JsonPropertyDescription("The metadata.generation that the condition is about.")
        Long observedGeneration,
    @Required @JsonPropertyDescription("When the status last changed.") String lastTransitionTime,
    @Required @JsonPropertyDescription("One word for machines that says why.") String reason,
    @Required @JsonPropertyDescription("What is the case and, if it is wrong, what would mend it.")
        String message) {

  /** Whether a condition holds. */
  public enum Truth {
    @JsonProperty("True")
    TRUE,
    @JsonProperty("False")
    FALSE,
    @JsonProperty("Unknown")
    UNKNOWN
  }
}

package io.sluice.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** A label selector as Kubernetes knows it; as there, one author has all of it. */
@SchemaCustomizer(value = SchemaPatch.class, input = "x-kubernetes-map-type: atomic")
public record LabelSelector(
    @JsonPropertyDescription("Labels that must all be there with these values.")
        Map<String, String> matchLabels,
    @Size(max = 32) @JsonPropertyDescription("Requirements that must all hold.")
        List<Requirement> matchExpressions) {

  /** One entry of {@code matchExpressions}. */
  @ValidationRule(
      value =
          "self.operator in ['In', 'NotIn'] ? has(self.values) && size(self.values) > 0"
              + " : !has(self.values) || size(self.values) == 0",
      message = "In and NotIn need at least one value, Exists and DoesNotExist take none")
  public record Requirement(
      @Required @Size(min = 1, max = 317) @JsonPropertyDescription("The name of the label.")
          String key,
      @Required
          @JsonPropertyDescription(
              "How the label is tested. In: it has one of the values. NotIn: it has none of them or"
                  + " is missing. Exists: it is there. DoesNotExist: it is missing.")
          Operator operator,
      @JsonPropertyDescription("The values for In and NotIn.") List<String> values) {}

  /** How a requirement tests its label. */
  public enum Operator {
    @JsonProperty("In")
    IN,
    @JsonProperty("NotIn")
    NOT_IN,
    @JsonProperty("Exists")
    EXISTS,
    @JsonProperty("DoesNotExist")
    DOES_NOT_EXIST
  }
}

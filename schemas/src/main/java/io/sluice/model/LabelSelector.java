package io.sluice.model;

import java.util.List;
import java.util.Map;

/**
 * A Kubernetes label selector: all its labels and all its requirements must hold. The empty
 * selector matches everything.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/">Labels
 *     and selectors</a>
 */
public record LabelSelector(Map<String, String> matchLabels, List<Requirement> matchExpressions) {

  /** Matches every object. */
  public static final LabelSelector EVERYTHING = new LabelSelector(Map.of(), List.of());

  public LabelSelector {
    matchLabels = Map.copyOf(matchLabels);
    matchExpressions = List.copyOf(matchExpressions);
  }

  /** The selector that asks for exactly these labels. */
  public static LabelSelector ofLabels(Map<String, String> labels) {
    return new LabelSelector(labels, List.of());
  }

  public boolean matches(Map<String, String> labels) {
    return labels.entrySet().containsAll(matchLabels.entrySet())
        && matchExpressions.stream().allMatch(requirement -> requirement.matches(labels));
  }

  /**
   * One entry of {@code matchExpressions}.
   *
   * @param key the label's name
   * @param operator how the label is tested
   * @param values the values for {@code In} and {@code NotIn}; empty for the others
   */
  public record Requirement(String key, Operator operator, List<String> values) {

    public Requirement {
      values = List.copyOf(values);
      boolean wantsValues = operator == Operator.IN || operator == Operator.NOT_IN;
      if (wantsValues == values.isEmpty()) {
        throw new IllegalArgumentException(
            wantsValues ? operator + " needs at least one value" : operator + " takes no values");
      }
    }

    /** As in Kubernetes, {@code NotIn} also matches an object without the label. */
    public boolean matches(Map<String, String> labels) {
      String value = labels.get(key);
      return switch (operator) {
        case IN -> value != null && values.contains(value);
        case NOT_IN -> value == null || !values.contains(value);
        case EXISTS -> value != null;
        case DOES_NOT_EXIST -> value == null;
      };
    }
  }

  /** How a requirement tests its label. */
  public enum Operator {
    IN("In"),
    NOT_IN("NotIn"),
    EXISTS("Exists"),
    DOES_NOT_EXIST("DoesNotExist");

    private final String text;

    Operator(String text) {
      this.text = text;
    }

    /**
     * Reads the API's spelling.
     *
     * @throws IllegalArgumentException for any other word
     */
    public static Operator parse(String text) {
      for (Operator operator : values()) {
        if (operator.text.equals(text)) {
          return operator;
        }
      }
      throw new IllegalArgumentException(
          "\"" + text + "\" is not one of In, NotIn, Exists, DoesNotExist");
    }

    @Override
    public String toString() {
      return text;
    }
  }
}

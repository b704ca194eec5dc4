package io.sluice.watcher.core;

import io.sluice.model.LabelSelector;
import io.sluice.model.LabelSelector.Operator;
import io.sluice.model.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads label selectors. */
final class SelectorReader {

  private static final String LABELS = "matchLabels";
  private static final String EXPRESSIONS = "matchExpressions";

  private SelectorReader() {}

  /** A label selector; empty if the field is missing. */
  static Optional<LabelSelector> read(Fields parent, String name) {
    return parent.object(name).map(SelectorReader::selector);
  }

  /**
   * A label selector, or the plain map of labels that a Pod's {@code nodeSelector} is: both are in
   * use for choosing nodes, and they cannot be confused.
   */
  static Optional<LabelSelector> readNodeSelector(Fields parent, String name) {
    return parent
        .object(name)
        .map(selector ->
            selector.has(LABELS) || selector.has(EXPRESSIONS)
                ? selector(selector)
                : LabelSelector.ofLabels(selector.allTexts()));
  }

  private static LabelSelector selector(Fields selector) {
    selector.only(LABELS, EXPRESSIONS);
    Map<String, String> labels = selector.textMap(LABELS);
    List<Requirement> requirements = new ArrayList<>();
    for (Fields expression : selector.objects(EXPRESSIONS)) {
      requirement(expression).ifPresent(requirements::add);
    }
    return new LabelSelector(labels, requirements);
  }

  private static Optional<Requirement> requirement(Fields expression) {
    expression.only("key", "operator", "values");
    Optional<String> key = expression.requiredText("key", "give the name of a label");
    List<String> values = expression.texts("values");
    Optional<Operator> operator =
        expression
            .requiredText("operator", "give one of In, NotIn, Exists, DoesNotExist")
            .flatMap(text -> operator(expression, text));
    if (key.isEmpty() || operator.isEmpty()) {
      return Optional.empty();
    }
    boolean wantsValues = operator.get() == Operator.IN || operator.get() == Operator.NOT_IN;
    if (wantsValues && values.isEmpty()) {
      expression.error("values", "is missing; " + operator.get() + " needs at least one value");
      return Optional.empty();
    }
    if (!wantsValues && !values.isEmpty()) {
      expression.error("values", "must be left out; " + operator.get() + " takes no values");
      return Optional.empty();
    }
    return Optional.of(new Requirement(key.get(), operator.get(), values));
  }

  private static Optional<Operator> operator(Fields expression, String text) {
    try {
      return Optional.of(Operator.parse(text));
    } catch (IllegalArgumentException e) {
      expression.error("operator", e.getMessage());
      return Optional.empty();
    }
  }
}

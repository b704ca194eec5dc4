package io.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.model.LabelSelector.Operator;
import io.sluice.model.LabelSelector.Requirement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LabelSelectorTest {

  private static final Map<String, String> WEB = Map.of("app", "web", "tier", "front");

  @Test
  void theEmptySelectorMatchesEverything() {
    assertThat(LabelSelector.EVERYTHING.matches(Map.of())).isTrue();
    assertThat(LabelSelector.EVERYTHING.matches(WEB)).isTrue();
  }

  @Test
  void everyLabelMustBeThere() {
    assertThat(LabelSelector.ofLabels(Map.of("app", "web")).matches(WEB)).isTrue();
    assertThat(LabelSelector.ofLabels(WEB).matches(WEB)).isTrue();
    assertThat(LabelSelector.ofLabels(WEB).matches(Map.of("app", "web"))).isFalse();
    assertThat(LabelSelector.ofLabels(Map.of("app", "db")).matches(WEB)).isFalse();
    assertThat(LabelSelector.ofLabels(Map.of("app", "")).matches(Map.of())).isFalse();
  }

  @Test
  void inMatchesOnlyAListedValue() {
    assertThat(matches("app", Operator.IN, "db", "web")).isTrue();
    assertThat(matches("app", Operator.IN, "db")).isFalse();
    assertThat(matches("absent", Operator.IN, "db")).isFalse();
  }

  @Test
  void notInAlsoMatchesAnObjectWithoutTheLabel() {
    assertThat(matches("app", Operator.NOT_IN, "db", "web")).isFalse();
    assertThat(matches("app", Operator.NOT_IN, "db")).isTrue();
    assertThat(matches("absent", Operator.NOT_IN, "db")).isTrue();
  }

  @Test
  void existenceAsksForTheKeyAlone() {
    assertThat(matches("app", Operator.EXISTS)).isTrue();
    assertThat(matches("absent", Operator.EXISTS)).isFalse();
    assertThat(matches("app", Operator.DOES_NOT_EXIST)).isFalse();
    assertThat(matches("absent", Operator.DOES_NOT_EXIST)).isTrue();
  }

  @Test
  void labelsAndAllRequirementsMustHoldTogether() {
    Requirement fulfilled = new Requirement("tier", Operator.EXISTS, List.of());
    Requirement failed = new Requirement("tier", Operator.IN, List.of("back"));
    Map<String, String> label = Map.of("app", "web");
    assertThat(new LabelSelector(label, List.of(fulfilled)).matches(WEB)).isTrue();
    assertThat(new LabelSelector(label, List.of(fulfilled, failed)).matches(WEB)).isFalse();
    assertThat(new LabelSelector(Map.of("app", "db"), List.of(fulfilled)).matches(WEB)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = Operator.class,
      names = {"IN", "NOT_IN"})
  void anOperatorOnValuesNeedsOne(Operator operator) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Requirement("app", operator, List.of()))
        .withMessage(operator + " needs at least one value");
  }

  @ParameterizedTest
  @EnumSource(
      value = Operator.class,
      names = {"EXISTS", "DOES_NOT_EXIST"})
  void anOperatorOnTheKeyTakesNoValues(Operator operator) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Requirement("app", operator, List.of("web")))
        .withMessage(operator + " takes no values");
  }

  @ParameterizedTest
  @EnumSource(Operator.class)
  void anOperatorIsReadInTheSpellingOfTheApi(Operator operator) {
    assertThat(Operator.parse(operator.toString())).isEqualTo(operator);
  }

  @ParameterizedTest
  @ValueSource(strings = {"in", "IN", "Equals", ""})
  void anotherOperatorIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Operator.parse(text))
        .withMessageContaining("In, NotIn, Exists, DoesNotExist");
  }

  private static boolean matches(String key, Operator operator, String... values) {
    Requirement requirement = new Requirement(key, operator, List.of(values));
    return new LabelSelector(Map.of(), List.of(requirement)).matches(WEB);
  }
}

package io.sluice.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class StableNumbersTest {

  private static final OptionalInt ANY = OptionalInt.empty();

  private final StableNumbers<String> numbers = new StableNumbers<>(1, 3);

  @Test
  void aThingKeepsItsNumber() {
    numbers.numberOf("a", ANY);
    numbers.numberOf("b", ANY);
    numbers.release("a");
    numbers.settle();

    assertThat(numbers.numberOf("b", ANY)).hasValue(2);
  }

  @Test
  void aReleasedNumberRestsUntilTheKernelHasForgottenIt() {
    numbers.numberOf("a", ANY);
    numbers.release("a");

    assertThat(numbers.numberOf("b", ANY)).hasValue(2);
    numbers.settle();
    assertThat(numbers.numberOf("c", ANY)).hasValue(1);
  }

  @Test
  void anEarlierNumberIsPreferredWhileItIsFree() {
    assertThat(numbers.numberOf("a", OptionalInt.of(3))).hasValue(3);
    assertThat(numbers.numberOf("b", OptionalInt.of(3))).hasValue(1);
    assertThat(numbers.numberOf("c", OptionalInt.of(99))).hasValue(2);
  }

  @Test
  void thereMayBeNoneLeft() {
    numbers.numberOf("a", ANY);
    numbers.numberOf("b", ANY);
    numbers.numberOf("c", ANY);

    assertThat(numbers.numberOf("d", ANY)).isEmpty();
    numbers.release("c");
    numbers.settle();
    assertThat(numbers.numberOf("d", ANY)).hasValue(3);
  }
}

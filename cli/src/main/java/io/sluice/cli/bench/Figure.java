package io.sluice.cli.bench;

import java.util.OptionalDouble;

/**
 * Something measured.
 *
 * @param what what it is
 * @param value how much, rounded to what the measurement gives
 * @param unit of the value and of the target
 * @param target what it is to be at most; empty if nothing is promised
 */
record Figure(String what, double value, String unit, OptionalDouble target) {

  static final String MILLIS = "ms";
  static final String MEBIBYTES = "MiB";
  static final String PERCENT_OF_CORE = "% of a core";

  Figure {
    value = Math.round(value * 1_000) / 1_000.0;
  }

  /** A figure that promises nothing. */
  static Figure of(String what, double value, String unit) {
    return new Figure(what, value, unit, OptionalDouble.empty());
  }

  /** A figure that is to be at most so much. */
  static Figure atMost(double target, String what, double value, String unit) {
    return new Figure(what, value, unit, OptionalDouble.of(target));
  }

  /** Whether it is as promised, if anything is. */
  boolean met() {
    return value <= target.orElse(Double.MAX_VALUE);
  }
}

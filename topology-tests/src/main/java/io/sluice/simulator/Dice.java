package io.sluice.simulator;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** All chance of a run, from its seed. */
final class Dice {

  private final SplittableRandom random;

  Dice(long seed) {
    this(new SplittableRandom(seed));
  }

  private Dice(SplittableRandom random) {
    this.random = random;
  }

  /** Dice of their own: what they throw does not depend on how often these are thrown later. */
  Dice split() {
    return new Dice(random.split());
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** At least the first, less than the second. */
  int between(int least, int bound) {
    return random.nextInt(least, bound);
  }

  /** A time between two numbers of milliseconds, in nanoseconds. */
  long millis(double least, double bound) {
    return (long) (TimeUnit.MILLISECONDS.toNanos(1) * random.nextDouble(least, bound));
  }

  <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}

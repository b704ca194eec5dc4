package io.sluice.cli.core;

import java.util.Collection;
import java.util.Locale;

/**
 * What a set of durations looks like, by nearest rank.
 *
 * @param count how many there were; without any, the others are 0
 */
public record Percentiles(int count, double p50Millis, double p99Millis, double maxMillis) {

  private static final double NANOS_PER_MILLI = 1e6;

  /** Of durations in nanoseconds. */
  public static Percentiles of(Collection<Long> nanos) {
    if (nanos.isEmpty()) {
      return new Percentiles(0, 0, 0, 0);
    }
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    return new Percentiles(
        sorted.length, rank(sorted, 0.50), rank(sorted, 0.99), rank(sorted, 1.0));
  }

  private static double rank(long[] sorted, double share) {
    int index = (int) Math.ceil(share * sorted.length) - 1;
    return sorted[Math.clamp(index, 0, sorted.length - 1)] / NANOS_PER_MILLI;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "p50 %.1f ms, p99 %.1f ms, max %.1f ms (%d)",
        p50Millis,
        p99Millis,
        maxMillis,
        count);
  }
}

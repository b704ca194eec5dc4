package io.sluice.allocator.core.allocation;

/**
 * How nodes are held off that fall silent again soon after they came back.
 *
 * @param firstMillis how long a node is held off that has relapsed once; doubles with each further
 *     relapse
 * @param longestMillis the most it grows to
 * @param stableAfterMillis how long a node must have been alive, and not held off, for its relapses
 *     to be forgotten
 */
public record HoldOffSettings(long firstMillis, long longestMillis, long stableAfterMillis) {

  /** Ten seconds, at most ten minutes, forgotten after five minutes. */
  public static final HoldOffSettings DEFAULT = new HoldOffSettings(10_000, 600_000, 300_000);

  /**
   * @throws IllegalArgumentException if the times contradict each other; the message says which and
   *     why
   */
  public HoldOffSettings {
    AllocationSettings.require(
        firstMillis >= 1, "the hold-off (%d ms) must be at least 1 ms".formatted(firstMillis));
    AllocationSettings.require(
        longestMillis >= firstMillis,
        "the longest hold-off (%d ms) must not be shorter than the first (%d ms)"
            .formatted(longestMillis, firstMillis));
    AllocationSettings.require(
        stableAfterMillis >= 1,
        "the time after which a node is stable (%d ms) must be at least 1 ms, else no relapse"
                .formatted(stableAfterMillis)
            + " counts");
  }

  /** How long a node is held off that has relapsed so many times in a row, at least once. */
  long millisAfter(int flaps) {
    long millis = firstMillis;
    for (int i = 1; i < flaps && millis < longestMillis; i++) {
      millis = millis > longestMillis / 2 ? longestMillis : 2 * millis;
    }
    return millis;
  }
}

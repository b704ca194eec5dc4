package io.sluice.allocator.core.allocation;

/**
 * The times that allocation works with. Bad combinations are refused, because with them an address
 * could have two holders, or a dead node would never be noticed.
 *
 * @param beatIntervalMillis how often an agent beats
 * @param leaseMillis L: how long an acknowledged beat entitles an agent to its addresses
 * @param silenceMillis T: how long a node does not beat before its addresses move
 * @param restartGraceMillis how long an agent that announced a restart may be away
 * @param rebalanceAfterMillis how long a node must have been alive before addresses move to it only
 *     for balance
 * @param rebalanceIntervalMillis the least time between two such moves
 * @param holdOff how nodes are held off that flap
 * @param handoverMillis how long, in a planned move, the successor of a holder may take to get
 *     ready before the holder is asked to let go all the same
 * @param applyMillis how long a node may take to carry out a grant before another one gets the
 *     address
 */
public record AllocationSettings(
    long beatIntervalMillis,
    long leaseMillis,
    long silenceMillis,
    long restartGraceMillis,
    long rebalanceAfterMillis,
    long rebalanceIntervalMillis,
    HoldOffSettings holdOff,
    long handoverMillis,
    long applyMillis) {

  /** Beats every 100 ms, a lease of 400 ms, a node is silent after 500 ms. */
  public static final AllocationSettings DEFAULT =
      new AllocationSettings(
          100, 400, 500, 10_000, 10_000, 1_000, HoldOffSettings.DEFAULT, 2_000, 2_000);

  /** Beats every 30 ms, a lease of 90 ms, a node is silent after 120 ms. */
  public static final AllocationSettings FAST =
      new AllocationSettings(
          30, 90, 120, 10_000, 10_000, 1_000, HoldOffSettings.DEFAULT, 2_000, 2_000);

  /**
   * @throws IllegalArgumentException if the times contradict each other; the message says which and
   *     why
   */
  public AllocationSettings {
    require(beatIntervalMillis >= 1, "the beat interval must be at least 1 ms");
    require(
        2 * beatIntervalMillis <= leaseMillis,
        "the lease (%d ms) must last at least two beat intervals (2 x %d ms), else one late beat"
                .formatted(leaseMillis, beatIntervalMillis)
            + " ends it");
    require(
        leaseMillis <= silenceMillis - LeaseRules.marginMillis(silenceMillis),
        "the lease (%d ms) must end %d ms before a node counts as silent (%d ms), else an address"
                .formatted(leaseMillis, LeaseRules.marginMillis(silenceMillis), silenceMillis)
            + " has two holders as soon as two clocks do not run alike");
    require(
        4 * beatIntervalMillis <= silenceMillis,
        "silence (%d ms) must last at least four beat intervals (4 x %d ms): when nobody beats for"
                .formatted(silenceMillis, beatIntervalMillis)
            + " half of it all timers restart, and one late beat must not do that");
    require(
        restartGraceMillis >= silenceMillis,
        "the grace of a restart (%d ms) must not be shorter than silence (%d ms)"
            .formatted(restartGraceMillis, silenceMillis));
    require(rebalanceAfterMillis >= 0, "the age before a rebalance cannot be negative");
    require(handoverMillis >= 0, "the time to get ready for a move cannot be negative");
    require(
        applyMillis >= silenceMillis,
        "the time to carry out a grant (%d ms) must not be shorter than silence (%d ms), else a"
                .formatted(applyMillis, silenceMillis)
            + " node that has just died looks as if its kernel refused");
    require(rebalanceIntervalMillis >= 0, "the interval of rebalance moves cannot be negative");
  }

  /**
   * How long after the last beat read a clock alone may still declare a node silent. Longer, and a
   * beat that is on the log but not yet read could still be prolonging a lease: a beat that came
   * later than T - L before now came when the lease of a node silent for T had already ended.
   */
  long longestProofMillis() {
    return Math.min(silenceMillis / 2, silenceMillis - leaseMillis);
  }

  static void require(boolean holds, String reason) {
    if (!holds) {
      throw new IllegalArgumentException(reason);
    }
  }
}

package io.sluice.allocator;

import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.allocator.core.allocation.HoldOffSettings;
import picocli.CommandLine.Option;

/** The times that allocation works with; a picocli mixin. */
final class TimeOptions {

  @Option(
      names = "--profile",
      defaultValue = "default",
      description =
          "default (beat 100 ms, lease 400 ms, silence 500 ms) or fast (30, 90, 120); what is given"
              + " besides wins (default: ${DEFAULT-VALUE}).")
  private Profile profile;

  @Option(
      names = "--beat-interval-millis",
      paramLabel = "MS",
      description = "How often an agent beats.")
  private Long beatIntervalMillis;

  @Option(
      names = "--lease-millis",
      paramLabel = "MS",
      description = "How long an acknowledged beat entitles an agent to its addresses.")
  private Long leaseMillis;

  @Option(
      names = "--silence-millis",
      paramLabel = "MS",
      description = "After this time without a beat a node's addresses move.")
  private Long silenceMillis;

  @Option(
      names = "--restart-grace-millis",
      paramLabel = "MS",
      description = "How long an agent that announced a restart may be away (default: 10000).")
  private Long restartGraceMillis;

  @Option(
      names = "--rebalance-after-millis",
      paramLabel = "MS",
      description =
          "How long a node is alive before addresses move to it for balance (default: 10000).")
  private Long rebalanceAfterMillis;

  @Option(
      names = "--rebalance-interval-millis",
      paramLabel = "MS",
      description = "The least time between two such moves (default: 1000).")
  private Long rebalanceIntervalMillis;

  @Option(
      names = "--hold-off-millis",
      paramLabel = "MS",
      description =
          "How long a node that fell silent again soon after it came back, or did not carry out a"
              + " grant, gets no address that another node can carry; doubles with each relapse"
              + " (default: 10000).")
  private Long holdOffMillis;

  @Option(
      names = "--longest-hold-off-millis",
      paramLabel = "MS",
      description = "The most that grows to (default: 600000).")
  private Long longestHoldOffMillis;

  @Option(
      names = "--stable-after-millis",
      paramLabel = "MS",
      description =
          "How long a node must be alive and not held off until its relapses are forgotten"
              + " (default: 300000).")
  private Long stableAfterMillis;

  @Option(
      names = "--handover-millis",
      paramLabel = "MS",
      description =
          "How long, in a planned move, the next holder may take to get ready before the present"
              + " one is asked to let go all the same, or a move for balance is called off"
              + " (default: 2000).")
  private Long handoverMillis;

  @Option(
      names = "--apply-millis",
      paramLabel = "MS",
      description =
          "How long a node may take to carry out a grant before another node gets the address and"
              + " this one is held off (default: 2000).")
  private Long applyMillis;

  /**
   * The times as chosen.
   *
   * @throws IllegalArgumentException if they contradict each other
   */
  AllocationSettings settings() {
    AllocationSettings base = profile.settings();
    return new AllocationSettings(
        or(beatIntervalMillis, base.beatIntervalMillis()),
        or(leaseMillis, base.leaseMillis()),
        or(silenceMillis, base.silenceMillis()),
        or(restartGraceMillis, base.restartGraceMillis()),
        or(rebalanceAfterMillis, base.rebalanceAfterMillis()),
        or(rebalanceIntervalMillis, base.rebalanceIntervalMillis()),
        holdOff(base.holdOff()),
        or(handoverMillis, base.handoverMillis()),
        or(applyMillis, base.applyMillis()));
  }

  private HoldOffSettings holdOff(HoldOffSettings base) {
    return new HoldOffSettings(
        or(holdOffMillis, base.firstMillis()),
        or(longestHoldOffMillis, base.longestMillis()),
        or(stableAfterMillis, base.stableAfterMillis()));
  }

  private static long or(Long chosen, long otherwise) {
    return chosen == null ? otherwise : chosen;
  }
}

package io.sluice.agent;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How often to beat, and how long a beat counts; a picocli mixin. */
final class LeaseOptions {

  /** The same words as the allocator's. */
  enum Profile {
    DEFAULT(100, 400),
    FAST(30, 90);

    private final long beatIntervalMillis;
    private final long leaseMillis;

    Profile(long beatIntervalMillis, long leaseMillis) {
      this.beatIntervalMillis = beatIntervalMillis;
      this.leaseMillis = leaseMillis;
    }
  }

  @Option(
      names = "--profile",
      defaultValue = "default",
      description =
          "default (beat 100 ms, lease 400 ms) or fast (30, 90); must be the allocator's; what is"
              + " given besides wins (default: ${DEFAULT-VALUE}).")
  private Profile profile = Profile.DEFAULT;

  @Option(names = "--beat-interval-millis", paramLabel = "MS", description = "How often to beat.")
  private Long beatIntervalMillis;

  @Option(
      names = "--lease-millis",
      paramLabel = "MS",
      description = "How long a beat entitles to floating IPs; less than the allocator's silence.")
  private Long leaseMillis;

  @Option(
      names = "--restart-lease-millis",
      paramLabel = "MS",
      defaultValue = "8000",
      description =
          "With --keep-on-stop, how long available addresses stay open without an agent; less than"
              + " the allocator's grace of a restart (default: ${DEFAULT-VALUE}).")
  private long restartLeaseMillis = 8_000;

  /** How long available addresses stay open after an announced restart. */
  Duration restartLease() {
    return Duration.ofMillis(restartLeaseMillis);
  }

  /** How often to beat. */
  Duration beatInterval() {
    return Duration.ofMillis(
        beatIntervalMillis == null ? profile.beatIntervalMillis : beatIntervalMillis);
  }

  /** How long a beat entitles to floating IPs. */
  Duration lease() {
    return Duration.ofMillis(leaseMillis == null ? profile.leaseMillis : leaseMillis);
  }

  /**
   * @throws IllegalArgumentException if the two contradict each other
   */
  void check() {
    long beat = beatInterval().toMillis();
    if (beat < 1 || beat > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("--beat-interval-millis: at least 1, not " + beat);
    }
    if (restartLeaseMillis < lease().toMillis()) {
      throw new IllegalArgumentException(
          "--restart-lease-millis: at least the lease (%d ms), not %d"
              .formatted(lease().toMillis(), restartLeaseMillis));
    }
    if (lease().toMillis() < 2 * beat) {
      throw new IllegalArgumentException(
          "--lease-millis: at least two beat intervals (2 x %d ms), else one late beat ends it, not"
                  .formatted(beat)
              + " "
              + lease().toMillis());
    }
  }
}

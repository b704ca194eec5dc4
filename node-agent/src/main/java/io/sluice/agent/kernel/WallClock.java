package io.sluice.agent.kernel;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The wall clock as the kernel counts it. */
public final class WallClock {

  private WallClock() {}

  /** Nanoseconds since the epoch: CLOCK_REALTIME (clock_gettime(2)). */
  public static long nanos() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }
}

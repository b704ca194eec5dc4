package io.sluice.operations;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Notices that something which ought to move does not. Whoever moves says so with {@link #moved()},
 * and says with {@link #rests()} that nothing is expected of it. May be used by any thread.
 */
public final class Stall implements Supplier<Optional<String>> {

  private final String what;
  private final long patienceNanos;
  private final LongSupplier nanoClock;
  private volatile long movedAt;
  private volatile boolean resting;

  /**
   * @param what moves, such as {@code the loop}
   * @param patience how long it may take
   * @param nanoClock as {@link System#nanoTime()}
   */
  public Stall(String what, Duration patience, LongSupplier nanoClock) {
    this.what = what;
    this.patienceNanos = patience.toNanos();
    this.nanoClock = nanoClock;
    this.movedAt = nanoClock.getAsLong();
  }

  /** It has got somewhere, and more is expected. */
  public void moved() {
    movedAt = nanoClock.getAsLong();
    resting = false;
  }

  /** It waits for something to do, for as long as it takes. */
  public void rests() {
    resting = true;
  }

  /** What is wrong; empty if it moves or rests. */
  @Override
  public Optional<String> get() {
    Duration still = Duration.ofNanos(nanoClock.getAsLong() - movedAt);
    return resting || still.toNanos() <= patienceNanos
        ? Optional.empty()
        : Optional.of("%s has not moved for %d s".formatted(what, still.toSeconds()));
  }
}

package io.sluice.agent;

import io.sluice.agent.core.DataPlane;
import io.sluice.agent.core.DataPlaneException;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.TableDifferences;
import io.sluice.model.AgentReport.Nic;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the kernel from what it holds to what it is to hold, and keeps it there.
 *
 * <p>After an error what the kernel holds is unknown: it is read back before anything else is
 * changed, and tried again after a pause that grows. Errors of the kernel never end the agent.
 */
final class Reconciler {

  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Whoever keeps changing our things makes us look often, but not all the time. */
  private static final long LEAST_BETWEEN_CHECKS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Looking when told to takes at most a 20th of the time, looking unasked a 500th. */
  private static final int SHARE_WHEN_TOLD = 20;

  private static final int SHARE_UNASKED = 500;

  private final DataPlane dataPlane;
  private final LongSupplier clock;
  private final long checkIntervalNanos;

  private Optional<KernelTables> kernel = Optional.empty();
  private Optional<Nic> nic = Optional.empty();

  /** Whether it was found to be another than that for which the last tables were meant. */
  private boolean nicChanged;

  private boolean carrier = true;
  private Optional<String> error = Optional.empty();
  private KernelTables lastDesired = KernelTables.EMPTY;
  private long pauseNanos;
  private long notBefore;
  private long lastFailure;
  private boolean driftNoticed;
  private boolean carrierInDoubt;
  private boolean installed;
  private long checkNotBefore;
  private long nextCheck;
  private long driftRepaired;

  /**
   * @param clock monotonic nanoseconds; only to measure how long the kernel took
   */
  Reconciler(DataPlane dataPlane, Duration checkInterval, LongSupplier clock, long now) {
    this.dataPlane = dataPlane;
    this.clock = clock;
    this.checkIntervalNanos = checkInterval.toNanos();
    this.notBefore = now;
    this.checkNotBefore = now;
    this.nextCheck = now + checkIntervalNanos;
  }

  /** What the kernel holds; empty before it was first read, and after an error. */
  Optional<KernelTables> kernel() {
    return kernel;
  }

  /** The network interface; empty before the kernel was first read. */
  Optional<Nic> nic() {
    return nic;
  }

  /** Whether the network interface had a carrier when it was last looked at. */
  boolean hasCarrier() {
    return carrier;
  }

  /** What went wrong last and still is. */
  Optional<String> error() {
    return error;
  }

  /**
   * Whether our fixed rules were loaded since the last call: if they were gone, so is the fence.
   */
  boolean takeInstalled() {
    boolean since = installed;
    installed = false;
    return since;
  }

  /** How often the kernel was found to differ, and was put right. */
  long driftRepaired() {
    return driftRepaired;
  }

  void noteDrift() {
    driftNoticed = true;
    carrierInDoubt = true;
  }

  /**
   * Looks at the carrier if something was told to have changed. That takes some microseconds, and
   * comes before all that is read back.
   */
  void lookAtCarrier() {
    if (!carrierInDoubt || nic.isEmpty()) {
      return;
    }
    carrierInDoubt = false;
    try {
      noteCarrier(dataPlane.hasCarrier());
    } catch (DataPlaneException e) {
      log.warn("cannot tell whether there is a carrier: {}", e.getMessage());
    }
  }

  /** How long until there is something to do without a new input. */
  long nanosUntilWork(long now) {
    if (nicChanged) {
      return 0;
    }
    long until = driftNoticed ? checkNotBefore : nextCheck;
    if (kernel.isEmpty() || error.isPresent()) {
      until = notBefore;
    }
    return Math.max(until - now, 0);
  }

  /** Reads what the kernel holds, if it is not known; changes nothing but our fixed rules. */
  boolean prepare(long now) {
    if (kernel.isPresent() || now - notBefore < 0) {
      return kernel.isPresent();
    }
    return attempt(
        now,
        () -> {
          readBack(now);
          succeeded();
        });
  }

  /**
   * Carries out the difference, if there is one.
   *
   * @return whether the kernel holds the desired tables now
   */
  boolean reconcile(KernelTables desired, long now) {
    nicChanged = false;
    if (!desired.equals(lastDesired)) {
      lastDesired = desired;
      hurry();
    }
    if (now - notBefore < 0) {
      return false;
    }
    boolean settled = kernel.isPresent() && kernel.get().equals(desired) && error.isEmpty();
    if (settled && !isCheckDue(now)) {
      return true;
    }
    return attempt(
        now,
        () -> {
          Optional<String> drift = Optional.empty();
          if (kernel.isEmpty()) {
            readBack(now);
          } else if (isCheckDue(now)) {
            drift = check(now);
          }
          carryOut(desired);
          drift.ifPresent(this::repaired);
          succeeded();
        });
  }

  private boolean attempt(long now, Runnable action) {
    try {
      action.run();
      return true;
    } catch (DataPlaneException e) {
      failed(e, now);
      return false;
    }
  }

  private void readBack(long now) {
    driftNoticed = false;
    long start = clock.getAsLong();
    dataPlane.install();
    installed = true;
    Nic found = dataPlane.nic();
    nicChanged = nic.isPresent() && !nic.get().equals(found);
    nic = Optional.of(found);
    noteCarrier(dataPlane.hasCarrier());
    kernel = Optional.of(dataPlane.observe());
    long took = clock.getAsLong() - start;
    nextCheck = now + Math.max(checkIntervalNanos, SHARE_UNASKED * took);
    checkNotBefore = now + Math.max(LEAST_BETWEEN_CHECKS_NANOS, SHARE_WHEN_TOLD * took);
  }

  private void noteCarrier(boolean now) {
    if (now != carrier) {
      carrier = now;
      String name = nic.orElseThrow().name();
      if (now) {
        log.info("{} has a carrier again", name);
      } else {
        log.error("{} has no carrier: nobody hears this node there", name);
      }
    }
  }

  /** Compares; what differs is repaired by the next {@link #carryOut}. */
  private Optional<String> check(long now) {
    KernelTables expected = kernel.orElseThrow();
    readBack(now);
    KernelTables found = kernel.orElseThrow();
    if (found.equals(expected)) {
      // The instances that desired tables share with, so that comparing stays free of cost.
      kernel = Optional.of(expected);
      return Optional.empty();
    }
    return Optional.of(TableDifferences.drift(expected, found));
  }

  private void carryOut(KernelTables desired) {
    KernelTables from = kernel.orElseThrow();
    if (from.equals(desired)) {
      kernel = Optional.of(desired);
      return;
    }
    kernel = Optional.empty();
    long start = clock.getAsLong();
    var released = TableDifferences.without(from.held(), desired.held());
    if (error.isPresent() && !released.isEmpty()) {
      // Whatever keeps the rest from being done must not keep an address here.
      KernelTables lettingGo = from.withoutHeld(released);
      dataPlane.apply(from, lettingGo);
      dataPlane.apply(lettingGo, desired);
    } else {
      dataPlane.apply(from, desired);
    }
    long micros = TimeUnit.NANOSECONDS.toMicros(clock.getAsLong() - start);
    kernel = Optional.of(desired);
    log.info(
        "kernel applied in {} us: held {}, released {}; {}",
        micros,
        TableDifferences.without(desired.held(), from.held()),
        released,
        TableDifferences.changed(from, desired));
  }

  /** Something else is wanted now: it need not wait for as long as what failed before. */
  private void hurry() {
    pauseNanos = 0;
    if (error.isPresent() && notBefore - (lastFailure + FIRST_PAUSE_NANOS) > 0) {
      notBefore = lastFailure + FIRST_PAUSE_NANOS;
    }
  }

  private void repaired(String drift) {
    driftRepaired++;
    log.warn("drift repaired, {} so far: {}", driftRepaired, drift);
  }

  private boolean isCheckDue(long now) {
    return (driftNoticed && now - checkNotBefore >= 0) || now - nextCheck >= 0;
  }

  private void succeeded() {
    error.ifPresent(before -> log.info("the kernel follows again after: {}", before));
    error = Optional.empty();
    pauseNanos = 0;
  }

  private void failed(DataPlaneException e, long now) {
    kernel = Optional.empty();
    pauseNanos = Math.clamp(2 * pauseNanos, FIRST_PAUSE_NANOS, LONGEST_PAUSE_NANOS);
    lastFailure = now;
    notBefore = now + pauseNanos;
    if (!error.equals(Optional.of(e.getMessage()))) {
      log.error("the kernel does not follow; trying again until it does: {}", e.getMessage(), e);
    } else {
      log.warn(
          "the kernel still does not follow; next try in {} ms: {}",
          TimeUnit.NANOSECONDS.toMillis(pauseNanos),
          e.getMessage());
    }
    error = Optional.of(e.getMessage());
  }
}

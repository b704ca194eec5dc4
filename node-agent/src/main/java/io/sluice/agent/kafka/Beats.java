package io.sluice.agent.kafka;

import io.sluice.agent.core.BeatOrder;
import io.sluice.agent.core.Input;
import io.sluice.kafka.Refusal;
import io.sluice.model.Heartbeat;
import io.sluice.model.Heartbeat.Intent;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The heart: beats on a fixed schedule, on a thread of its own, so that nothing the agent does can
 * delay it. A beat says that this process is alive; it is therefore withheld
 *
 * <ul>
 *   <li>when the loop has not moved for long: a node whose agent hangs is better replaced;
 *   <li>when the last beat is older than the lease: the session has ended with it, and the loop is
 *       about to begin the next one.
 * </ul>
 *
 * <p>{@link #step} does what is due and may be called by hand in a test instead of {@link #start}.
 */
public final class Beats implements Consumer<BeatOrder>, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Beats.class);

  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The longest that the kernel may take for one change before the agent counts as hung. */
  private static final long LOOP_HANGS_AFTER_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String instance;
  private final Duration interval;
  private final long leaseNanos;
  private final Delivery<Heartbeat> delivery;
  private final Consumer<Input> inbox;
  private final LongSupplier clock;
  private final LongSupplier wallClock;
  private final LongSupplier loopMovedAt;
  private final Thread thread;

  private volatile BeatOrder order;
  private volatile boolean closed;
  private volatile boolean failing;

  private BeatOrder lastOrder;
  private long sequence;
  private long lastSent;
  private long nextBeat;
  private boolean withheld;

  /**
   * @param inbox told of every beat sent and acknowledged
   * @param clock monotonic nanoseconds
   * @param wallClock nanoseconds since the epoch
   * @param loopMovedAt when the loop last did something, on the same clock
   */
  public Beats(
      String instance,
      Duration interval,
      Duration lease,
      Delivery<Heartbeat> delivery,
      Consumer<Input> inbox,
      LongSupplier clock,
      LongSupplier wallClock,
      LongSupplier loopMovedAt) {
    this.instance = instance;
    this.interval = interval;
    this.leaseNanos = lease.toNanos();
    this.delivery = delivery;
    this.inbox = inbox;
    this.clock = clock;
    this.wallClock = wallClock;
    this.loopMovedAt = loopMovedAt;
    this.thread = Thread.ofPlatform().name("beats").daemon().unstarted(this::run);
  }

  /** Begins to beat as soon as there is an order. */
  public void start() {
    thread.start();
  }

  /** From now on beats say this; the first of them leaves at once. */
  @Override
  public void accept(BeatOrder newOrder) {
    order = newOrder;
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!closed) {
      long rest = step();
      if (rest > 0) {
        LockSupport.parkNanos(this, rest);
      }
    }
  }

  /**
   * Beats if it is time to; returns for how many nanoseconds nothing is to do. The wall clock is
   * read first: should this thread be stopped between the two readings, the beat looks older on
   * that clock than it is, and the lease that it renews is shorter.
   */
  public long step() {
    long wall = wallClock.getAsLong();
    long now = clock.getAsLong();
    BeatOrder current = order;
    boolean isNew = current != null && !current.equals(lastOrder);
    if (current == null || (!isNew && current.intent() != Intent.RUNNING)) {
      return REST_NANOS;
    }
    if (!isNew && nextBeat - now > 0) {
      return nextBeat - now;
    }
    nextBeat = isNew || now - nextBeat > interval.toNanos() ? now : nextBeat;
    nextBeat += interval.toNanos();
    if (!isWithheld(now, isNew)) {
      beat(current, now, wall);
    }
    return Math.max(nextBeat - clock.getAsLong(), 0);
  }

  private boolean isWithheld(long now, boolean isNew) {
    boolean hangs = now - loopMovedAt.getAsLong() >= LOOP_HANGS_AFTER_NANOS;
    boolean lapsed = !isNew && now - lastSent >= leaseNanos;
    if ((hangs || lapsed) && !withheld) {
      log.warn(
          "beats are withheld, {}",
          hangs ? "the agent hangs" : "none left this process for longer than the lease");
    }
    withheld = hangs || lapsed;
    return withheld;
  }

  private void beat(BeatOrder current, long now, long wall) {
    lastOrder = current;
    lastSent = now;
    sequence++;
    inbox.accept(new Input.BeatSent(current.session(), now, wall));
    Heartbeat beat =
        new Heartbeat(
            instance,
            current.session(),
            sequence,
            Math.toIntExact(interval.toMillis()),
            current.intent());
    delivery.send(beat, failure -> delivered(current, now, wall, failure));
  }

  private void delivered(
      BeatOrder sent, long sentAt, long sentAtWall, Optional<Exception> failure) {
    if (failure.isPresent()) {
      if (!failing) {
        failing = true;
        log.warn(
            "beats are not acknowledged: {}",
            Refusal.of(failure.get()).orElseGet(() -> failure.get().toString()));
      }
      return;
    }
    failing = false;
    inbox.accept(
        new Input.BeatAcknowledged(
            sent.session(), sent.intent(), sentAt, sentAtWall, clock.getAsLong()));
  }

  /** Beats no more. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}

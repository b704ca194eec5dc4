package io.sluice.agent.kafka;

import io.sluice.model.AgentReport;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the newest report, at once and until it is acknowledged. Older ones that could not be
 * delivered are of no use to anybody. A thread of its own, because handing something to Kafka may
 * block while Kafka is away.
 */
public final class Reports implements Consumer<AgentReport>, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Reports.class);

  private static final long AGAIN_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long LAST_TRY_NANOS = TimeUnit.SECONDS.toNanos(2);

  private record Numbered(long number, AgentReport report) {}

  private final Delivery<AgentReport> delivery;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private AgentReport newest;

  /** Reports are numbered; 0 is none. */
  private long newestNumber;

  private long handedOver;
  private long delivered;
  private boolean closed;

  /** Sends this way. */
  public Reports(Delivery<AgentReport> delivery) {
    this.delivery = delivery;
    this.thread = Thread.ofPlatform().name("reports").daemon().unstarted(this::run);
  }

  /** Begins to send. */
  public void start() {
    thread.start();
  }

  @Override
  public void accept(AgentReport report) {
    lock.lock();
    try {
      newest = report;
      newestNumber++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (Optional<Numbered> next = next(); next.isPresent(); next = next()) {
        long number = next.get().number();
        delivery.send(next.get().report(), failure -> done(number, failure));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** The newest report that was not handed over yet; empty at the end. */
  private Optional<Numbered> next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (newestNumber == handedOver && !closed) {
        changed.await();
      }
      handedOver = newestNumber;
      return closed ? Optional.empty() : Optional.of(new Numbered(newestNumber, newest));
    } finally {
      lock.unlock();
    }
  }

  private void done(long number, Optional<Exception> failure) {
    if (failure.isPresent()) {
      log.warn("a report was not acknowledged, sending it again: {}", failure.get().toString());
      Thread.ofVirtual().name("report again").start(() -> again(number));
      return;
    }
    lock.lock();
    try {
      delivered = Math.max(delivered, number);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void again(long number) {
    try {
      TimeUnit.NANOSECONDS.sleep(AGAIN_AFTER_NANOS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    lock.lock();
    try {
      if (handedOver == number) {
        handedOver = 0;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Gives the newest report a moment to be acknowledged, then sends no more. */
  @Override
  public void close() {
    lock.lock();
    try {
      long left = LAST_TRY_NANOS;
      while (delivered < newestNumber && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      closed = true;
      changed.signalAll();
      lock.unlock();
    }
  }
}

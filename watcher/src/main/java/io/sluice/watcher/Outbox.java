package io.sluice.watcher;

import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.watcher.core.Observed;
import io.sluice.watcher.core.Pending;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Stands between the threads of a source and the one that publishes. */
public final class Outbox implements Sink {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Pending<Observed> objects = new Pending<>();
  private final Pending<Status> statuses = new Pending<>();
  private Throwable failure;
  private boolean closed;

  /** All that waited. */
  public record Batch(
      List<Pending.Entry<Observed>> objects, List<Pending.Entry<Status>> statuses) {}

  @Override
  public void object(ObjectId id, Optional<Observed> newest) {
    change(() -> objects.offer(id, newest));
  }

  @Override
  public void status(ObjectId subject, Optional<Status> newest) {
    change(() -> statuses.offer(subject, newest));
  }

  @Override
  public void failed(Throwable cause) {
    change(() -> {
      if (failure == null) {
        failure = cause;
      }
    });
  }

  /** Ends {@link #take()}; what still waits is left, the next start finds the difference. */
  public void close() {
    change(() -> closed = true);
  }

  /**
   * Waits for something to publish.
   *
   * @return empty when closed
   * @throws WatcherFailedException if a part of the watcher cannot go on
   */
  public Optional<Batch> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (failure == null && !closed && objects.isEmpty() && statuses.isEmpty()) {
        changed.await();
      }
      if (failure != null) {
        throw new WatcherFailedException(failure);
      }
      return closed ? Optional.empty() : Optional.of(new Batch(objects.drain(), statuses.drain()));
    } finally {
      lock.unlock();
    }
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

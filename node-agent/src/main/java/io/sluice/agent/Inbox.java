package io.sluice.agent;

import io.sluice.agent.core.Input;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** What waits for the loop: filled by all threads, emptied by one. */
public final class Inbox implements Consumer<Input> {

  /** Who reads a topic faster than the loop can follow waits from here on. */
  private static final int ROOM = 50_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final Queue<Input> waiting = new ArrayDeque<>();
  private boolean wakesForAcknowledgements = true;

  /**
   * Puts it in the queue and returns at once. A beat that was sent only moves a deadline on: the
   * loop need not wake up for it, it hears of it with what comes next, or when the deadline comes
   * that it knows of. So it is with the acknowledgement of a beat, if the loop says so.
   */
  @Override
  public void accept(Input input) {
    lock.lock();
    try {
      waiting.add(input);
      if (wakes(input)) {
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean wakes(Input input) {
    return switch (input) {
      case Input.BeatSent _ -> false;
      case Input.BeatAcknowledged _ -> wakesForAcknowledgements;
      case Input.TopicsRead _,
          Input.AssignmentRead _,
          Input.BindingRead _,
          Input.AddressClaimed _,
          Input.DriftNoticed _,
          Input.StopRequested _ ->
          true;
    };
  }

  /** Whether somebody waits who has not been woken up. */
  boolean isAwaited() {
    lock.lock();
    try {
      return lock.hasWaiters(filled);
    } finally {
      lock.unlock();
    }
  }

  /** Puts it in the queue once there is room. */
  public void acceptWhenRoom(Input input) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.size() >= ROOM) {
        room.await();
      }
      accept(input);
    } finally {
      lock.unlock();
    }
  }

  /** The next one, in order of arrival. */
  Optional<Input> poll() {
    lock.lock();
    try {
      Input next = waiting.poll();
      room.signal();
      return Optional.ofNullable(next);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until there is something, but no longer than this.
   *
   * @param forAcknowledgements whether the acknowledgement of a beat ends the waiting
   */
  void await(long nanos, boolean forAcknowledgements) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      wakesForAcknowledgements = forAcknowledgements;
      long left = nanos;
      while (waiting.isEmpty() && left > 0) {
        left = filled.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}

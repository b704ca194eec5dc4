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

  /**
   * Puts it in the queue and returns at once. A beat that was sent only moves a deadline on: the
   * loop need not wake up for it, it hears of it with the acknowledgement, or when the deadline
   * comes that it knows of.
   */
  @Override
  public void accept(Input input) {
    lock.lock();
    try {
      waiting.add(input);
      if (!(input instanceof Input.BeatSent)) {
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
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

  /** Waits until there is something, but no longer than this. */
  void await(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (waiting.isEmpty() && left > 0) {
        left = filled.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}

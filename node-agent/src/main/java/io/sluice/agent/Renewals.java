package io.sluice.agent;

import io.sluice.agent.core.Input;
import io.sluice.model.Heartbeat.Intent;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Renews leases on a thread of its own, in the order of what was heard of beats: a kernel that is
 * busy with a long change delays no beat, and none of the acknowledgements that Kafka's network
 * thread hands over. It cannot prolong anything by coming late, since every deadline counts from
 * the moment a beat was sent.
 */
final class Renewals implements Consumer<Input>, AutoCloseable {

  /** As long as the kernel may hang before beats are withheld, some hundred at the most wait. */
  private final BlockingQueue<Input> waiting = new LinkedBlockingQueue<>();

  private final Consumer<Input> renew;
  private final Consumer<Input> inbox;
  private final Thread thread;

  /**
   * @param renew renews the lease, and returns when the kernel has it
   * @param inbox of the loop, which hears at once of all but a farewell: when it hears that one, it
   *     ends, and what the farewell entitles to has to be in the kernel by then
   */
  Renewals(Consumer<Input> renew, Consumer<Input> inbox) {
    this.renew = renew;
    this.inbox = inbox;
    this.thread = Thread.ofPlatform().name("renewals").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  @Override
  public void accept(Input input) {
    if (!isFarewell(input)) {
      inbox.accept(input);
    }
    waiting.add(input);
  }

  private static boolean isFarewell(Input input) {
    return input instanceof Input.BeatAcknowledged beat && beat.intent() != Intent.RUNNING;
  }

  private void run() {
    try {
      while (true) {
        Input input = waiting.take();
        renew.accept(input);
        if (isFarewell(input)) {
          inbox.accept(input);
        }
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  /** Renews no more. */
  @Override
  public void close() {
    thread.interrupt();
  }
}

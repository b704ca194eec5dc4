package io.sluice.simulator;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One direction of a node's way to Kafka: in order like a TCP connection. While it is cut, messages
 * wait and arrive late, or are lost after the time in which a producer gives up.
 */
final class Link {

  /** When a producer gives up on a record. */
  static final long GIVES_UP_AFTER = TimeUnit.SECONDS.toNanos(2);

  /** Something on its way; ready once it could arrive if nothing older were before it. */
  private static final class Message {
    private final long sentAt;
    private final Runnable arrive;
    private final Runnable lost;
    private boolean ready;

    private Message(long sentAt, Runnable arrive, Runnable lost) {
      this.sentAt = sentAt;
      this.arrive = arrive;
      this.lost = lost;
    }
  }

  private final Timeline timeline;
  private final Dice dice;
  private final BooleanSupplier brokerIsUp;
  private final long patience;

  /** In the order in which they were sent, which is that in which they arrive. */
  private final Queue<Message> underWay = new ArrayDeque<>();

  private boolean cut;
  private boolean drops;
  private long extraDelay;
  private long lastArrival;

  /**
   * @param patience after which time what has not arrived counts as lost
   */
  Link(Timeline timeline, Dice dice, BooleanSupplier brokerIsUp, long patience) {
    this.timeline = timeline;
    this.dice = dice;
    this.brokerIsUp = brokerIsUp;
    this.patience = patience;
  }

  boolean isOpen() {
    return !cut && brokerIsUp.getAsBoolean();
  }

  /** Whether something is wrong with it or with the broker. */
  boolean isHindered() {
    return !isOpen() || extraDelay > 0;
  }

  /**
   * @param loses whether what is sent meanwhile is lost rather than late
   */
  void cut(boolean loses) {
    cut = true;
    drops = loses;
  }

  void heal() {
    cut = false;
    extraDelay = 0;
    reconnect();
  }

  void slow(long nanos) {
    extraDelay = nanos;
  }

  long delay() {
    return dice.millis(0.1, 1.2) + extraDelay;
  }

  void send(Runnable arrive, Runnable lost) {
    if (cut && drops) {
      timeline.after(patience, lost);
      return;
    }
    Message message = new Message(timeline.now(), arrive, lost);
    boolean held = !isOpen() || underWay.stream().anyMatch(earlier -> earlier.ready);
    underWay.add(message);
    if (held) {
      message.ready = true;
    } else {
      long arrival = Math.max(lastArrival, timeline.now() + delay());
      lastArrival = arrival;
      timeline.after(
          arrival - timeline.now(),
          () -> {
            message.ready = true;
            flush();
          });
    }
  }

  /** The way may be free again; whoever waits goes on after a moment. */
  void reconnect() {
    timeline.after(dice.millis(1, 60), this::flush);
  }

  private void flush() {
    while (isOpen() && !underWay.isEmpty() && underWay.peek().ready) {
      Message message = underWay.remove();
      boolean tooLate = timeline.now() - message.sentAt > patience;
      (tooLate ? message.lost : message.arrive).run();
    }
  }
}

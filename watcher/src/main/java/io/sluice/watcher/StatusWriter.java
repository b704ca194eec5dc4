package io.sluice.watcher;

import io.sluice.model.ObjectId;
import io.sluice.operations.Stall;
import io.sluice.watcher.core.StatusBoard;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries statuses from the topic to where people look at them. A write that fails is repeated with
 * growing pauses; only the newest status of an object is ever waiting, so this may go on as long as
 * the target is away.
 */
public final class StatusWriter implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StatusWriter.class);

  private static final Duration LAST_WRITE = Duration.ofSeconds(3);
  private static final Duration POLL = Duration.ofMillis(500);

  /** One write may wait for an API server that does not answer. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final StatusFeed feed;
  private final StatusTarget target;
  private final Sink sink;
  private final LongSupplier nanoClock;
  private final StatusBoard board = new StatusBoard();
  private final Map<ObjectId, Retry> retries = new TreeMap<>();
  private final Stall writing;
  private boolean begun;
  private final Thread thread = Thread.ofVirtual().name("statuses").unstarted(this::run);
  private volatile boolean closed;

  private record Retry(Duration pause, long dueNanos) {}

  /**
   * A writer that has not begun.
   *
   * @param sink hears of it when the writer cannot go on
   * @param nanoClock as {@link System#nanoTime()}
   */
  public StatusWriter(StatusFeed feed, StatusTarget target, Sink sink, LongSupplier nanoClock) {
    this.feed = feed;
    this.target = target;
    this.sink = sink;
    this.nanoClock = nanoClock;
    this.writing = new Stall("the writer of statuses", PATIENCE, nanoClock);
  }

  /** Begins to write, on a thread of its own. */
  public void start() {
    thread.start();
  }

  private void run() {
    try (feed) {
      while (!closed) {
        step(POLL);
      }
    } catch (RuntimeException | Error e) {
      if (!closed) {
        sink.failed(e);
      }
    }
  }

  /** Takes what has come and writes what is due. Nothing is written before all has been read. */
  void step(Duration timeout) {
    writing.moved();
    feed.poll(timeout).forEach(said -> board.accept(said.subject(), said.author(), said.status()));
    if (!feed.caughtUp()) {
      return;
    }
    if (!begun) {
      begin();
    }
    SortedSet<ObjectId> due = new TreeSet<>(board.takeChanged());
    due.removeIf(retries::containsKey);
    retries.forEach((subject, retry) -> {
      if (retry.dueNanos() - nanoClock.getAsLong() <= 0) {
        due.add(subject);
      }
    });
    due.forEach(this::write);
  }

  private void begin() {
    begun = true;
    try {
      target.begin(board.subjects());
    } catch (IOException e) {
      log.warn("could not clear away statuses that are out of date: {}", e.toString());
    }
  }

  private void write(ObjectId subject) {
    writing.moved();
    try {
      target.write(subject, board.merged(subject));
      retries.remove(subject);
    } catch (IOException e) {
      Retry before = retries.get(subject);
      Duration pause = RetryPause.after(before == null ? Duration.ZERO : before.pause());
      retries.put(subject, new Retry(pause, nanoClock.getAsLong() + pause.toNanos()));
      log.warn("status of {}: {}; next try in {} ms", subject, e.toString(), pause.toMillis());
    }
  }

  /** Why no status is written; empty if that goes on. */
  public Optional<String> hasStopped() {
    return writing.get();
  }

  /** Ends the thread after the write that it is at, and closes the feed. */
  @Override
  public void close() {
    closed = true;
    feed.wakeup();
    try {
      if (!thread.join(LAST_WRITE)) {
        log.warn("still writing a status after {} s; it may be lost", LAST_WRITE.toSeconds());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

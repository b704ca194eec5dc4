package io.sluice.watcher;

import io.sluice.watcher.EventFeed.AssignmentRead;
import io.sluice.watcher.EventFeed.StatusRead;
import io.sluice.watcher.core.events.Event;
import io.sluice.watcher.core.events.EventDerivation;
import io.sluice.watcher.core.events.EventSeries;
import io.sluice.watcher.core.events.EventSeries.Entrance;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what happened, once. How far that has come is noted only after it was told, so a watcher
 * that ends in between tells the last of it again, under the same names: whoever keeps the Events
 * recognizes them.
 */
public final class EventWriter implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EventWriter.class);

  /** As long as an API server keeps an Event; older ones would be history, which is elsewhere. */
  static final Duration TOLD_WITHIN = Duration.ofHours(1);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration LAST_WRITE = Duration.ofSeconds(3);

  private final EventFeed feed;
  private final EventTarget target;
  private final Sink sink;
  private final Clock clock;
  private final EventDerivation derivation = new EventDerivation();
  private final EventSeries series = new EventSeries();
  private final Deque<Entrance> waiting = new ArrayDeque<>();
  private final Thread thread = Thread.ofVirtual().name("events").unstarted(this::run);
  private boolean untold;
  private Duration pause = Duration.ZERO;
  private volatile boolean closed;

  /**
   * A writer that has not begun.
   *
   * @param sink hears of it when the writer cannot go on
   */
  public EventWriter(EventFeed feed, EventTarget target, Sink sink, Clock clock) {
    this.feed = feed;
    this.target = target;
    this.sink = sink;
    this.clock = clock;
  }

  /** Begins to tell, on a thread of its own. */
  public void start() {
    thread.start();
  }

  private void run() {
    try (feed) {
      while (!closed) {
        step(POLL);
        Thread.sleep(pause);
      }
    } catch (InterruptedException _) {
      log.debug("stopped while waiting for the next try");
    } catch (RuntimeException | Error e) {
      if (!closed) {
        sink.failed(e);
      }
    }
  }

  /** Takes what has come and tells it; when that fails, the next call tries again and reads on. */
  void step(Duration timeout) {
    if (waiting.isEmpty()) {
      List<EventFeed.Read> read = feed.poll(timeout);
      untold |= !read.isEmpty();
      read.forEach(this::take);
      derivation.take().stream().filter(this::isFresh).map(series::admit).forEach(waiting::add);
    }
    tellWaiting();
    if (waiting.isEmpty() && untold) {
      feed.told();
      untold = false;
    }
  }

  private void take(EventFeed.Read read) {
    switch (read) {
      case AssignmentRead(var ip, var assignment, var origin, var news) ->
          derivation.assignment(ip, assignment, origin, news);
      case StatusRead(var subject, var author, var status, var origin, var news) ->
          derivation.status(subject, author, status, origin, news);
    }
  }

  private boolean isFresh(Event event) {
    boolean fresh = clock.millis() - event.origin().timeMillis() <= TOLD_WITHIN.toMillis();
    if (!fresh) {
      log.debug("too old to be told: {}: {}", event.regarding(), event.note());
    }
    return fresh;
  }

  private void tellWaiting() {
    while (!waiting.isEmpty() && !closed) {
      try {
        target.tell(waiting.peek());
        waiting.remove();
        pause = Duration.ZERO;
      } catch (IOException e) {
        pause = RetryPause.after(pause);
        log.warn("an Event: {}; next try in {} ms", e.toString(), pause.toMillis());
        return;
      }
    }
  }

  /** How long to wait before the next step; nothing unless the last one failed. */
  Duration pause() {
    return pause;
  }

  /** Ends the thread after the Event that it is at, and closes the feed. */
  @Override
  public void close() {
    closed = true;
    feed.wakeup();
    try {
      if (!thread.join(LAST_WRITE)) {
        thread.interrupt();
        log.warn("still telling Events after {} s; the next start goes on", LAST_WRITE.toSeconds());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

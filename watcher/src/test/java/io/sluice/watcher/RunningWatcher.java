package io.sluice.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** A watcher on a thread of its own, over topics that outlive it. */
public final class RunningWatcher implements AutoCloseable {

  private final Outbox outbox = new Outbox();
  private final Source source;
  private final Thread thread;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** Starts it. */
  public RunningWatcher(TopicLog topics, Source source) {
    this.source = source;
    this.thread = Thread.ofPlatform().name("watcher").start(() -> run(topics));
  }

  private void run(TopicLog topics) {
    try {
      new Watcher(topics, source, outbox, WatcherMetrics.unread()).run();
    } catch (IOException | InterruptedException | RuntimeException e) {
      failure.set(e);
    }
  }

  /** Stops it as SIGTERM does, and looks whether it has failed. */
  @Override
  public void close() {
    outbox.close();
    assertThat(stopped()).as("stopped in time").isTrue();
    source.close();
    assertThat(failure.get()).isNull();
  }

  private boolean stopped() {
    try {
      return thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

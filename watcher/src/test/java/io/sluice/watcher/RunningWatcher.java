package io.sluice.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** A watcher on a thread of its own, over topics that outlive it. */
public final class RunningWatcher implements AutoCloseable {

  private final Outbox outbox = new Outbox();
  private final Source source;
  private final CountDownLatch started = new CountDownLatch(1);
  private final Thread thread;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** Starts it. */
  public RunningWatcher(TopicLog topics, Source source) {
    this.source = source;
    this.thread = Thread.ofPlatform().name("watcher").start(() -> run(topics));
  }

  /** Waits until it has begun to follow its source, whether that answers or not. */
  public void awaitStarted() throws InterruptedException {
    started.await();
  }

  private void run(TopicLog topics) {
    try {
      new Watcher(topics, notingTheStart(), outbox, WatcherMetrics.unread()).run();
    } catch (IOException | InterruptedException | RuntimeException e) {
      failure.set(e);
    }
  }

  private Source notingTheStart() {
    return new Source() {
      @Override
      public void start(Content known, Sink sink) throws IOException {
        source.start(known, sink);
        started.countDown();
      }

      @Override
      public java.util.Optional<String> problem() {
        return source.problem();
      }

      @Override
      public java.util.Map<String, Duration> sinceHeard() {
        return source.sinceHeard();
      }

      @Override
      public void close() {
        source.close();
      }
    };
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

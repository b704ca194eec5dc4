package io.sluice.watcher;

import io.sluice.operations.Stall;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a source into the topics until it is stopped. */
public final class Watcher {

  private static final Logger log = LoggerFactory.getLogger(Watcher.class);

  /** A batch may be all objects of a large cluster, and Kafka may be slow to take it. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final TopicLog topics;
  private final Source source;
  private final Outbox outbox;
  private final WatcherMetrics metrics;
  private final Stall publishing = new Stall("the publisher", PATIENCE, System::nanoTime);
  private volatile boolean started;

  /**
   * A watcher that has not begun.
   *
   * @param outbox where failures of other parts arrive, too; closing it ends {@link #run()}
   * @param metrics counts what is published
   */
  public Watcher(TopicLog topics, Source source, Outbox outbox, WatcherMetrics metrics) {
    this.topics = topics;
    this.source = source;
    this.outbox = outbox;
    this.metrics = metrics;
  }

  /**
   * Publishes all that differs, until the outbox is closed.
   *
   * @throws IOException if the source has nothing to read from
   * @throws WatcherFailedException if a part cannot go on
   */
  public void run() throws IOException, InterruptedException {
    Content known = topics.read();
    log.info(
        "the topics hold {} objects and {} statuses of files",
        known.objects().size(),
        known.statuses().size());
    Publisher publisher = new Publisher(known, topics, metrics);
    metrics.observe(source);
    source.start(known, outbox);
    started = true;
    log.info("ready");
    for (var batch = take(); batch.isPresent(); batch = take()) {
      publisher.publish(batch.get());
    }
    log.info("stopped");
  }

  private Optional<Outbox.Batch> take() throws InterruptedException {
    publishing.rests();
    try {
      return outbox.take();
    } finally {
      publishing.moved();
    }
  }

  /** Why nothing is published; empty if that goes on, or there is nothing to publish. */
  public Optional<String> hasStopped() {
    return started ? publishing.get() : Optional.empty();
  }

  /** What keeps the topics from holding what the source has; empty if nothing does. */
  public Optional<String> isBehind() {
    return started ? source.problem() : Optional.of("the topics are not read yet");
  }
}

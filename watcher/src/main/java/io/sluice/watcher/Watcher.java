package io.sluice.watcher;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a source into the topics until it is stopped. */
public final class Watcher {

  private static final Logger log = LoggerFactory.getLogger(Watcher.class);

  private final TopicLog topics;
  private final Source source;
  private final Outbox outbox;

  /**
   * A watcher that has not begun.
   *
   * @param outbox where failures of other parts arrive, too; closing it ends {@link #run()}
   */
  public Watcher(TopicLog topics, Source source, Outbox outbox) {
    this.topics = topics;
    this.source = source;
    this.outbox = outbox;
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
    Publisher publisher = new Publisher(known, topics);
    source.start(known, outbox);
    log.info("ready");
    for (var batch = outbox.take(); batch.isPresent(); batch = outbox.take()) {
      publisher.publish(batch.get());
    }
    log.info("stopped");
  }
}

package io.sluice.watcher;

import io.sluice.kafka.KafkaOptions;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.operations.Health;
import io.sluice.watcher.Election.Term;
import io.sluice.watcher.kafka.KafkaEventFeed;
import io.sluice.watcher.kafka.KafkaStatusFeed;
import io.sluice.watcher.kafka.KafkaTopicLog;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.SortedSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a watcher whenever it is its turn, and stands by in between. */
final class Terms {

  private static final Logger log = LoggerFactory.getLogger(Terms.class);

  private final KafkaOptions kafka;
  private final Election election;
  private final Parts parts;
  private final Health health;
  private final WatcherMetrics metrics;
  private Outbox working;
  private boolean stopping;

  /**
   * What a watcher is made of besides Kafka.
   *
   * @param sources opens the source anew for each term
   */
  record Parts(
      SourceOpening sources, Optional<StatusTarget> statuses, Optional<EventTarget> events) {}

  /** Opens a source that has not begun. */
  interface SourceOpening {
    Source open() throws IOException;
  }

  Terms(KafkaOptions kafka, Election election, Parts parts, Health health, WatcherMetrics metrics) {
    this.kafka = kafka;
    this.election = election;
    this.parts = parts;
    this.health = health;
    this.metrics = metrics;
  }

  /**
   * Works and stands by until it is stopped.
   *
   * @throws FencedException if another watcher has taken over and there is no other term
   */
  void run() throws IOException, InterruptedException {
    try (election) {
      standBy();
      for (var term = election.await();
          term.isPresent() && !isStopping();
          term = election.await()) {
        run(term.get());
        if (isStopping()) {
          return;
        }
        standBy();
      }
    }
  }

  /** A watcher that waits for its turn does what it is there for. */
  private void standBy() {
    health
        .alive("publisher", Optional::empty)
        .alive("statuses", Optional::empty)
        .ready("topics", Optional::empty)
        .ready("objects", Optional::empty);
  }

  private void run(Term term) throws IOException, InterruptedException {
    Outbox outbox = new Outbox();
    if (!begin(outbox)) {
      return;
    }
    health.ready("topics", () -> Optional.of("Kafka has not answered yet"));
    term.whenEnded(outbox::close);
    try (Source source = parts.sources().open();
        TopicLog topics = KafkaTopicLog.open(kafka)) {
      run(term, outbox, source, topics);
    } catch (FencedException e) {
      if (!term.resign()) {
        throw e;
      }
      log.warn("{}; this one stands by", e.getMessage());
    } finally {
      end();
    }
  }

  private void run(Term term, Outbox outbox, Source source, TopicLog topics)
      throws IOException, InterruptedException {
    Optional<StatusWriter> statuses =
        parts.statuses().map(target -> statusWriter(metered(term, target), outbox));
    Optional<EventWriter> events = parts.events().map(target -> eventWriter(term, target, outbox));
    try {
      Watcher watcher = new Watcher(topics, source, outbox, metrics);
      health
          .alive("publisher", watcher::hasStopped)
          .ready("topics", Optional::empty)
          .ready("objects", watcher::isBehind);
      statuses.ifPresent(writer -> health.alive("statuses", writer::hasStopped));
      watcher.run();
    } finally {
      events.ifPresent(EventWriter::close);
      statuses.ifPresent(StatusWriter::close);
    }
  }

  private StatusTarget metered(Term term, StatusTarget target) {
    return new MeteredStatusTarget(new DuringTerm(term, target), metrics);
  }

  private StatusWriter statusWriter(StatusTarget target, Sink sink) {
    StatusWriter writer =
        new StatusWriter(KafkaStatusFeed.open(kafka), target, sink, System::nanoTime);
    writer.start();
    return writer;
  }

  private EventWriter eventWriter(Term term, EventTarget target, Sink sink) {
    EventTarget duringTerm =
        entrance -> {
          requireCurrent(term);
          target.tell(entrance);
        };
    EventWriter writer =
        new EventWriter(KafkaEventFeed.open(kafka), duringTerm, sink, Clock.systemUTC());
    writer.start();
    return writer;
  }

  private static void requireCurrent(Term term) throws IOException {
    if (!term.isCurrent()) {
      throw new IOException("another watcher may have taken over");
    }
  }

  /**
   * What Kafka does for the topics has to be done here for the rest: who is late writes nothing.
   */
  private record DuringTerm(Term term, StatusTarget target) implements StatusTarget {

    @Override
    public void begin(SortedSet<ObjectId> subjects) throws IOException {
      requireCurrent(term);
      target.begin(subjects);
    }

    @Override
    public void write(ObjectId subject, Optional<Status> status) throws IOException {
      requireCurrent(term);
      target.write(subject, status);
    }
  }

  private synchronized boolean begin(Outbox outbox) {
    if (!stopping) {
      working = outbox;
    }
    return !stopping;
  }

  private synchronized void end() {
    working = null;
  }

  private synchronized boolean isStopping() {
    return stopping;
  }

  /** Ends {@link #run()}: who works ends its work before it stands back. */
  synchronized void stop() {
    stopping = true;
    if (working == null) {
      election.close();
    } else {
      working.close();
    }
  }
}

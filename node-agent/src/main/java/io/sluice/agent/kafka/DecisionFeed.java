package io.sluice.agent.kafka;

import io.sluice.agent.core.Input;
import io.sluice.agent.core.OwnClearances;
import io.sluice.kafka.Refusal;
import io.sluice.kafka.TopicRecord;
import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.BindingKey;
import io.sluice.model.IpAddress;
import io.sluice.schemas.TopicCatalogueException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads assignments and bindings on a thread of its own. What is there at the opening is handed on
 * as a whole, because half of a topic read from the beginning is a state that never was; what comes
 * later is handed on record by record. When Kafka refuses, it opens anew after a pause that grows.
 */
public final class DecisionFeed implements AutoCloseable {

  /** Takes inputs in; waits while there is no room. */
  @FunctionalInterface
  public interface Sink {
    void accept(Input input) throws InterruptedException;
  }

  private static final Logger log = LoggerFactory.getLogger(DecisionFeed.class);

  private static final Duration POLL = Duration.ofSeconds(1);

  /** A record ends the waiting, and so does the closing: nothing else is to be looked at. */
  private static final Duration LONG_POLL = Duration.ofMinutes(1);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final String node;
  private final Supplier<Source> opener;
  private final Sink sink;
  private final Thread thread;
  private volatile Source current;
  private volatile boolean closed;

  /**
   * @param node the node for which the decisions are read
   * @param opener opens the topics; may throw {@link KafkaException} or {@link
   *     TopicCatalogueException}
   */
  public DecisionFeed(String node, Supplier<Source> opener, Sink sink) {
    this.node = node;
    this.opener = opener;
    this.sink = sink;
    this.thread = Thread.ofPlatform().name("feed").daemon().unstarted(this::run);
  }

  /** Begins to read. */
  public void start() {
    thread.start();
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    try {
      while (!closed) {
        try (Source source = opener.get()) {
          current = source;
          OwnClearances clearances = new OwnClearances(node);
          readToTheEnd(source, clearances);
          pause = FIRST_PAUSE;
          follow(source, clearances);
        } catch (KafkaException | TopicCatalogueException e) {
          current = null;
          if (closed) {
            return;
          }
          tell(e, pause);
          Thread.sleep(pause);
          Duration doubled = pause.multipliedBy(2);
          pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        }
      }
    } catch (InterruptedException _) {
      // Only close() interrupts this thread, and it ends here.
      Thread.currentThread().interrupt();
    }
  }

  /** A refusal says what to mend, and is no fault of the code. */
  private static void tell(RuntimeException failure, Duration pause) {
    Refusal.of(failure)
        .ifPresentOrElse(
            refusal ->
                log.error(
                    "cannot read decisions, next try in {} ms: {}", pause.toMillis(), refusal),
            () -> log.error("cannot read decisions, next try in {} ms", pause.toMillis(), failure));
  }

  private void readToTheEnd(Source source, OwnClearances clearances) throws InterruptedException {
    Map<IpAddress, Assignment> assignments = new HashMap<>();
    Map<BindingId, Binding> bindings = new HashMap<>();
    while (!closed && !source.caughtUp()) {
      for (TopicRecord<?, ?> record : source.poll(POLL)) {
        switch (clearances.relevant(input(record)).orElse(null)) {
          case null -> {}
          case Input.AssignmentRead(IpAddress ip, Optional<Assignment> value) ->
              putOrRemove(assignments, ip, value);
          case Input.BindingRead(BindingId id, Optional<Binding> value) ->
              putOrRemove(bindings, id, value);
          case Input other -> throw new IllegalStateException("not a decision: " + other);
        }
      }
    }
    if (!closed) {
      sink.accept(new Input.TopicsRead(assignments, bindings));
    }
  }

  private void follow(Source source, OwnClearances clearances) throws InterruptedException {
    while (!closed) {
      for (TopicRecord<?, ?> record : source.poll(LONG_POLL)) {
        Optional<Input> relevant = clearances.relevant(input(record));
        if (relevant.isPresent()) {
          sink.accept(relevant.get());
        }
      }
    }
  }

  private static <K, V> void putOrRemove(Map<K, V> map, K key, Optional<V> value) {
    value.ifPresentOrElse(present -> map.put(key, present), () -> map.remove(key));
  }

  /** The topics' serdes see to it that keys and values are of these types. */
  private static Input input(TopicRecord<?, ?> record) {
    return switch (record.key()) {
      case AssignmentKey key ->
          new Input.AssignmentRead(key.floatingIp(), record.value().map(Assignment.class::cast));
      case BindingKey key ->
          new Input.BindingRead(key.id(), record.value().map(Binding.class::cast));
      default -> throw new IllegalStateException("not a topic of decisions: " + record.topic());
    };
  }

  /** Reads no more. */
  @Override
  public void close() {
    closed = true;
    Source open = current;
    if (open == null) {
      thread.interrupt();
    } else {
      open.wakeup();
    }
  }
}

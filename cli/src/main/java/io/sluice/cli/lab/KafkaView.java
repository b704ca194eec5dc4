package io.sluice.cli.lab;

import io.sluice.kafka.TopicReader;
import io.sluice.kafka.TopicRecord;
import io.sluice.schemas.Topic;
import io.sluice.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Follows Sluice's topics on Kafka, as an onlooker: what is the state, and when did what become
 * known. All methods may be called from any thread.
 */
public final class KafkaView implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);

  /** What a timeline is made of; the other topics are only interesting in their newest state. */
  private static final List<Topic<?, ?>> WITH_HISTORY =
      List.of(Topics.ASSIGNMENTS, Topics.AGENTS, Topics.AUDIT);

  private static final List<Topic<?, ?>> FOLLOWED =
      List.of(
          Topics.RESOURCES,
          Topics.WORKLOADS,
          Topics.AGENTS,
          Topics.ASSIGNMENTS,
          Topics.BINDINGS,
          Topics.STATUS,
          Topics.AUDIT);

  private final TopicReader reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ClusterState state = new ClusterState();
  private final List<Seen> history = new ArrayList<>();
  private final Thread follower;
  private volatile boolean closing;
  private RuntimeException failure;

  /**
   * A record and when it could be read.
   *
   * @param readAt by the clock of this machine
   */
  public record Seen(TopicRecord<?, ?> record, Instant readAt) {}

  private KafkaView(TopicReader reader) {
    this.reader = reader;
    this.follower = Thread.ofPlatform().name("kafka-view").daemon().unstarted(this::follow);
  }

  /** Starts to follow the topics of a cluster, which have to exist. */
  public static KafkaView open(Properties clientProperties, String cluster) {
    KafkaView view = new KafkaView(TopicReader.open(clientProperties, cluster, FOLLOWED));
    view.follower.start();
    return view;
  }

  /** Reads a cluster's state once; the audit log, which is long, is left alone. */
  public static ClusterState read(Properties clientProperties, String cluster, Duration limit) {
    List<Topic<?, ?>> topics =
        FOLLOWED.stream().filter(topic -> !topic.equals(Topics.AUDIT)).toList();
    ClusterState state = new ClusterState();
    Instant end = Instant.now().plus(limit);
    try (TopicReader reader = TopicReader.open(clientProperties, cluster, topics)) {
      while (!reader.caughtUp()) {
        reader.poll(POLL).forEach(state::apply);
        if (Instant.now().isAfter(end)) {
          throw new LabException(
              "the topics could not be read to their end within %d s".formatted(limit.toSeconds()));
        }
      }
    }
    return state;
  }

  /** The state as far as it has been read. */
  public ClusterState state() {
    lock.lock();
    try {
      return state.copy();
    } finally {
      lock.unlock();
    }
  }

  /** Assignments, reports and audit entries since the view was opened, in the order of reading. */
  public List<Seen> history() {
    lock.lock();
    try {
      return List.copyOf(history);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the state fulfils a condition, and returns it.
   *
   * @param what the condition in words, for the exception
   * @throws LabException when it does not within the limit, or reading failed
   */
  public ClusterState await(String what, Duration limit, Predicate<ClusterState> condition) {
    long nanos = limit.toNanos();
    lock.lock();
    try {
      while (!condition.test(state)) {
        if (failure != null) {
          throw new LabException("reading from Kafka failed: " + failure.getMessage(), failure);
        }
        if (nanos <= 0) {
          throw new LabException("not within %d s: %s".formatted(limit.toSeconds(), what));
        }
        nanos = changed.awaitNanos(nanos);
      }
      return state.copy();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while waiting: " + what, e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    closing = true;
    reader.wakeup();
    try {
      follower.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() {
    try (reader) {
      while (!closing) {
        take(reader.poll(POLL), Instant.now());
      }
    } catch (RuntimeException e) {
      lock.lock();
      try {
        failure = e;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void take(List<TopicRecord<?, ?>> records, Instant readAt) {
    if (records.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      for (TopicRecord<?, ?> record : records) {
        state.apply(record);
        if (WITH_HISTORY.contains(record.topic())) {
          history.add(new Seen(record, readAt));
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

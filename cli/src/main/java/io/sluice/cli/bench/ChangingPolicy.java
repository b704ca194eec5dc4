package io.sluice.cli.bench;

import io.sluice.cli.lab.LabException;
import io.sluice.cli.load.ClusterWriter;
import io.sluice.cli.load.SyntheticCluster;
import io.sluice.kafka.TopicReader;
import io.sluice.kafka.TopicRecord;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.BindingKey;
import io.sluice.model.Cidr;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A policy that changes every 25 ms. Its one destination is the number of the change, which comes
 * back in the binding that the allocator makes of it. Thread-safe.
 */
final class ChangingPolicy implements AutoCloseable {

  private static final int NUMBER = 0;
  static final int INTERVAL_MILLIS = 25;
  private static final int BYTE_BITS = 8;
  private static final int BYTE_MASK = 0xFF;

  /** Addresses for benchmarks (RFC 2544): 198.18.0.0/15. */
  private static final String DESTINATION = "198.18.%d.%d/32";

  private static final Duration POLL = Duration.ofMillis(100);

  private final SyntheticCluster content;
  private final ClusterWriter objects;
  private final TopicReader reader;
  private final ObjectId id;
  private final ScheduledExecutorService writing =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("bench-changes").daemon().factory());
  private final Thread reading;
  private ScheduledFuture<?> changes;
  private volatile boolean closed;

  /** When each change was written, and its outcome was read, by {@link System#nanoTime()}. */
  private final List<Long> writtenAt = new ArrayList<>();

  private final List<Long> readAt = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();

  private ChangingPolicy(
      Properties client, String cluster, SyntheticCluster content, ClusterWriter objects) {
    this.content = content;
    this.objects = objects;
    this.id = content.policyId(NUMBER);
    this.reader = TopicReader.open(client, cluster, List.of(Topics.BINDINGS));
    this.reading = Thread.ofPlatform().name("bench-outcomes").daemon().unstarted(this::read);
  }

  static ChangingPolicy start(
      Properties client, String cluster, SyntheticCluster content, ClusterWriter objects) {
    ChangingPolicy policy = new ChangingPolicy(client, cluster, content, objects);
    policy.reading.start();
    policy.changes =
        policy.writing.scheduleAtFixedRate(
            policy::change, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    return policy;
  }

  private synchronized void change() {
    int number = writtenAt.size();
    writtenAt.add(System.nanoTime());
    Policy policy = content.policy(NUMBER);
    objects.write(
        id,
        new Policy(
            policy.metadata(),
            policy.sources(),
            policy.action(),
            List.of(destination(number)),
            policy.egressSourceIp(),
            policy.gatewayRef(),
            policy.shareEgressIp()));
  }

  /** Changes it no more. */
  void stopChanging() {
    changes.cancel(false);
  }

  private void read() {
    while (!closed) {
      List<TopicRecord<?, ?>> records = reader.poll(POLL);
      long now = System.nanoTime();
      for (TopicRecord<?, ?> record : records) {
        if (record.key() instanceof BindingKey key
            && key.id().equals(new BindingId.OfPolicy(id.name()))) {
          record.value().ifPresent(value -> outcome((Binding.OfPolicy) value, now));
        }
      }
    }
    reader.close();
  }

  private synchronized void outcome(Binding.OfPolicy binding, long now) {
    Cidr destination = binding.destinations().getFirst();
    int next = readAt.size();
    if (destination.toString().equals(destination(next))) {
      readAt.add(now);
    } else if (destination.toString().startsWith("198.18.")) {
      wrong.add("after change %d came the outcome %s".formatted(next - 1, destination));
      closed = true;
    }
  }

  private static String destination(int number) {
    return DESTINATION.formatted(number >> BYTE_BITS & BYTE_MASK, number & BYTE_MASK);
  }

  /** How many changes were written. */
  synchronized int written() {
    return writtenAt.size();
  }

  /** When the outcome of the first change after this time was read; empty if it was not yet. */
  synchronized OptionalLong firstReadAfter(long nanos) {
    failIfWrong();
    for (int number = readAt.size() - 1; number >= 0; number--) {
      boolean earlier = writtenAt.get(number) - nanos < 0;
      if (earlier) {
        return number + 1 < readAt.size()
            ? OptionalLong.of(readAt.get(number + 1))
            : OptionalLong.empty();
      }
    }
    return OptionalLong.empty();
  }

  private void failIfWrong() {
    if (!wrong.isEmpty()) {
      throw new LabException("not exactly once: " + wrong.getFirst());
    }
  }

  /** Whether the outcomes follow the changes at once: no more than one is on its way. */
  synchronized boolean isKeepingUp() {
    failIfWrong();
    return writtenAt.size() - readAt.size() <= 1;
  }

  /** Whether every change has had its outcome. */
  synchronized boolean isComplete() {
    failIfWrong();
    return readAt.size() == writtenAt.size();
  }

  /** What was lost, doubled or out of order. */
  synchronized List<String> wrong() {
    return List.copyOf(wrong);
  }

  @Override
  public void close() {
    writing.shutdownNow();
    closed = true;
    try {
      reading.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.sluice.cli.load;

import io.sluice.kafka.TopicReader;
import io.sluice.kafka.TopicRecord;
import io.sluice.model.ObjectId;
import io.sluice.model.ObjectKey;
import io.sluice.model.Resource;
import io.sluice.model.Workload;
import io.sluice.schemas.Topics;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** What a watcher has published, as whoever reads the topics knows it. For one thread. */
final class PublishedObjects implements AutoCloseable {

  private final TopicReader reader;
  private final Map<ObjectId, Object> content = new HashMap<>();
  private final Map<ObjectId, Long> arrivals = new HashMap<>();
  private long records;
  private long lastNanos = System.nanoTime();

  PublishedObjects(Properties client, String cluster) {
    reader = TopicReader.open(client, cluster, List.of(Topics.RESOURCES, Topics.WORKLOADS));
  }

  /** Reads for so long, or until something came. */
  void poll(Duration limit) {
    List<TopicRecord<?, ?>> read = reader.poll(limit);
    if (read.isEmpty()) {
      return;
    }
    lastNanos = System.nanoTime();
    records += read.size();
    for (TopicRecord<?, ?> record : read) {
      ObjectId id = ((ObjectKey) record.key()).id();
      arrivals.put(id, lastNanos);
      if (record.value().isPresent()) {
        content.put(id, record.value().get());
      } else {
        content.remove(id);
      }
    }
  }

  /** The newest value of each object that has one. */
  Map<ObjectId, Object> content() {
    return Collections.unmodifiableMap(content);
  }

  /** When its newest record was read, by {@link System#nanoTime()}; empty if there is none. */
  Optional<Long> arrivedNanos(ObjectId id) {
    return Optional.ofNullable(arrivals.get(id));
  }

  /** How many records have been read. */
  long records() {
    return records;
  }

  /** When something was read last. */
  long lastNanos() {
    return lastNanos;
  }

  static String uid(Object value) {
    return switch (value) {
      case Resource resource -> resource.metadata().uid();
      case Workload workload -> workload.metadata().uid();
      default -> throw new IllegalArgumentException("not an object: " + value);
    };
  }

  @Override
  public void close() {
    reader.close();
  }
}

package io.sluice.watching;

import io.sluice.kafka.TopicReader;
import io.sluice.kafka.TopicRecord;
import io.sluice.model.ObjectId;
import io.sluice.model.ObjectKey;
import io.sluice.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;

/** What a watcher has published, every record of it. */
final class Published implements AutoCloseable {

  private static final Duration LONGEST_READ = Duration.ofSeconds(1);

  private final TopicReader reader;
  private final List<TopicRecord<?, ?>> records = new ArrayList<>();

  Published(String bootstrapServers, String cluster) {
    Properties properties = new Properties();
    properties.setProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    this.reader =
        TopicReader.open(properties, cluster, List.of(Topics.RESOURCES, Topics.WORKLOADS));
  }

  /** What there is of each object; those that are gone are not in it. */
  SortedMap<ObjectId, Object> now() {
    SortedMap<ObjectId, Object> content = new TreeMap<>();
    for (TopicRecord<?, ?> read : records()) {
      ObjectId id = ((ObjectKey) read.key()).id();
      if (read.value().isPresent()) {
        content.put(id, read.value().get());
      } else {
        content.remove(id);
      }
    }
    return content;
  }

  List<? extends Optional<?>> recordsOf(ObjectId id) {
    return records().stream()
        .filter(read -> ((ObjectKey) read.key()).id().equals(id))
        .map(TopicRecord::value)
        .toList();
  }

  int count() {
    return records().size();
  }

  /**
   * All that has come, as far as that can be said: a topic that is always being written to has no
   * end, so reading stops after a while and goes on at the next call.
   */
  private List<TopicRecord<?, ?>> records() {
    long begunNanos = System.nanoTime();
    List<TopicRecord<?, ?>> more;
    do {
      more = reader.poll(Duration.ofMillis(100));
      records.addAll(more);
    } while (!more.isEmpty() && System.nanoTime() - begunNanos < LONGEST_READ.toNanos());
    return records;
  }

  @Override
  public void close() {
    reader.close();
  }

  /** The labels of a Pod, for comparing. */
  static Map<String, String> labels(Object workload) {
    return ((io.sluice.model.Workload.Pod) workload).labels();
  }
}

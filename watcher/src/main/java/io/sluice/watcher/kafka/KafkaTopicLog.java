package io.sluice.watcher.kafka;

import io.sluice.kafka.Component;
import io.sluice.kafka.KafkaOptions;
import io.sluice.kafka.TopicReader;
import io.sluice.kafka.TopicRecord;
import io.sluice.kafka.TopicWriter;
import io.sluice.model.ClusterScoped;
import io.sluice.model.ObjectId;
import io.sluice.model.ObjectKey;
import io.sluice.model.Resource;
import io.sluice.model.Status;
import io.sluice.model.StatusKey;
import io.sluice.model.StatusKey.Author;
import io.sluice.model.Workload;
import io.sluice.schemas.Topic;
import io.sluice.schemas.TopicCatalogue;
import io.sluice.schemas.Topics;
import io.sluice.watcher.Content;
import io.sluice.watcher.TopicLog;
import io.sluice.watcher.core.ApiType;
import io.sluice.watcher.core.Change;
import io.sluice.watcher.core.Observed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics of one cluster on Kafka. */
public final class KafkaTopicLog implements TopicLog {

  private static final Logger log = LoggerFactory.getLogger(KafkaTopicLog.class);

  private static final Duration POLL = Duration.ofMillis(500);

  private final Properties clientProperties;
  private final String cluster;
  private final TopicWriter writer;
  private final Consumer<Throwable> onFailure;
  private volatile boolean closed;

  private KafkaTopicLog(
      Properties clientProperties,
      String cluster,
      TopicWriter writer,
      Consumer<Throwable> onFailure) {
    this.clientProperties = clientProperties;
    this.cluster = cluster;
    this.writer = writer;
    this.onFailure = onFailure;
  }

  /**
   * Creates the topics that are missing and opens them.
   *
   * @param onFailure called by any thread when a record could not be delivered within the
   *     producer's {@code delivery.timeout.ms}
   * @throws io.sluice.schemas.TopicCatalogueException if the settings of a topic are unsafe
   * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
   */
  public static KafkaTopicLog open(KafkaOptions options, Consumer<Throwable> onFailure) {
    Properties clientProperties = options.clientProperties();
    try (Admin admin = Admin.create(clientProperties)) {
      TopicCatalogue.ensure(
              admin,
              Component.WATCHER.topics(),
              options.topicPartitions(),
              options.topicReplication())
          .forEach(log::warn);
    }
    return new KafkaTopicLog(
        clientProperties,
        options.cluster(),
        TopicWriter.open(clientProperties, Map.of()),
        onFailure);
  }

  @Override
  public Content read() {
    SortedMap<ObjectId, Observed> objects = new TreeMap<>();
    SortedMap<ObjectId, Status> statuses = new TreeMap<>();
    try (TopicReader reader =
        TopicReader.open(
            clientProperties,
            cluster,
            List.of(Topics.RESOURCES, Topics.WORKLOADS, Topics.STATUS))) {
      while (!reader.caughtUp() && !closed) {
        for (TopicRecord<?, ?> read : reader.poll(POLL)) {
          take(read, objects, statuses);
        }
      }
    }
    return new Content(objects, statuses);
  }

  private static void take(
      TopicRecord<?, ?> read,
      SortedMap<ObjectId, Observed> objects,
      SortedMap<ObjectId, Status> statuses) {
    Object value = read.value().orElse(null);
    switch (read.key()) {
      case ObjectKey key -> put(objects, key.id(), observed(value));
      case StatusKey key -> {
        if (key.author() == Author.WATCHER) {
          put(statuses, key.subject(), (Status) value);
        }
      }
      default -> throw new AssertionError("not a topic that was asked for: " + read.topic().name());
    }
  }

  private static Observed observed(Object value) {
    return switch (value) {
      case null -> null;
      case Resource resource -> new Observed.OfResource(resource);
      case Workload workload -> new Observed.OfWorkload(workload);
      case Object other -> throw new AssertionError("not an object: " + other);
    };
  }

  private static <V> void put(Map<ObjectId, V> map, ObjectId id, V valueOrNull) {
    if (valueOrNull == null) {
      map.remove(id);
    } else {
      map.put(id, valueOrNull);
    }
  }

  @Override
  public void publish(Change change) {
    ObjectKey key = new ObjectKey(cluster, change.id());
    switch (change.value().orElse(null)) {
      case Observed.OfResource(Resource resource) -> send(Topics.RESOURCES, key, resource);
      case Observed.OfWorkload(Workload workload) -> send(Topics.WORKLOADS, key, workload);
      case null -> {
        if (ApiType.of(change.id().kind()).isWorkload()) {
          send(Topics.WORKLOADS, key, null);
        } else {
          send(Topics.RESOURCES, key, null);
        }
      }
    }
  }

  @Override
  public void publishStatus(ObjectId subject, Optional<Status> status) {
    StatusKey key = new StatusKey(cluster, subject, Author.WATCHER);
    send(Topics.STATUS, key, status.orElse(null));
  }

  private <K extends ClusterScoped, V> void send(Topic<K, V> topic, K key, V valueOrNull) {
    var _ = writer.send(topic, key, valueOrNull, delivery(key));
  }

  /**
   * One lost record spoils the order, so the watcher ends; its next start publishes what differs.
   */
  private Callback delivery(Object key) {
    return (_, exception) -> {
      if (exception != null && !closed) {
        log.error("could not deliver {}", key, exception);
        onFailure.accept(exception);
      }
    };
  }

  @Override
  public void close() {
    closed = true;
    writer.close();
  }
}

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
import io.sluice.watcher.FencedException;
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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics of one cluster on Kafka. */
public final class KafkaTopicLog implements TopicLog {

  private static final Logger log = LoggerFactory.getLogger(KafkaTopicLog.class);

  private static final Duration POLL = Duration.ofMillis(500);

  /**
   * Readers wait for a transaction that a dead watcher left open. Its successor ends it at once;
   * this is for when there is none.
   */
  private static final int TRANSACTION_TIMEOUT_MILLIS = 10_000;

  private final Properties clientProperties;
  private final String cluster;
  private final TopicWriter writer;
  private boolean inTransaction;
  private volatile boolean closed;

  private KafkaTopicLog(Properties clientProperties, String cluster, TopicWriter writer) {
    this.clientProperties = clientProperties;
    this.cluster = cluster;
    this.writer = writer;
  }

  /**
   * Creates the topics that are missing and opens them. From then on no other watcher of this
   * cluster that was opened before can write: what is read after this stays true.
   *
   * @throws io.sluice.schemas.TopicCatalogueException if the settings of a topic are unsafe
   * @throws KafkaException if Kafka does not answer
   */
  public static KafkaTopicLog open(KafkaOptions options) {
    Properties clientProperties = options.clientProperties();
    try (Admin admin = Admin.create(clientProperties)) {
      TopicCatalogue.ensure(
              admin,
              Component.WATCHER.topics(),
              options.topicPartitions(),
              options.topicReplication())
          .forEach(log::warn);
    }
    TopicWriter writer =
        TopicWriter.open(
            clientProperties,
            Map.of(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                transactionalId(options.cluster()),
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                TRANSACTION_TIMEOUT_MILLIS));
    try {
      writer.initTransactions();
    } catch (KafkaException e) {
      writer.close();
      throw e;
    }
    return new KafkaTopicLog(clientProperties, options.cluster(), writer);
  }

  /** The same for every watcher of a cluster: that is what fences the one before. */
  static String transactionalId(String cluster) {
    return "sluice-watcher-" + cluster;
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
    try {
      if (!inTransaction) {
        writer.beginTransaction();
        inTransaction = true;
      }
      var _ = writer.send(topic, key, valueOrNull);
    } catch (KafkaException e) {
      throw fencedOr(e);
    }
  }

  /**
   * A broker that is away is waited for, as long as the records may wait for their delivery. One
   * lost record spoils the order, so the watcher ends; its next start publishes what differs.
   */
  @Override
  public void commit() {
    while (inTransaction) {
      try {
        writer.commitTransaction();
        inTransaction = false;
      } catch (TimeoutException e) {
        if (closed) {
          throw e;
        }
        log.warn("Kafka has not taken what was published yet: {}", e.getMessage());
      } catch (KafkaException e) {
        throw fencedOr(e);
      }
    }
  }

  private RuntimeException fencedOr(KafkaException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProducerFencedException
          || cause instanceof InvalidProducerEpochException) {
        return new FencedException(cluster, e);
      }
    }
    return e;
  }

  @Override
  public void close() {
    closed = true;
    writer.close();
  }
}

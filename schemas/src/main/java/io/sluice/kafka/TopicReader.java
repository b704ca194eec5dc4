package io.sluice.kafka;

import io.sluice.model.ClusterScoped;
import io.sluice.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a cluster's partition of some topics from the beginning and then follows them. Each reader
 * is on its own: no consumer group, no committed offsets, only records of committed transactions.
 *
 * <p>A record that cannot be decoded is counted, logged and left out; it never stops the reader.
 * Within a topic the order is the log's, between topics there is none.
 *
 * <p>For one thread, but {@link #wakeup()}, {@link #caughtUp()} and {@link #undecodable()} may be
 * called from any.
 */
public final class TopicReader implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TopicReader.class);

  /**
   * Big fetches make the first read short (150,000 records in a quarter of a second); a fetch that
   * finds nothing is answered with the first byte that arrives, so following costs no delay. Such a
   * fetch waits as long as an agent that has nothing to do can be left alone, and for less than the
   * {@code request.timeout.ms} of {@link ClientSettings}.
   */
  private static final Map<String, String> SETTINGS =
      Map.of(
          ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "1",
          ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "2500",
          ConsumerConfig.FETCH_MAX_BYTES_CONFIG, String.valueOf(64 * 1024 * 1024),
          ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, String.valueOf(16 * 1024 * 1024),
          ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "50000");

  /** Of all readers of this process, as a metric. */
  private static final LongAdder UNDECODABLE = new LongAdder();

  private final Consumer<byte[], byte[]> consumer;
  private final String cluster;
  private final ReadPlan plan;

  /** Where the end was at the start, for partitions that have not been read so far. */
  private final Map<TopicPartition, Long> unreached;

  private final AtomicLong undecodable = new AtomicLong();
  private volatile boolean caughtUp;

  TopicReader(Consumer<byte[], byte[]> consumer, String cluster, ReadPlan plan) {
    this.consumer = consumer;
    this.cluster = cluster;
    this.plan = plan;
    this.unreached = new TreeMap<>(ReadPlan.ORDER);
    this.unreached.putAll(plan.ends());
    consumer.assign(plan.topics().keySet());
    plan.beginnings().forEach(consumer::seek);
    noteProgress();
  }

  /**
   * Opens a reader; asks the broker where the topics begin and end.
   *
   * @param clientProperties how to reach Kafka; settings here override the reader's own, and a
   *     {@code client.id} becomes the beginning of the client's id
   * @throws org.apache.kafka.common.errors.UnknownTopicOrPartitionException if a topic is missing
   * @throws org.apache.kafka.common.KafkaException if Kafka does not answer or refuses
   */
  public static TopicReader open(
      Properties clientProperties, String cluster, Collection<? extends Topic<?, ?>> topics) {
    ReadPlan plan;
    try (Admin admin = Admin.create(ClientSettings.of(clientProperties, "admin", Map.of()))) {
      plan = ReadPlan.ask(admin, cluster, topics);
    }
    Properties settings = ClientSettings.of(clientProperties, "reader", SETTINGS);
    settings.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    // Where retention has overtaken the reader, what is left is what there is.
    settings.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    return new TopicReader(consumer, cluster, plan);
  }

  /**
   * The next records of the cluster; empty when none came in time or the reader was woken up.
   *
   * @throws org.apache.kafka.common.errors.InterruptException if the thread is interrupted
   * @throws org.apache.kafka.common.KafkaException if Kafka refuses for good; a broker that is away
   *     is waited for instead
   */
  public List<TopicRecord<?, ?>> poll(Duration timeout) {
    List<TopicRecord<?, ?>> records = new ArrayList<>();
    try {
      for (ConsumerRecord<byte[], byte[]> raw : consumer.poll(timeout)) {
        Topic<?, ?> topic = plan.topics().get(new TopicPartition(raw.topic(), raw.partition()));
        decode(topic, raw).ifPresent(records::add);
      }
    } catch (WakeupException _) {
      return List.of();
    }
    noteProgress();
    return records;
  }

  private <K extends ClusterScoped, V> Optional<TopicRecord<K, V>> decode(
      Topic<K, V> topic, ConsumerRecord<byte[], byte[]> raw) {
    try {
      K key = topic.keySerde().deserializer().deserialize(raw.topic(), raw.key());
      if (key == null) {
        throw new SerializationException("it has no key");
      }
      if (!key.cluster().equals(cluster)) {
        return Optional.empty();
      }
      V value = topic.valueSerde().deserializer().deserialize(raw.topic(), raw.value());
      return Optional.of(
          new TopicRecord<>(
              topic,
              raw.partition(),
              raw.offset(),
              raw.timestamp(),
              key,
              Optional.ofNullable(value)));
    } catch (SerializationException e) {
      undecodable.incrementAndGet();
      UNDECODABLE.increment();
      log.warn(
          "skipped a record that cannot be read: topic {}, partition {}, offset {}: {}",
          raw.topic(),
          raw.partition(),
          raw.offset(),
          e.getMessage());
      return Optional.empty();
    }
  }

  /** The position also passes over markers of transactions, which are never returned. */
  private void noteProgress() {
    if (!caughtUp) {
      unreached.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      caughtUp = unreached.isEmpty();
    }
  }

  /**
   * Whether everything that was there when the reader was opened has been returned by {@link
   * #poll}. A transaction that was open then delays this until it is decided.
   */
  public boolean caughtUp() {
    return caughtUp;
  }

  /** How many records no reader of this process could decode. */
  public static long undecodableOfAll() {
    return UNDECODABLE.sum();
  }

  /** How many records could not be decoded. */
  public long undecodable() {
    return undecodable.get();
  }

  /** Makes a {@link #poll} that waits, or the next one, return at once. */
  public void wakeup() {
    consumer.wakeup();
  }

  /**
   * Does not wait for the fetch that is on its way. The broker answers one request of a connection
   * after the other, so saying goodbye to it would take up to {@code fetch.max.wait.ms}; this
   * reader has no group to leave and no offsets to commit.
   */
  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ZERO));
  }
}

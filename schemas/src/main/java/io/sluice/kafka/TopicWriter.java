package io.sluice.kafka;

import io.sluice.model.ClusterScoped;
import io.sluice.schemas.ClusterPartitioner;
import io.sluice.schemas.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes to any topic of Sluice, each record to the partition of its cluster, in order, exactly
 * once per call, and acknowledged by all copies that are in sync. Safe for use by many threads,
 * except for transactions, which the calls of all threads join.
 */
public final class TopicWriter implements AutoCloseable {

  /** Records leave at once: batches form by themselves while a request is on its way. */
  private static final Map<String, String> SETTINGS = Map.of(ProducerConfig.LINGER_MS_CONFIG, "0");

  /** How long a writer that is closed goes on trying to deliver what it was given. */
  private static final Duration LAST_DELIVERIES = Duration.ofSeconds(5);

  private final Producer<EncodedKey, byte[]> producer;

  TopicWriter(Producer<EncodedKey, byte[]> producer) {
    this.producer = producer;
  }

  /**
   * Opens a writer. Needs no broker yet.
   *
   * @param clientProperties how to reach Kafka; settings here override the writer's own, and a
   *     {@code client.id} becomes the beginning of the client's id
   * @param overrides the caller's own settings, such as {@code transactional.id}; they come last,
   *     but idempotence and {@code acks=all} stand
   */
  public static TopicWriter open(Properties clientProperties, Map<String, Object> overrides) {
    Properties settings = ClientSettings.of(clientProperties, "writer", SETTINGS);
    settings.putAll(overrides);
    settings.setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    settings.setProperty(ProducerConfig.ACKS_CONFIG, "all");
    settings.setProperty(
        ProducerConfig.PARTITIONER_CLASS_CONFIG, ClusterPartitioner.class.getName());
    return new TopicWriter(
        new KafkaProducer<>(
            settings, (_, key) -> key == null ? null : key.bytes(), new ByteArraySerializer()));
  }

  /**
   * Hands a record over for delivery.
   *
   * @param valueOrNull null is a tombstone
   * @return completes when the record is acknowledged
   * @throws org.apache.kafka.common.errors.SerializationException if the value cannot be written
   * @throws org.apache.kafka.common.KafkaException as {@link Producer#send(ProducerRecord)}
   */
  public <K extends ClusterScoped, V> Future<RecordMetadata> send(
      Topic<K, V> topic, K key, V valueOrNull) {
    return producer.send(encode(topic, key, valueOrNull));
  }

  /**
   * Hands a record over for delivery and tells the callback how it went.
   *
   * @param callback called on the producer's thread, so it must not block
   * @see #send(Topic, ClusterScoped, Object)
   */
  public <K extends ClusterScoped, V> Future<RecordMetadata> send(
      Topic<K, V> topic, K key, V valueOrNull, Callback callback) {
    return producer.send(encode(topic, key, valueOrNull), callback);
  }

  private static <K extends ClusterScoped, V> ProducerRecord<EncodedKey, byte[]> encode(
      Topic<K, V> topic, K key, V valueOrNull) {
    byte[] keyBytes = topic.keySerde().serializer().serialize(topic.name(), key);
    byte[] valueBytes = topic.valueSerde().serializer().serialize(topic.name(), valueOrNull);
    return new ProducerRecord<>(topic.name(), new EncodedKey(key.cluster(), keyBytes), valueBytes);
  }

  /** Fences every other writer with the same {@code transactional.id}. */
  public void initTransactions() {
    producer.initTransactions();
  }

  /** Begins a transaction: readers see all of what is sent from now on, or nothing. */
  public void beginTransaction() {
    producer.beginTransaction();
  }

  /** Waits for all deliveries of the transaction, then makes them visible. */
  public void commitTransaction() {
    producer.commitTransaction();
  }

  /** Takes back all of the transaction. */
  public void abortTransaction() {
    producer.abortTransaction();
  }

  /** Waits until all that was sent is acknowledged or has failed. */
  public void flush() {
    producer.flush();
  }

  /** Gives what was sent a few seconds to be acknowledged; what is left then fails. */
  @Override
  public void close() {
    producer.close(LAST_DELIVERIES);
  }
}

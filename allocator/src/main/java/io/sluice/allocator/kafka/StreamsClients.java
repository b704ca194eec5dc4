package io.sluice.allocator.kafka;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * Makes the clients of an application as Kafka Streams itself would, and remembers which
 * transactional ids are its own. Thread-safe.
 */
final class StreamsClients implements KafkaClientSupplier {

  private final Set<String> transactionalIds = ConcurrentHashMap.newKeySet();
  private volatile Optional<Admin> admin = Optional.empty();

  /** Those that this process has used so far. */
  Set<String> transactionalIds() {
    return Set.copyOf(transactionalIds);
  }

  /** The application's own, which it closes; empty before it has one. */
  Optional<Admin> admin() {
    return admin;
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    Admin made = new PlacingAdmin(config);
    admin = Optional.of(made);
    return made;
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    Object transactionalId = config.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    if (transactionalId != null) {
      transactionalIds.add(transactionalId.toString());
    }
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  private static Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}

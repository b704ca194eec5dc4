package io.sluice.agent.kafka;

import io.sluice.kafka.Component;
import io.sluice.kafka.KafkaOptions;
import io.sluice.kafka.TopicReader;
import io.sluice.kafka.TopicWriter;
import io.sluice.model.NodeKey;
import io.sluice.schemas.Topic;
import io.sluice.schemas.TopicCatalogue;
import io.sluice.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's own clients of Kafka. */
public final class AgentTopics {

  private static final Logger log = LoggerFactory.getLogger(AgentTopics.class);

  /** A beat that could not be delivered within this time says nothing any more. */
  private static final Duration DELIVERY = Duration.ofSeconds(2);

  private static final Duration REQUEST = Duration.ofSeconds(1);

  /** An agent is to be small; the readers' big fetches are for programs that are not. */
  private static final Map<String, String> READER =
      Map.of(
          ConsumerConfig.FETCH_MAX_BYTES_CONFIG, String.valueOf(4 * 1024 * 1024),
          ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, String.valueOf(2 * 1024 * 1024),
          ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");

  private final KafkaOptions kafka;
  private final String node;
  private final Duration beatInterval;

  /**
   * @param node whose beats and reports these are
   */
  public AgentTopics(KafkaOptions kafka, String node, Duration beatInterval) {
    this.kafka = kafka;
    this.node = node;
    this.beatInterval = beatInterval;
  }

  /** A beat's thread must not wait for Kafka, and what is late is not worth delivering. */
  public TopicWriter openWriter() {
    return TopicWriter.open(
        kafka.clientProperties(),
        Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG, String.valueOf(beatInterval.toMillis()),
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, String.valueOf(REQUEST.toMillis()),
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, String.valueOf(DELIVERY.toMillis()),
            ProducerConfig.BUFFER_MEMORY_CONFIG, String.valueOf(4 * 1024 * 1024)));
  }

  /**
   * Sends values of this node; the outcome, whatever it is, goes to the callback. The first beat is
   * to be as quick as every other, so that its lease is.
   */
  public <V> Delivery<V> delivery(TopicWriter writer, Topic<NodeKey, V> topic) {
    NodeKey key = new NodeKey(kafka.cluster(), node);
    topic.prepare();
    return (value, done) -> {
      Future<RecordMetadata> _ =
          writer.send(topic, key, value, (_, failure) -> done.accept(Optional.ofNullable(failure)));
    };
  }

  /**
   * Opens the topics of decisions from their beginning, once those that the agent uses are fit for
   * it.
   *
   * @throws io.sluice.schemas.TopicCatalogueException if the settings of a topic are unsafe
   * @throws org.apache.kafka.common.KafkaException if Kafka does not answer or refuses
   */
  public Source openDecisions() {
    try (Admin admin = kafka.openAdmin()) {
      TopicCatalogue.ensure(
              admin, Component.AGENT.topics(), kafka.topicPartitions(), kafka.topicReplication())
          .forEach(log::warn);
    }
    Properties client = kafka.clientProperties();
    READER.forEach(client::putIfAbsent);
    return Source.of(
        TopicReader.open(client, kafka.cluster(), List.of(Topics.ASSIGNMENTS, Topics.BINDINGS)));
  }
}

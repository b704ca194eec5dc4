package io.sluice.watcher.kafka;

import io.sluice.kafka.KafkaOptions;
import io.sluice.kafka.TopicReader;
import io.sluice.kafka.TopicRecord;
import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import io.sluice.model.Status;
import io.sluice.model.StatusKey;
import io.sluice.schemas.AdminAnswer;
import io.sluice.schemas.Topics;
import io.sluice.watcher.EventFeed;
import io.sluice.watcher.core.events.Event.Origin;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code sluice.assignments} and {@code sluice.status} of one cluster. How far their Events have
 * been told is kept as the offsets of a consumer group that nobody ever joins.
 */
public final class KafkaEventFeed implements EventFeed {

  private static final Logger log = LoggerFactory.getLogger(KafkaEventFeed.class);

  private final TopicReader reader;
  private final Admin admin;
  private final String group;

  /** The offsets up to which everything had been told when this feed was opened. */
  private final Map<TopicPartition, Long> toldBefore;

  private final Map<TopicPartition, Long> polled = new HashMap<>();

  private KafkaEventFeed(TopicReader reader, Admin admin, String group) {
    this.reader = reader;
    this.admin = admin;
    this.group = group;
    this.toldBefore = toldOffsets();
  }

  /**
   * Opens the topics, which must exist.
   *
   * @throws KafkaException if Kafka does not answer
   */
  public static KafkaEventFeed open(KafkaOptions options) {
    Admin admin = Admin.create(options.clientProperties());
    try {
      TopicReader reader =
          TopicReader.open(
              options.clientProperties(),
              options.cluster(),
              List.of(Topics.ASSIGNMENTS, Topics.STATUS));
      return new KafkaEventFeed(reader, admin, group(options.cluster()));
    } catch (KafkaException e) {
      admin.close();
      throw e;
    }
  }

  /** The consumer group whose offsets say how far a cluster's Events have been told. */
  static String group(String cluster) {
    return "sluice-watcher-events-" + cluster;
  }

  private Map<TopicPartition, Long> toldOffsets() {
    return AdminAnswer.await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .entrySet()
        .stream()
        .filter(entry -> entry.getValue() != null)
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  @Override
  public List<Read> poll(Duration timeout) {
    return reader.poll(timeout).stream().map(this::read).toList();
  }

  private Read read(TopicRecord<?, ?> read) {
    TopicPartition partition = new TopicPartition(read.topic().name(), read.partition());
    polled.put(partition, read.offset() + 1);
    boolean news = read.offset() >= toldBefore.getOrDefault(partition, 0L);
    Origin origin = new Origin(read.topic().name(), read.offset(), read.timestampMillis());
    return switch (read.key()) {
      case AssignmentKey key ->
          new AssignmentRead(
              key.floatingIp(), (Assignment) read.value().orElseThrow(), origin, news);
      case StatusKey key ->
          new StatusRead(
              key.subject(), key.author(), read.value().map(Status.class::cast), origin, news);
      default -> throw new AssertionError("not a topic that was asked for: " + read.topic().name());
    };
  }

  /** A position that could not be noted is noted with the next one. */
  @Override
  public void told() {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        polled.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, entry -> new OffsetAndMetadata(entry.getValue())));
    try {
      AdminAnswer.await(admin.alterConsumerGroupOffsets(group, offsets).all());
    } catch (KafkaException e) {
      log.warn("could not note how far Events have been told: {}", e.toString());
    }
  }

  @Override
  public void wakeup() {
    reader.wakeup();
  }

  @Override
  public void close() {
    reader.close();
    admin.close();
  }
}

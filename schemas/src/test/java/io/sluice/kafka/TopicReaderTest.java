package io.sluice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import io.sluice.model.ClusterScoped;
import io.sluice.model.Heartbeat;
import io.sluice.model.IpAddress;
import io.sluice.model.NodeKey;
import io.sluice.model.RandomModel;
import io.sluice.schemas.ClusterPartitioner;
import io.sluice.schemas.Topic;
import io.sluice.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.MockAdminClient;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;

final class TopicReaderTest {

  private static final TopicPartition BEATS = new TopicPartition("sluice.heartbeats", 0);
  private static final TopicPartition ASSIGNMENTS = new TopicPartition("sluice.assignments", 0);
  private static final NodeKey NODE = new NodeKey("local", "node-1");
  private static final AssignmentKey IP =
      new AssignmentKey("local", IpAddress.parse("10.40.1.100"));

  private final RandomModel model = new RandomModel(7);
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");

  @Test
  void recordsAreReturnedDecodedWithWhereTheyCameFrom() {
    Heartbeat beat = model.heartbeat();
    try (TopicReader reader = reader(Map.of(BEATS, 0L, ASSIGNMENTS, 0L))) {
      add(Topics.HEARTBEATS, 5, NODE, beat);
      add(Topics.ASSIGNMENTS, 9, IP, null);
      assertThat(reader.poll(Duration.ZERO))
          .containsExactlyInAnyOrder(
              new TopicRecord<>(Topics.HEARTBEATS, 0, 5, 5_000, NODE, Optional.of(beat)),
              new TopicRecord<>(Topics.ASSIGNMENTS, 0, 9, 9_000, IP, Optional.empty()));
    }
    assertThat(consumer.closed()).isTrue();
  }

  @Test
  void closingWaitsForNoAnswerOfTheBroker() {
    List<Optional<Duration>> waits = new ArrayList<>();
    MockConsumer<byte[], byte[]> noting =
        new MockConsumer<>("earliest") {
          @Override
          public void close() {
            waits.add(Optional.empty());
          }

          @Override
          public void close(CloseOptions options) {
            waits.add(options.timeout());
          }
        };
    new TopicReader(
            noting, "local", new ReadPlan(new TreeMap<>(ReadPlan.ORDER), Map.of(), Map.of()))
        .close();
    assertThat(waits).containsExactly(Optional.of(Duration.ZERO));
  }

  @Test
  void recordsOfOtherClustersInThePartitionAreLeftOut() {
    try (TopicReader reader = reader(Map.of(BEATS, 0L))) {
      add(Topics.HEARTBEATS, 0, new NodeKey("other", "node-1"), model.heartbeat());
      add(Topics.HEARTBEATS, 1, NODE, model.heartbeat());
      assertThat(reader.poll(Duration.ZERO))
          .<ClusterScoped>extracting(TopicRecord::key)
          .containsOnly(NODE);
      assertThat(reader.undecodable()).isZero();
    }
  }

  @Test
  void aRecordThatCannotBeDecodedIsCountedAndStopsNothing() {
    byte[] key = Topics.HEARTBEATS.keySerde().serializer().serialize("", NODE);
    byte[] beat = Topics.HEARTBEATS.valueSerde().serializer().serialize("", model.heartbeat());
    byte[] junk = "junk".getBytes(UTF_8);
    try (TopicReader reader = reader(Map.of(BEATS, 4L))) {
      consumer.addRecord(new ConsumerRecord<>(BEATS.topic(), 0, 0, junk, beat));
      consumer.addRecord(new ConsumerRecord<>(BEATS.topic(), 0, 1, key, junk));
      consumer.addRecord(new ConsumerRecord<>(BEATS.topic(), 0, 2, null, beat));
      add(Topics.HEARTBEATS, 3, NODE, model.heartbeat());
      assertThat(reader.poll(Duration.ZERO)).extracting(TopicRecord::offset).containsExactly(3L);
      assertThat(reader.undecodable()).isEqualTo(3);
      assertThat(reader.caughtUp()).isTrue();
    }
  }

  @Test
  void itHasCaughtUpWhenAllThatWasThereAtTheStartWasReturned() {
    try (TopicReader reader = reader(Map.of(BEATS, 2L, ASSIGNMENTS, 1L))) {
      assertThat(reader.caughtUp()).isFalse();
      add(Topics.HEARTBEATS, 0, NODE, model.heartbeat());
      add(Topics.HEARTBEATS, 1, NODE, model.heartbeat());
      assertThat(reader.caughtUp()).isFalse();
      reader.poll(Duration.ZERO);
      assertThat(reader.caughtUp()).isFalse();
      add(Topics.ASSIGNMENTS, 0, IP, assignment());
      reader.poll(Duration.ZERO);
      assertThat(reader.caughtUp()).isTrue();
    }
  }

  @Test
  void emptyTopicsAreReadAtOnce() {
    try (TopicReader reader = reader(Map.of(BEATS, 0L, ASSIGNMENTS, 0L))) {
      assertThat(reader.caughtUp()).isTrue();
      assertThat(reader.poll(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void aWakeUpEndsOnePollAndLosesNothing() {
    try (TopicReader reader = reader(Map.of(BEATS, 1L))) {
      add(Topics.HEARTBEATS, 0, NODE, model.heartbeat());
      reader.wakeup();
      assertThat(reader.poll(Duration.ofHours(1))).isEmpty();
      assertThat(reader.poll(Duration.ZERO)).hasSize(1);
    }
  }

  @Test
  void thePlanIsThePartitionOfTheClusterOfEachTopic() {
    Node broker = new Node(0, "localhost", 9092);
    try (MockAdminClient admin = new MockAdminClient(List.of(broker), broker)) {
      admin.addTopic(false, "sluice.heartbeats", partitions(broker, 6), Map.of());
      admin.addTopic(false, "sluice.assignments", partitions(broker, 6), Map.of());
      TopicPartition beats = partitionOfLocal("sluice.heartbeats");
      TopicPartition assignments = partitionOfLocal("sluice.assignments");
      admin.updateBeginningOffsets(Map.of(beats, 10L, assignments, 0L));
      admin.updateEndOffsets(Map.of(beats, 20L, assignments, 3L));

      ReadPlan plan = ReadPlan.ask(admin, "local", List.of(Topics.HEARTBEATS, Topics.ASSIGNMENTS));

      assertThat(plan.topics())
          .isEqualTo(Map.of(beats, Topics.HEARTBEATS, assignments, Topics.ASSIGNMENTS));
      assertThat(plan.beginnings()).isEqualTo(Map.of(beats, 10L, assignments, 0L));
      assertThat(plan.ends()).isEqualTo(Map.of(beats, 20L, assignments, 3L));
    }
  }

  @Test
  void aTopicThatIsMissingIsReported() {
    Node broker = new Node(0, "localhost", 9092);
    try (MockAdminClient admin = new MockAdminClient(List.of(broker), broker)) {
      assertThatExceptionOfType(UnknownTopicOrPartitionException.class)
          .isThrownBy(() -> ReadPlan.ask(admin, "local", List.of(Topics.STATUS)))
          .withMessageContaining("sluice.status");
    }
  }

  private TopicReader reader(Map<TopicPartition, Long> ends) {
    SortedMap<TopicPartition, Topic<?, ?>> topics = new TreeMap<>(ReadPlan.ORDER);
    Map<TopicPartition, Long> beginnings = new TreeMap<>(ReadPlan.ORDER);
    for (Topic<?, ?> topic : List.of(Topics.HEARTBEATS, Topics.ASSIGNMENTS)) {
      TopicPartition partition = new TopicPartition(topic.name(), 0);
      if (ends.containsKey(partition)) {
        topics.put(partition, topic);
        beginnings.put(partition, 0L);
      }
    }
    consumer.updateBeginningOffsets(beginnings);
    return new TopicReader(consumer, "local", new ReadPlan(topics, beginnings, ends));
  }

  /** Adds a record whose timestamp is its offset in seconds. */
  private <K extends ClusterScoped, V> void add(
      Topic<K, V> topic, long offset, K key, V valueOrNull) {
    ConsumerRecord<byte[], byte[]> bare =
        new ConsumerRecord<>(
            topic.name(),
            0,
            offset,
            topic.keySerde().serializer().serialize(topic.name(), key),
            topic.valueSerde().serializer().serialize(topic.name(), valueOrNull));
    consumer.addRecord(
        new ConsumerRecord<>(
            bare.topic(),
            bare.partition(),
            offset,
            offset * 1_000,
            bare.timestampType(),
            0,
            0,
            bare.key(),
            bare.value(),
            bare.headers(),
            Optional.empty()));
  }

  private Assignment assignment() {
    return model.assignment();
  }

  private static TopicPartition partitionOfLocal(String topic) {
    return new TopicPartition(topic, ClusterPartitioner.partition("local", 6));
  }

  private static List<TopicPartitionInfo> partitions(Node broker, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new TopicPartitionInfo(i, broker, List.of(broker), List.of(broker)))
        .toList();
  }
}

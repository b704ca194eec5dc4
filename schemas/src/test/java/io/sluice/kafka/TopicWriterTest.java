package io.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import io.sluice.model.IpAddress;
import io.sluice.model.NodeKey;
import io.sluice.model.RandomModel;
import io.sluice.schemas.ClusterPartitioner;
import io.sluice.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

final class TopicWriterTest {

  private static final int PARTITIONS = 6;
  private static final AssignmentKey KEY =
      new AssignmentKey("local", IpAddress.parse("10.40.1.100"));

  private final Assignment assignment = new RandomModel(5).assignment();
  private final MockProducer<EncodedKey, byte[]> producer =
      new MockProducer<>(
          kafka(),
          true,
          new ClusterPartitioner(),
          (_, key) -> key.bytes(),
          new ByteArraySerializer());
  private final TopicWriter writer = new TopicWriter(producer);

  @Test
  void whatIsSentCanBeReadWithTheSerdesOfTheTopic() {
    Future<RecordMetadata> sent = writer.send(Topics.ASSIGNMENTS, KEY, assignment);
    ProducerRecord<EncodedKey, byte[]> record = producer.history().getFirst();
    assertThat(sent).isDone();
    assertThat(record.topic()).isEqualTo("sluice.assignments");
    assertThat(Topics.ASSIGNMENTS.keySerde().deserializer().deserialize("", record.key().bytes()))
        .isEqualTo(KEY);
    assertThat(Topics.ASSIGNMENTS.valueSerde().deserializer().deserialize("", record.value()))
        .isEqualTo(assignment);
  }

  @Test
  void everythingOfAClusterGoesToItsPartition() throws Exception {
    int expected = ClusterPartitioner.partition("local", PARTITIONS);
    RandomModel model = new RandomModel(6);
    for (int i = 1; i <= 20; i++) {
      NodeKey node = new NodeKey("local", "node-" + i);
      assertThat(writer.send(Topics.HEARTBEATS, node, model.heartbeat()).get().partition())
          .isEqualTo(expected);
    }
    assertThat(writer.send(Topics.ASSIGNMENTS, KEY, assignment).get().partition())
        .isEqualTo(expected);
  }

  @Test
  void nothingIsWrittenAsATombstone() {
    assertThat(writer.send(Topics.ASSIGNMENTS, KEY, null)).isDone();
    assertThat(producer.history().getFirst().value()).isNull();
    assertThatNullPointerException()
        .isThrownBy(() -> writer.send(Topics.ASSIGNMENTS, null, assignment));
  }

  @Test
  void theCallbackIsTold() {
    List<RecordMetadata> told = new ArrayList<>();
    assertThat(
            writer.send(Topics.ASSIGNMENTS, KEY, assignment, (metadata, _) -> told.add(metadata)))
        .isDone();
    assertThat(told)
        .singleElement()
        .extracting(RecordMetadata::topic)
        .isEqualTo("sluice.assignments");
  }

  @Test
  void aTransactionIsSeenWholeOrNotAtAll() {
    writer.initTransactions();
    writer.beginTransaction();
    assertThat(writer.send(Topics.ASSIGNMENTS, KEY, assignment)).isDone();
    writer.abortTransaction();
    assertThat(producer.history()).isEmpty();

    writer.beginTransaction();
    assertThat(writer.send(Topics.ASSIGNMENTS, KEY, assignment)).isDone();
    assertThat(writer.send(Topics.ASSIGNMENTS, KEY, null)).isDone();
    assertThat(producer.history()).isEmpty();
    writer.commitTransaction();
    assertThat(producer.history()).hasSize(2);
  }

  @Test
  void closingReachesTheProducer() {
    writer.flush();
    writer.close();
    assertThat(producer.flushed()).isTrue();
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void itOpensWithoutABrokerAndRefusesSettingsThatContradictEachOther() {
    Properties client = new Properties();
    client.setProperty("bootstrap.servers", "localhost:9");
    TopicWriter.open(client, Map.of("acks", "0", "transactional.id", "sluice-test")).close();
    assertThatExceptionOfType(KafkaException.class)
        .isThrownBy(() -> TopicWriter.open(client, Map.of("delivery.timeout.ms", "1")))
        .havingCause()
        .isInstanceOf(ConfigException.class)
        .withMessageContaining("delivery.timeout.ms");
  }

  private static Cluster kafka() {
    Node broker = new Node(0, "localhost", 9092);
    Node[] copies = {broker};
    List<PartitionInfo> partitions =
        Stream.of("sluice.assignments", "sluice.heartbeats")
            .flatMap(topic ->
                Stream.iterate(0, i -> i < PARTITIONS, i -> i + 1)
                    .map(i -> new PartitionInfo(topic, i, broker, copies, copies)))
            .toList();
    return new Cluster("kafka", List.of(broker), partitions, Set.of(), Set.of());
  }
}

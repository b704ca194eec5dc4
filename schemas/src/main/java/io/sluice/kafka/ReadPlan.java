package io.sluice.kafka;

import io.sluice.schemas.AdminAnswer;
import io.sluice.schemas.ClusterPartitioner;
import io.sluice.schemas.Topic;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What a reader reads, and up to where it must have read to know all there was.
 *
 * @param topics the cluster's partition of each topic
 * @param beginnings the first offset of each
 * @param ends the offset after the last record of each. Records of transactions that are still open
 *     count: the end is known only when they are decided
 */
record ReadPlan(
    SortedMap<TopicPartition, Topic<?, ?>> topics,
    Map<TopicPartition, Long> beginnings,
    Map<TopicPartition, Long> ends) {

  /** The order in which the partitions of a plan are asked for and logged. */
  static final Comparator<TopicPartition> ORDER =
      Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

  /**
   * Asks the broker.
   *
   * @throws UnknownTopicOrPartitionException if a topic does not exist
   */
  static ReadPlan ask(Admin admin, String cluster, Collection<? extends Topic<?, ?>> topics) {
    Map<String, KafkaFuture<TopicDescription>> descriptions =
        admin.describeTopics(topics.stream().<String>map(Topic::name).toList()).topicNameValues();
    SortedMap<TopicPartition, Topic<?, ?>> sources = new TreeMap<>(ORDER);
    for (Topic<?, ?> topic : topics) {
      int count = partitionCount(topic, descriptions.get(topic.name()));
      int partition = ClusterPartitioner.partition(cluster, count);
      sources.put(new TopicPartition(topic.name(), partition), topic);
    }
    return new ReadPlan(
        sources,
        offsets(admin, sources, OffsetSpec.earliest()),
        offsets(admin, sources, OffsetSpec.latest()));
  }

  private static int partitionCount(Topic<?, ?> topic, KafkaFuture<TopicDescription> answer) {
    try {
      return AdminAnswer.await(answer, topic.name()).partitions().size();
    } catch (UnknownTopicOrPartitionException e) {
      throw new UnknownTopicOrPartitionException(
          "topic " + topic + " does not exist (yet): TopicCatalogue.ensure makes it", e);
    }
  }

  private static Map<TopicPartition, Long> offsets(
      Admin admin, SortedMap<TopicPartition, Topic<?, ?>> sources, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> question = new TreeMap<>(ORDER);
    sources.keySet().forEach(partition -> question.put(partition, which));
    ListOffsetsResult answer =
        admin.listOffsets(question, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED));
    Map<TopicPartition, Long> offsets = new TreeMap<>(ORDER);
    AdminAnswer.await(answer.all())
        .forEach((partition, info) -> offsets.put(partition, info.offset()));
    return offsets;
  }
}

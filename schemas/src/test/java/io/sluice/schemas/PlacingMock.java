package io.sluice.schemas;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DeleteTopicsOptions;
import org.apache.kafka.clients.admin.MockAdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartitionInfo;

/** Kafka's mock, which by itself ignores where a new topic is to have its copies. */
final class PlacingMock extends MockAdminClient {

  private final List<Node> brokers;

  PlacingMock(List<Node> brokers) {
    super(brokers, brokers.getFirst());
    this.brokers = brokers;
  }

  @Override
  public synchronized CreateTopicsResult createTopics(
      Collection<NewTopic> topics, CreateTopicsOptions options) {
    CreateTopicsResult result =
        super.createTopics(topics.stream().map(PlacingMock::withoutPlaces).toList(), options);
    for (NewTopic topic : topics) {
      if (topic.replicasAssignments() != null
          && !result.values().get(topic.name()).isCompletedExceptionally()) {
        deleteTopics(
            TopicCollection.ofTopicNames(List.of(topic.name())), new DeleteTopicsOptions());
        addTopic(false, topic.name(), partitions(topic), topic.configs());
      }
    }
    return result;
  }

  private static NewTopic withoutPlaces(NewTopic topic) {
    return topic.replicasAssignments() == null
        ? topic
        : new NewTopic(
                topic.name(),
                Optional.of(topic.replicasAssignments().size()),
                Optional.of((short) topic.replicasAssignments().get(0).size()))
            .configs(topic.configs());
  }

  private List<TopicPartitionInfo> partitions(NewTopic topic) {
    return topic.replicasAssignments().entrySet().stream()
        .map(place -> partition(place.getKey(), nodes(place.getValue())))
        .toList();
  }

  private static TopicPartitionInfo partition(int number, List<Node> replicas) {
    return new TopicPartitionInfo(number, replicas.getFirst(), replicas, replicas);
  }

  private List<Node> nodes(List<Integer> ids) {
    return ids.stream()
        .map(id -> brokers.stream().filter(broker -> broker.id() == id).findFirst().orElseThrow())
        .toList();
  }
}

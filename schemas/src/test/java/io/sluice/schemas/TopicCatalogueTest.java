package io.sluice.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.MockAdminClient;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TopicCatalogueTest {

  private final List<Node> brokers =
      IntStream.range(0, 3).mapToObj(i -> new Node(i, "localhost", 9092 + i)).toList();
  private final MockAdminClient admin = new PlacingMock(brokers);

  @AfterEach
  void close() {
    admin.close();
  }

  @Test
  void everyTopicIsMadeWithTheSettingsOfTheDesign() {
    assertThat(TopicCatalogue.ensure(admin, 6, (short) 3)).isEmpty();

    assertThat(setting("sluice.resources", "cleanup.policy")).isEqualTo("compact");
    assertThat(setting("sluice.workloads", "cleanup.policy")).isEqualTo("compact");
    assertThat(setting("sluice.agents", "cleanup.policy")).isEqualTo("compact");
    assertThat(setting("sluice.assignments", "cleanup.policy")).isEqualTo("compact");
    assertThat(setting("sluice.bindings", "cleanup.policy")).isEqualTo("compact");
    assertThat(setting("sluice.status", "cleanup.policy")).isEqualTo("compact");
    assertThat(setting("sluice.heartbeats", "cleanup.policy")).isEqualTo("delete");
    assertThat(setting("sluice.heartbeats", "retention.ms")).isEqualTo("3600000");
    assertThat(setting("sluice.heartbeats", "message.timestamp.type")).isEqualTo("LogAppendTime");
    assertThat(setting("sluice.audit", "cleanup.policy")).isEqualTo("delete");
    assertThat(setting("sluice.audit", "retention.ms")).isEqualTo("-1");
    for (Topic<?, ?> topic : Topics.all()) {
      assertThat(partitions(topic.name())).hasSize(6).allMatch(p -> p.replicas().size() == 3);
    }
  }

  @Test
  void aClusterHasTheSameLeaderOnEveryTopic() {
    TopicCatalogue.ensure(admin, 6, (short) 3);
    for (int partition = 0; partition < 6; partition++) {
      int cluster = partition;
      assertThat(Topics.all().stream().map(topic -> partitions(topic.name()).get(cluster).leader()))
          .containsOnly(brokers.get(partition % 3));
    }
  }

  @Test
  void aSecondTimeNothingChangesAndNothingIsSaid() {
    TopicCatalogue.ensure(admin, 2, (short) 1);
    assertThat(TopicCatalogue.ensure(admin, 2, (short) 1)).isEmpty();
  }

  @Test
  void onlyWhatIsMissingIsMade() {
    existing(Topics.STATUS, 2, Map.of());
    assertThat(TopicCatalogue.ensure(admin, 2, (short) 1)).isEmpty();
    assertThat(AdminAnswer.await(admin.listTopics().names()))
        .containsExactlyInAnyOrderElementsOf(
            Topics.all().stream().<String>map(Topic::name).toList());
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 2", "5, 3"})
  void aMajorityOfTheCopiesAcknowledgesAWrite(short copies, String inSync) {
    List<Node> five =
        IntStream.range(0, 5).mapToObj(i -> new Node(i, "localhost", 9092 + i)).toList();
    try (Admin large = new PlacingMock(five)) {
      TopicCatalogue.ensure(large, 1, copies);
      assertThat(setting(large, "sluice.assignments", "min.insync.replicas")).isEqualTo(inSync);
    }
  }

  @Test
  void heartbeatsStampedByTheirSendersAreUnsafe() {
    existing(Topics.HEARTBEATS, 1, Map.of("message.timestamp.type", "CreateTime"));
    assertThatExceptionOfType(TopicCatalogueException.class)
        .isThrownBy(() -> TopicCatalogue.ensure(admin, 1, (short) 1))
        .withMessage(
            "topic sluice.heartbeats: message.timestamp.type is CreateTime, wanted LogAppendTime;"
                + " to change it: kafka-configs --bootstrap-server HOST:PORT --alter"
                + " --entity-type topics --entity-name sluice.heartbeats"
                + " --add-config message.timestamp.type=LogAppendTime");
  }

  @Test
  void stateThatIsDeletedOrHistoryThatIsCompactedIsUnsafe() {
    existing(Topics.ASSIGNMENTS, 1, Map.of("cleanup.policy", "compact,delete"));
    existing(Topics.AUDIT, 1, Map.of("cleanup.policy", "compact"));
    assertThatExceptionOfType(TopicCatalogueException.class)
        .isThrownBy(() -> TopicCatalogue.ensure(admin, 1, (short) 1))
        .withMessageContaining(
            "topic sluice.assignments: cleanup.policy is compact,delete, wanted compact;")
        .withMessageContaining("topic sluice.audit: cleanup.policy is compact, wanted delete;");
  }

  @Test
  void anotherNumberOfPartitionsIsUnsafe() {
    existing(Topics.BINDINGS, 3, Map.of());
    assertThatExceptionOfType(TopicCatalogueException.class)
        .isThrownBy(() -> TopicCatalogue.ensure(admin, 6, (short) 1))
        .withMessageStartingWith("topic sluice.bindings: it has 3 partitions, wanted 6.")
        .withMessageContaining("set --topic-partitions=3 if all topics have that many");
    assertThat(AdminAnswer.await(admin.listTopics().names())).containsExactly("sluice.bindings");
  }

  @Test
  void theRetentionOfTheAuditLogIsTheOperatorsWithAWarning() {
    existing(Topics.AUDIT, 1, Map.of("retention.ms", "31536000000"));
    assertThat(TopicCatalogue.ensure(admin, 1, (short) 1))
        .singleElement()
        .asString()
        .startsWith("topic sluice.audit: retention.ms is 31536000000, wanted -1;");
  }

  @Test
  void fewerCopiesThanWantedAreAWarning() {
    existing(Topics.STATUS, 1, Map.of("min.insync.replicas", "2"));
    assertThat(TopicCatalogue.ensure(admin, 1, (short) 3))
        .singleElement()
        .asString()
        .startsWith("topic sluice.status: it has 1 copies, wanted 3;");
  }

  @Test
  void anAcknowledgedBeatThatMayBeLostIsUnsafe() {
    add(Topics.HEARTBEATS, 1, brokers, Map.of("min.insync.replicas", "1"));
    assertThatExceptionOfType(TopicCatalogueException.class)
        .isThrownBy(() -> TopicCatalogue.ensure(admin, 1, (short) 1))
        .withMessageContaining("topic sluice.heartbeats: min.insync.replicas is 1, wanted 2;")
        .withMessageContaining("--add-config min.insync.replicas=2");
  }

  @Test
  void moreCopiesInSyncThanNeededAreAWarning() {
    add(Topics.HEARTBEATS, 1, brokers, Map.of("min.insync.replicas", "3"));
    assertThat(TopicCatalogue.ensure(admin, 1, (short) 1))
        .anySatisfy(warning -> assertThat(warning).contains("min.insync.replicas is 3, wanted 2;"));
  }

  @Test
  void aLeaderThatMayLackAcknowledgedWritesIsUnsafe() {
    existing(Topics.HEARTBEATS, 1, Map.of("unclean.leader.election.enable", "true"));
    assertThatExceptionOfType(TopicCatalogueException.class)
        .isThrownBy(() -> TopicCatalogue.ensure(admin, 1, (short) 1))
        .withMessageContaining("unclean.leader.election.enable is true, wanted false;");
  }

  @Test
  void whatKafkaRefusesIsReported() {
    assertThatExceptionOfType(InvalidReplicationFactorException.class)
        .isThrownBy(() -> TopicCatalogue.ensure(admin, 1, (short) 4));
  }

  /** The topic as Sluice would have made it, but for these settings. */
  private void existing(Topic<?, ?> topic, int partitions, Map<String, String> different) {
    add(topic, partitions, List.of(brokers.getFirst()), different);
  }

  private void add(
      Topic<?, ?> topic, int partitions, List<Node> replicas, Map<String, String> different) {
    Map<String, String> settings = new HashMap<>(topic.config());
    settings.put("min.insync.replicas", "1");
    settings.putAll(different);
    admin.addTopic(
        false,
        topic.name(),
        IntStream.range(0, partitions)
            .mapToObj(i -> new TopicPartitionInfo(i, replicas.getFirst(), replicas, replicas))
            .toList(),
        settings);
  }

  private String setting(String topic, String name) {
    return setting(admin, topic, name);
  }

  private static String setting(Admin admin, String topic, String name) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Config config =
        AdminAnswer.await(admin.describeConfigs(List.of(resource)).values().get(resource));
    return config.get(name).value();
  }

  private List<TopicPartitionInfo> partitions(String topic) {
    return AdminAnswer.await(admin.describeTopics(List.of(topic)).topicNameValues().get(topic))
        .partitions();
  }
}

package io.sluice.allocator.kafka;

import io.sluice.schemas.AdminAnswer;
import io.sluice.schemas.LeaderPlacement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * The topic that keeps records which could not be used, as they came, with the reason and their
 * origin in headers.
 *
 * @see <a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-1034">KIP-1034</a>
 */
public final class DeadLetters {

  public static final String TOPIC = "sluice.dead-letters";

  private static final Duration KEPT = Duration.ofDays(30);

  private DeadLetters() {}

  /**
   * Makes the topic if it is missing.
   *
   * @throws KafkaException if Kafka does not answer or refuses
   */
  public static void ensureTopic(Admin admin, short replication) {
    NewTopic topic =
        new NewTopic(TOPIC, 1, replication)
            .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, String.valueOf(KEPT.toMillis())));
    try {
      NewTopic placed = LeaderPlacement.on(admin).place(topic);
      AdminAnswer.await(admin.createTopics(List.of(placed)).all(), TOPIC);
    } catch (TopicExistsException _) {
      // It was made before, or by another process just now.
    }
  }
}

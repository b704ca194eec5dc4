package io.sluice.allocator.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
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
      admin.createTopics(List.of(topic)).all().get();
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case TopicExistsException _ -> {
          // It was made before, or by another process just now.
        }
        case KafkaException refused -> throw refused;
        default -> throw new KafkaException("cannot make the topic " + TOPIC, e.getCause());
      }
    }
  }
}

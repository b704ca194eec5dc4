package io.sluice.schemas;

import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/** Waits for an answer to a call of Kafka's Admin client. */
public final class AdminAnswer {

  private AdminAnswer() {}

  /**
   * Waits as long as the client's own {@code default.api.timeout.ms} lets it.
   *
   * @throws KafkaException what the broker answered or the client made of its silence
   * @throws InterruptException if the thread is interrupted; it stays marked so
   */
  public static <T> T await(KafkaFuture<T> answer) {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    }
  }

  /**
   * The same for an answer about one topic, which a refusal then names: the Admin client leaves
   * that to its caller.
   */
  public static <T> T await(KafkaFuture<T> answer, String topic) {
    try {
      return await(answer);
    } catch (TopicAuthorizationException e) {
      TopicAuthorizationException named =
          new TopicAuthorizationException(e.getMessage(), Set.of(topic));
      named.initCause(e);
      throw named;
    }
  }
}

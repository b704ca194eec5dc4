package io.sluice.watcher.kafka;

import io.sluice.kafka.KafkaOptions;
import io.sluice.kafka.TopicReader;
import io.sluice.kafka.TopicRecord;
import io.sluice.model.Status;
import io.sluice.model.StatusKey;
import io.sluice.schemas.Topics;
import io.sluice.watcher.StatusFeed;
import java.time.Duration;
import java.util.List;

/** {@code sluice.status} of one cluster on Kafka. */
public final class KafkaStatusFeed implements StatusFeed {

  private final TopicReader reader;

  private KafkaStatusFeed(TopicReader reader) {
    this.reader = reader;
  }

  /**
   * Opens the topic, which must exist.
   *
   * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
   */
  public static KafkaStatusFeed open(KafkaOptions options) {
    return new KafkaStatusFeed(
        TopicReader.open(options.clientProperties(), options.cluster(), List.of(Topics.STATUS)));
  }

  @Override
  public List<Said> poll(Duration timeout) {
    return reader.poll(timeout).stream().map(KafkaStatusFeed::said).toList();
  }

  private static Said said(TopicRecord<?, ?> read) {
    StatusKey key = (StatusKey) read.key();
    return new Said(key.subject(), key.author(), read.value().map(Status.class::cast));
  }

  @Override
  public boolean caughtUp() {
    return reader.caughtUp();
  }

  @Override
  public void wakeup() {
    reader.wakeup();
  }

  @Override
  public void close() {
    reader.close();
  }
}

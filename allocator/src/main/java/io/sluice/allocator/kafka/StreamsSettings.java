package io.sluice.allocator.kafka;

import static org.apache.kafka.streams.StreamsConfig.consumerPrefix;
import static org.apache.kafka.streams.StreamsConfig.producerPrefix;

import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.UsePartitionTimeOnInvalidTimestamp;

/**
 * How the two applications run (design, section 10.2, has the measurements).
 *
 * @param applicationPrefix begins the names of both applications
 * @param stateDirectory for the little that Kafka Streams keeps on disk
 * @param replication copies of the changelogs
 * @param standbyReplicas how many other instances keep the state at hand
 * @param sessionTimeoutMillis after this silence of an instance another one takes its tasks; the
 *     broker's {@code group.min.session.timeout.ms} must allow it
 * @param heartbeatIntervalMillis how often an instance says it is there
 * @param transactionTimeoutMillis after this time the broker ends the transaction of an instance
 *     that died within one; until then nobody reads past it
 */
public record StreamsSettings(
    String applicationPrefix,
    Path stateDirectory,
    short replication,
    int standbyReplicas,
    int sessionTimeoutMillis,
    int heartbeatIntervalMillis,
    int transactionTimeoutMillis) {

  static final int COMMIT_INTERVAL_MILLIS = 1_000;

  /**
   * @throws IllegalArgumentException if the times contradict each other
   */
  public StreamsSettings {
    if (applicationPrefix.isBlank()) {
      throw new IllegalArgumentException("the applications need a name");
    }
    if (standbyReplicas < 0) {
      throw new IllegalArgumentException("the number of standbys cannot be negative");
    }
    if (heartbeatIntervalMillis < 1 || 3 * heartbeatIntervalMillis > sessionTimeoutMillis) {
      throw new IllegalArgumentException(
          "the session timeout (%d ms) must last at least three heartbeat intervals (3 x %d ms)"
              .formatted(sessionTimeoutMillis, heartbeatIntervalMillis));
    }
    if (transactionTimeoutMillis < 2 * COMMIT_INTERVAL_MILLIS) {
      throw new IllegalArgumentException(
          "the transaction timeout (%d ms) must last at least two commit intervals (2 x %d ms)"
              .formatted(transactionTimeoutMillis, COMMIT_INTERVAL_MILLIS));
    }
  }

  /** The name of the application that allocates floating IPs. */
  public String allocationId() {
    return applicationPrefix + "-allocation";
  }

  /** The name of the application that selects Pods. */
  public String selectionId() {
    return applicationPrefix + "-selection";
  }

  /**
   * The properties of one application.
   *
   * @param clientProperties how Kafka is reached; they win, but for the client id
   * @param metrics where records that are put aside are counted
   */
  public Properties properties(
      String applicationId, Properties clientProperties, AllocatorMetrics metrics) {
    Properties all = new Properties();
    all.put(AllocatorMetrics.PROPERTY, metrics);
    all.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    all.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
    all.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, (int) replication);
    all.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbyReplicas);
    all.put(StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG, 0L);
    all.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    // Decisions ask for their commit themselves; this is for the offsets of the beats.
    all.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL_MILLIS);
    // How late a tick, a commit or a take-over may be noticed.
    all.put(StreamsConfig.POLL_MS_CONFIG, applicationId.equals(selectionId()) ? 10L : 2L);
    all.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
    all.put(
        StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG,
        UsePartitionTimeOnInvalidTimestamp.class);
    all.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, DeadLetters.TOPIC);
    all.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, UndecodableRecords.class);
    all.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, UnusableRecords.class);
    // Kafka's 100 ms make tails of 100 ms with transactions.
    all.put(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, 2L);
    all.put(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG, 20L);
    all.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 20L);
    all.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200L);
    // The thread that sends heartbeats wakes up as often as this.
    all.put(consumerPrefix(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG), 10L);
    // A standby that becomes the active task waits for the answer to its last question.
    all.put(StreamsConfig.restoreConsumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), 50);
    all.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    all.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
    all.put(consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), sessionTimeoutMillis);
    all.put(consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), heartbeatIntervalMillis);
    all.put(producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), transactionTimeoutMillis);
    all.putAll(clientProperties);
    // Kafka Streams' own names tell which member of the group is which process: TransactionalIds.
    all.remove(StreamsConfig.CLIENT_ID_CONFIG);
    return all;
  }
}

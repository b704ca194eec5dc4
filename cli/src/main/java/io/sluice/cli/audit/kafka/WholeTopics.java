package io.sluice.cli.audit.kafka;

import io.sluice.cli.audit.core.LoggedEntry;
import io.sluice.cli.lab.LabException;
import io.sluice.kafka.TopicReader;
import io.sluice.kafka.TopicRecord;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey;
import io.sluice.schemas.Topic;
import io.sluice.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Reads topics of a cluster to their end and hands on every record. What others may skip is an
 * error here: an answer from half of the records would be wrong.
 */
public final class WholeTopics implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  /** A transaction that was left open ends earlier than that. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TopicReader reader;
  private final String names;
  private final Consumer<TopicRecord<?, ?>> sink;

  private WholeTopics(TopicReader reader, String names, Consumer<TopicRecord<?, ?>> sink) {
    this.reader = reader;
    this.names = names;
    this.sink = sink;
  }

  /** The audit log of a cluster. */
  public static WholeTopics log(
      Properties clientProperties, String cluster, Consumer<LoggedEntry> sink) {
    return open(
        clientProperties, cluster, List.of(Topics.AUDIT), record -> sink.accept(entry(record)));
  }

  /** What the agents of a cluster read. */
  public static WholeTopics live(
      Properties clientProperties, String cluster, Consumer<TopicRecord<?, ?>> sink) {
    return open(clientProperties, cluster, List.of(Topics.ASSIGNMENTS, Topics.BINDINGS), sink);
  }

  private static WholeTopics open(
      Properties clientProperties,
      String cluster,
      List<Topic<?, ?>> topics,
      Consumer<TopicRecord<?, ?>> sink) {
    String names = topics.stream().map(Topic::name).collect(Collectors.joining(" and "));
    return new WholeTopics(TopicReader.open(clientProperties, cluster, topics), names, sink);
  }

  /** A record of the audit topic as the core knows it. */
  static LoggedEntry entry(TopicRecord<?, ?> record) {
    if (record.key() instanceof AuditKey(_, var stream)
        && record.value().orElse(null) instanceof AuditEntry entry) {
      return new LoggedEntry(stream, record.offset(), entry);
    }
    throw new LabException(
        "%s partition %d offset %d has no entry; Sluice deletes none: bring it back from a copy"
            .formatted(record.topic().name(), record.partition(), record.offset()));
  }

  /**
   * Reads all that was there when this was opened.
   *
   * @throws LabException if a record cannot be decoded, or Kafka does not go on
   */
  public void readToEnd() {
    Instant heard = Instant.now();
    while (!reader.caughtUp()) {
      if (pollOnce() > 0) {
        heard = Instant.now();
      } else if (Instant.now().isAfter(heard.plus(PATIENCE))) {
        throw new LabException(
            "%s could not be read to the end: nothing came for %d s"
                .formatted(names, PATIENCE.toSeconds()));
      }
    }
  }

  /** Hands on what has come since, if anything has. */
  public int pollOnce() {
    List<TopicRecord<?, ?>> records = reader.poll(POLL);
    if (reader.undecodable() > 0) {
      throw new LabException(
          "%d record(s) of %s cannot be decoded, so there is no certain answer; the warning above"
                  .formatted(reader.undecodable(), names)
              + " names the offset. Written by a newer Sluice: use that version of this command."
              + " Damaged: bring the topic back from a copy");
    }
    records.forEach(sink);
    return records.size();
  }

  @Override
  public void close() {
    reader.close();
  }
}

package io.sluice.allocator.kafka;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;

/**
 * Puts a record that cannot be decoded aside: it is logged with its offset, counted and kept on the
 * dead-letter topic.
 *
 * @see <a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-1034">KIP-1034</a>
 */
public final class UndecodableRecords extends LogAndContinueExceptionHandler {

  private AllocatorMetrics metrics;

  @Override
  public void configure(Map<String, ?> settings) {
    super.configure(settings);
    metrics = (AllocatorMetrics) settings.get(AllocatorMetrics.PROPERTY);
  }

  @Override
  public Response handleError(
      ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception exception) {
    metrics.deadLetters.labelValues(record.topic()).inc();
    return super.handleError(context, record, exception);
  }
}

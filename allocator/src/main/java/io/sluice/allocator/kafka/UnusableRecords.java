package io.sluice.allocator.kafka;

import java.util.Map;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Puts a record that does not belong on its topic aside: it is logged with its offset, counted, and
 * kept on the dead-letter topic. Every other exception is an error of ours and fails the thread.
 *
 * @see <a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-1034">KIP-1034</a>
 */
public final class UnusableRecords extends LogAndContinueProcessingExceptionHandler {

  private AllocatorMetrics metrics;

  @Override
  public void configure(Map<String, ?> settings) {
    super.configure(settings);
    metrics = (AllocatorMetrics) settings.get(AllocatorMetrics.PROPERTY);
  }

  @Override
  public Response handleError(
      ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
    if (!(exception instanceof UnusableRecordException)) {
      return Response.fail();
    }
    metrics.deadLetters.labelValues(context.topic()).inc();
    return super.handleError(context, record, exception);
  }
}

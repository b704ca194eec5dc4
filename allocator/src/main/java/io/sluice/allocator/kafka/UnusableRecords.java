package io.sluice.allocator.kafka;

import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Puts a record that does not belong on its topic aside: it is logged with its offset, counted as
 * dropped by Kafka Streams, and kept on the dead-letter topic. Every other exception is an error of
 * ours and fails the thread.
 *
 * @see <a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-1034">KIP-1034</a>
 */
public final class UnusableRecords extends LogAndContinueProcessingExceptionHandler {

  @Override
  public Response handleError(
      ErrorHandlerContext context, Record<?, ?> record, Exception exception) {
    return exception instanceof UnusableRecordException
        ? super.handleError(context, record, exception)
        : Response.fail();
  }
}

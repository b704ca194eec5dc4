package io.sluice.allocator.kafka;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StandbyUpdateListener;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.apache.kafka.streams.processor.TaskId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a task comes to this instance: as a standby that ends, because it becomes the active
 * task or goes elsewhere, or with state that is read from Kafka first. Both are told once for each
 * store, on the threads that do the work, which must not be held up.
 */
final class TakeOvers implements StandbyUpdateListener, StateRestoreListener {

  private static final Logger log = LoggerFactory.getLogger(TakeOvers.class);

  private final Runnable takenOver;

  /**
   * @param takenOver returns at once
   */
  TakeOvers(Runnable takenOver) {
    this.takenOver = takenOver;
  }

  @Override
  public void onUpdateSuspended(
      TopicPartition changelog, String store, long offset, long endOffset, SuspendReason reason) {
    log.debug("standby of {} ends at {} of {}: {}", changelog, offset, endOffset, reason);
    takenOver.run();
  }

  @Override
  public void onRestoreStart(TopicPartition changelog, String store, long offset, long endOffset) {
    log.debug("restoring {} from {} to {}", changelog, offset, endOffset);
    takenOver.run();
  }

  @Override
  public void onUpdateStart(TopicPartition changelog, String store, long offset) {
    // A standby concerns nobody until it ends.
  }

  @Override
  public void onBatchLoaded(
      TopicPartition changelog,
      String store,
      TaskId task,
      long batchEndOffset,
      long batchSize,
      long endOffset) {
    // As above.
  }

  @Override
  public void onBatchRestored(TopicPartition changelog, String store, long offset, long count) {
    // Only the beginning matters.
  }

  @Override
  public void onRestoreEnd(TopicPartition changelog, String store, long count) {
    log.debug("restored {}: {} records", changelog, count);
  }
}

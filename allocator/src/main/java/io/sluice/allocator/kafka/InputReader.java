package io.sluice.allocator.kafka;

import io.sluice.model.ClusterScoped;

/**
 * Makes inputs out of records.
 *
 * @param <I> the inputs
 */
interface InputReader<I> {

  /**
   * The input that a record is.
   *
   * @param value null for a tombstone
   * @throws UnusableRecordException if it is none
   */
  I read(String topic, ClusterScoped key, Object value);

  /** Whether the records of this topic carry the broker's time, which is the clock of the log. */
  boolean isClock(String topic);
}

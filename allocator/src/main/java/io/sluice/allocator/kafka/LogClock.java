package io.sluice.allocator.kafka;

/**
 * The time of the log: that of the last beat read and what has passed since, by a clock that never
 * steps. Until a beat was read, and where none are read, it is the time of the machine.
 */
final class LogClock {

  private boolean heard;
  private long lastBeatMillis;
  private long heardAtMonotonicMillis;

  /** A beat with this time was read. */
  void heard(long beatMillis, long monotonicMillis) {
    heard = true;
    lastBeatMillis = beatMillis;
    heardAtMonotonicMillis = monotonicMillis;
  }

  /** The log's time now. */
  long nowMillis(long monotonicMillis, long wallClockMillis) {
    return heard ? lastBeatMillis + monotonicMillis - heardAtMonotonicMillis : wallClockMillis;
  }
}

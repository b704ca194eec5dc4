package io.sluice.simulator;

/**
 * The two clocks of a machine, in nanoseconds. The monotonic one begins anywhere and runs a little
 * wrong; the wall clock can be stepped.
 */
final class NodeClock {

  private static final double MILLION = 1e6;

  private final Timeline timeline;
  private final double rate;
  private final long bootedAt;
  private long wallOffset;

  /**
   * @param partsPerMillion how much faster than true both clocks run
   * @param wallOffset how far the wall clock is ahead at first
   */
  NodeClock(Timeline timeline, int partsPerMillion, long bootedAt, long wallOffset) {
    this.timeline = timeline;
    this.rate = partsPerMillion / MILLION;
    this.bootedAt = bootedAt;
    this.wallOffset = wallOffset;
  }

  long monotonic() {
    return bootedAt + elapsed();
  }

  long wall() {
    return wallOffset + elapsed();
  }

  void stepWall(long nanos) {
    wallOffset += nanos;
  }

  private long elapsed() {
    long now = timeline.now();
    return now + (long) (now * rate);
  }
}

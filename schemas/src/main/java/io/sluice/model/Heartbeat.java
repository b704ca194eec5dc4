package io.sluice.model;

/**
 * One beat of an agent. Its time is the broker's: {@code sluice.heartbeats} is stamped on append.
 *
 * @param instance identifies the agent process
 * @param session the lease session; a lapse of the lease begins a new one
 * @param sequence rises by one with each beat of the process
 * @param intervalMillis when the next beat may be expected
 * @param intent whether the agent means to go on
 */
public record Heartbeat(
    String instance, long session, long sequence, int intervalMillis, Intent intent) {

  /** What the agent is about to do. */
  public enum Intent {
    RUNNING,
    /** Leaves for good: its addresses move at once. */
    STOPPING,
    /** Will be back at once: its addresses stay. */
    RESTARTING
  }
}

package io.sluice.cli.chaos.core;

/**
 * How an address went from one node to another, by their signs.
 *
 * @param lastSignNanos of the old holder, until the new one was there, since the epoch
 * @param firstSignNanos of the new one
 */
public record Handover(String from, long lastSignNanos, String to, long firstSignNanos) {

  /** From the old holder's last sign to the new one's first; negative if both were there. */
  public long silenceNanos() {
    return firstSignNanos - lastSignNanos;
  }
}

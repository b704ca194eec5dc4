package io.sluice.cli.chaos.core;

import java.util.Locale;

/** The sets of times that agents and allocator know, and what a node crash may cost with each. */
public enum Profile {
  DEFAULT(400, 700),
  FAST(90, 250);

  private final long leaseMillis;
  private final long nodeCrashMillis;

  Profile(long leaseMillis, long nodeCrashMillis) {
    this.leaseMillis = leaseMillis;
    this.nodeCrashMillis = nodeCrashMillis;
  }

  /** The lease L. */
  public long leaseMillis() {
    return leaseMillis;
  }

  /** The longest outage that a node crash may cause, at the 99th percentile. */
  public long nodeCrashMillis() {
    return nodeCrashMillis;
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

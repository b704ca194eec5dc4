package io.sluice.model;

/** What a holder does when Kafka does not acknowledge its beats (design, section 4.5). */
public enum LeaseMode {
  /** Keeps the lease while it is itself alive and no newer holder is known. */
  AVAILABLE,
  /** Lets the lease end: never two holders, whatever happens. */
  STRICT
}

package io.sluice.simulator;

/** A promise was broken; the message says which and how. */
final class InvariantViolation extends RuntimeException {

  private static final long serialVersionUID = 1L;

  InvariantViolation(String message) {
    super(message);
  }
}

package io.sluice.allocator.kafka;

/** A record that can be decoded but is none of those that belong on its topic. */
final class UnusableRecordException extends RuntimeException {

  private static final long serialVersionUID = 1;

  UnusableRecordException(String message) {
    super(message);
  }
}

package io.sluice.cli.audit.core;

import io.sluice.model.AuditKey;
import java.util.Locale;

/** An audit log that cannot be what the allocator wrote. */
public final class BrokenLogException extends RuntimeException {

  private final AuditKey.Stream stream;
  private final long sequence;
  private final String fault;

  BrokenLogException(AuditKey.Stream stream, long sequence, String fault) {
    super(
        "the %s log is not what the allocator wrote: sequence %d: %s"
            .formatted(stream.name().toLowerCase(Locale.ROOT), sequence, fault));
    this.stream = stream;
    this.sequence = sequence;
    this.fault = fault;
  }

  public AuditKey.Stream stream() {
    return stream;
  }

  /** The sequence at fault; of a hole, the first one that is missing. */
  public long sequence() {
    return sequence;
  }

  /** What is wrong there. */
  public String fault() {
    return fault;
  }
}

package io.sluice.agent.kernel;

import io.sluice.agent.core.DataPlaneException;
import java.util.function.Supplier;

/**
 * The kernel's tables changed while they were read (NLM_F_DUMP_INTR): what was read is neither the
 * old nor the new state and must be read again.
 */
final class InterruptedDumpException extends DataPlaneException {

  private static final int ATTEMPTS = 10;

  InterruptedDumpException(String asked) {
    super(asked + ": the tables changed while they were read");
  }

  /** Reads until a reading was not interrupted, at most ten times. */
  static <T> T retry(Supplier<T> reading) {
    for (int attempt = 1; ; attempt++) {
      try {
        return reading.get();
      } catch (InterruptedDumpException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}

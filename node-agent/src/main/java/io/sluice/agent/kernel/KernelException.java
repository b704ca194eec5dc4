package io.sluice.agent.kernel;

import io.sluice.agent.core.DataPlaneException;

/** The kernel, or a library that talks to it, refused. */
public final class KernelException extends DataPlaneException {

  private final Errno errno;

  /**
   * The kernel's own word: what was asked, its error number, and its explanation if it gave one.
   */
  KernelException(String asked, int number, String explanation) {
    super(
        explanation.isEmpty()
            ? "%s: %s".formatted(asked, Errno.text(number))
            : "%s: %s (%s)".formatted(asked, Errno.text(number), explanation));
    this.errno = Errno.of(number);
  }

  KernelException(String message) {
    super(message);
    this.errno = Errno.OTHER;
  }

  KernelException(String message, Throwable cause) {
    super(message, cause);
    this.errno = cause instanceof KernelException kernel ? kernel.errno : Errno.OTHER;
  }

  /** The kernel's error, {@link Errno#OTHER} if it has no name here or there was none. */
  public Errno errno() {
    return errno;
  }
}

package io.sluice.cli.lab;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The namespaces (PID, mount, network, and user without root) that the launcher makes before it
 * starts a local cluster. When their first process ends, however it ends, the kernel removes all
 * that was made in them (pid_namespaces(7), network_namespaces(7)).
 */
public final class Sandbox {

  /** Set by the launcher inside the namespaces it made. */
  static final String MARK = "SLUICE_SANDBOX";

  /** The process id of the first process, as seen from outside. */
  static final String OUTER_PID = "SLUICE_OUTER_PID";

  private static final Path SCRATCH = Path.of("/run/sluice");

  private Sandbox() {}

  /** Whether this process runs inside one. */
  public static boolean inside() {
    return System.getenv(MARK) != null;
  }

  /**
   * Refuses to go on outside of one: there, a lab would change the machine's own network.
   *
   * @throws LabException outside
   */
  public static void require() {
    if (!inside()) {
      throw new LabException(
          "this needs namespaces of its own; run it through the launcher: ./sluice sandbox -- ...");
    }
  }

  /** Whether the sandbox has a user namespace of its own, because it was made without root. */
  public static boolean hasUserNamespace() {
    return "user".equals(System.getenv(MARK));
  }

  /** A directory in memory that goes away with the sandbox. */
  public static Path scratch() {
    require();
    return SCRATCH;
  }

  /** The sandbox's first process as the machine outside numbers it. */
  public static Optional<Long> outerPid() {
    return Optional.ofNullable(System.getenv(OUTER_PID)).map(Long::valueOf);
  }
}

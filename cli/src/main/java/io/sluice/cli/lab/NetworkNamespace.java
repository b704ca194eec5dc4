package io.sluice.cli.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A named network namespace, as {@code ip netns} makes it. Sockets and child processes that are
 * made inside stay inside, whichever thread uses them afterwards (network_namespaces(7)).
 *
 * @param name the name under {@code /run/netns}
 */
public record NetworkNamespace(String name) {

  private static final Path DIRECTORY = Path.of("/run/netns");

  /** What makes something inside the namespace. */
  @FunctionalInterface
  public interface Action {
    void run() throws Exception;
  }

  /** Where the kernel's handle is. */
  public Path path() {
    return DIRECTORY.resolve(name);
  }

  public boolean exists() {
    return Files.exists(path());
  }

  /**
   * Runs something inside, on a platform thread of its own: a virtual thread changes carriers, and
   * a carrier that had entered a namespace would take others with it.
   *
   * @throws LabException if the namespace cannot be entered or the action fails
   */
  public <T> T call(Callable<T> action) {
    return callIn(path(), action);
  }

  /** The same in any network namespace that there is a handle for. */
  static <T> T callIn(Path namespace, Callable<T> action) {
    String name = namespace.getFileName().toString();
    FutureTask<T> task =
        new FutureTask<>(() -> {
          Libc.enterNetworkNamespace(namespace);
          return action.call();
        });
    Thread.ofPlatform().name("in-" + name).daemon().start(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new LabException(
          "in network namespace %s: %s".formatted(name, e.getCause().getMessage()), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted inside network namespace " + name, e);
    }
  }

  /** The same for something without a result. */
  public void run(Action action) {
    call(() -> {
      action.run();
      return null;
    });
  }

  /** Starts a process inside. */
  public Process start(ProcessBuilder process) {
    return call(process::start);
  }

  /**
   * Sets a kernel parameter of this namespace. Equals {@code sysctl -w key=value}.
   *
   * @param key with dots
   */
  public void sysctl(String key, String value) {
    run(() -> writeSysctl(key, value));
  }

  static void writeSysctl(String key, String value) throws IOException {
    Files.writeString(Path.of("/proc/sys", key.split("\\.")), value);
  }
}

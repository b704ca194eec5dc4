package io.sluice.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** A network namespace with a name of its own, removed when closed. */
final class NetworkNamespace implements AutoCloseable {

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final int CLONE_NEWNET = 0x4000_0000;
  private static final int CAP_NET_ADMIN = 12;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle OPEN =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("open"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle SETNS =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("setns"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private final String name;

  private NetworkNamespace(String name) {
    this.name = name;
  }

  /**
   * Waits until the kernel has done with an interface that was set up what it does by itself: the
   * carrier, and the IPv6 address of the link.
   */
  void awaitSettled(String link) {
    await()
        .until(
            () -> run("ip addr show dev " + link),
            text ->
                text.contains("LOWER_UP")
                    && text.contains("state UP")
                    && text.contains("inet6 fe80:")
                    && !text.contains("tentative"));
  }

  /** Makes one. Without CAP_NET_ADMIN the test is skipped; with it, failing to is an error. */
  static NetworkNamespace create(String purpose) {
    Assumptions.assumeTrue(
        mayAdminister(), "needs CAP_NET_ADMIN: run as root to test against the kernel");
    String name =
        "slu-%d-%d-%s".formatted(ProcessHandle.current().pid(), COUNT.incrementAndGet(), purpose);
    exec("ip", "netns", "add", name);
    NetworkNamespace namespace = new NetworkNamespace(name);
    namespace.run("ip link set lo up");
    // A new namespace begins with the host's IPv4 settings, and a host with Docker forwards.
    namespace.run(
        "sysctl -qw net.ipv4.ip_forward=0"
            + " net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0");
    return namespace;
  }

  private static boolean mayAdminister() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("CapEff:"))
          .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
          .anyMatch(capabilities -> (capabilities >>> CAP_NET_ADMIN & 1) != 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  String name() {
    return name;
  }

  /** Runs a command in here and returns what it prints; fails if it does. */
  String run(String command) {
    List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", name));
    words.addAll(Arrays.asList(command.split(" ")));
    return exec(words.toArray(String[]::new));
  }

  /** As {@link #run}, with the exit code instead of a failure. */
  int tryRun(String command) {
    List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", name));
    words.addAll(Arrays.asList(command.split(" ")));
    try {
      Process process =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Does something on a thread that is in here: its sockets stay here for ever. */
  <T> T inside(Callable<T> action) {
    FutureTask<T> task =
        new FutureTask<>(() -> {
          enter();
          return action.call();
        });
    Thread.ofPlatform().name(name).start(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private void enter() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom("/var/run/netns/" + name);
      int fd = (int) OPEN.invokeExact(path, 0);
      if (fd < 0 || (int) SETNS.invokeExact(fd, CLONE_NEWNET) != 0) {
        throw new AssertionError("cannot enter " + name);
      }
      Libc.close(fd);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static String exec(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + ": " + printed);
      }
      return printed;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    exec("ip", "netns", "del", name);
  }
}

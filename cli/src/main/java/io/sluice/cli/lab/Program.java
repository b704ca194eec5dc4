package io.sluice.cli.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * One of Sluice's programs, or the broker, as a child process with a log file. It runs on the JVM
 * and class path of this process.
 */
public final class Program implements AutoCloseable {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(10);
  private static final Pattern READY = Pattern.compile("\\bready\\b");
  private static final int LINES_TO_SHOW = 15;

  private final Plan plan;
  private final boolean archiveMissing;
  private volatile Process process;
  private volatile boolean stopped;
  private long logLengthAtStart;

  /**
   * What to run.
   *
   * @param name the name of the log file, too
   * @param namespace where; empty means where this process is
   * @param heapMebibytes the most heap it may have
   * @param jvmArguments further arguments of its JVM
   * @param directory for its log
   * @param makesArchive whether it may write the archive of its classes; one of several equal ones
   */
  public record Plan(
      String name,
      Optional<NetworkNamespace> namespace,
      String main,
      int heapMebibytes,
      List<String> jvmArguments,
      List<String> arguments,
      Path directory,
      boolean makesArchive) {

    public Plan {
      jvmArguments = List.copyOf(jvmArguments);
      arguments = List.copyOf(arguments);
    }

    Path log() {
      return directory.resolve(name + ".log");
    }

    List<String> command(List<String> furtherArguments) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(JvmFlags.of(main, heapMebibytes, makesArchive));
      command.addAll(jvmArguments);
      command.add("-cp");
      command.add(JvmFlags.classPath(main));
      command.add(main);
      command.addAll(arguments);
      command.addAll(furtherArguments);
      return command;
    }
  }

  private Program(Plan plan) {
    this.plan = plan;
    this.archiveMissing = plan.makesArchive() && JvmFlags.lacksArchive(plan.main());
  }

  /** Starts it and does not wait. */
  public static Program start(Plan plan) {
    Program program = new Program(plan);
    program.start();
    return program;
  }

  /** Starts it again after it ended; the log goes on. */
  public void start() {
    start(List.of());
  }

  /** Starts it again, for this time with further arguments. */
  public synchronized void start(List<String> furtherArguments) {
    if (process != null && process.isAlive()) {
      throw new IllegalStateException(plan.name() + " runs already");
    }
    try {
      Files.createDirectories(plan.directory());
      logLengthAtStart = Files.exists(plan.log()) ? Files.size(plan.log()) : 0;
      ProcessBuilder builder =
          new ProcessBuilder(plan.command(furtherArguments))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(plan.log().toFile()));
      // As the launcher does.
      builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
      stopped = false;
      process =
          plan.namespace().isPresent() ? plan.namespace().get().start(builder) : builder.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new LabException("cannot start %s: %s".formatted(plan.name(), e.getMessage()), e);
    }
  }

  public String name() {
    return plan.name();
  }

  /** Where its output goes. */
  public Path log() {
    return plan.log();
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Whether it ended without having been told to. */
  public boolean failed() {
    return !stopped && !process.isAlive();
  }

  /**
   * Waits for the line {@code ready} that every long-running program of Sluice logs.
   *
   * @throws LabException with the end of its log if it ends before, or takes longer
   */
  public void awaitReady(Duration limit) {
    Instant end = Instant.now().plus(limit);
    while (!READY.matcher(newOutput()).find()) {
      if (!process.isAlive()) {
        throw new LabException(
            "%s ended with status %d; the end of %s:%n%s"
                .formatted(plan.name(), process.exitValue(), plan.log(), lastLines()));
      }
      if (Instant.now().isAfter(end)) {
        throw new LabException(
            "%s was not ready after %d s; the end of %s:%n%s"
                .formatted(plan.name(), limit.toSeconds(), plan.log(), lastLines()));
      }
      pause();
    }
  }

  /** Asks it to end and waits; kills it when it takes longer than 30 s. */
  public void stop() {
    stopped = true;
    process.destroy();
    await(STOP_LIMIT);
  }

  /**
   * With which code it ended.
   *
   * @throws IllegalThreadStateException if it has not
   */
  public int exitCode() {
    return process.exitValue();
  }

  /** Ends it as a crash would: SIGKILL. Returns when it is gone. */
  public void kill() {
    stopped = true;
    process.destroyForcibly();
    await(STOP_LIMIT);
  }

  /** Freezes it: SIGSTOP. */
  public void freeze() {
    signal("STOP");
  }

  /** Lets a frozen one go on: SIGCONT. */
  public void thaw() {
    signal("CONT");
  }

  /** Kills it, unless letting it end in its own way makes the next start faster. */
  @Override
  public void close() {
    if (archiveMissing && isAlive()) {
      stop();
    } else {
      kill();
    }
  }

  private void signal(String name) {
    Commands.run(List.of("kill", "-" + name, Long.toString(process.pid())), "");
  }

  private void await(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private String newOutput() {
    try {
      byte[] all = Files.readAllBytes(plan.log());
      int from = (int) Math.min(logLengthAtStart, all.length);
      return new String(all, from, all.length - from, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The end of what it has written since its last start. */
  public String lastLines() {
    List<String> lines = newOutput().lines().toList();
    return String.join(
        "\n", lines.subList(Math.max(0, lines.size() - LINES_TO_SHOW), lines.size()));
  }

  private void pause() {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while waiting for " + plan.name(), e);
    }
  }
}

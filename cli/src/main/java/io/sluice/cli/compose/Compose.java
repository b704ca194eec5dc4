package io.sluice.cli.compose;

import io.sluice.cli.lab.LabException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A project of Docker Compose, driven by its command: the plugin ({@code docker compose}) or, where
 * there is none, version 1 ({@code docker-compose}). Closing it removes its containers and
 * networks.
 */
public final class Compose implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final List<String> command;
  private final List<String> options;
  private final Path directory;

  private Compose(List<String> command, List<String> options, Path directory) {
    this.command = command;
    this.options = options;
    this.directory = directory;
  }

  /**
   * Looks for the command; starts nothing yet.
   *
   * @param directory where the Compose files are
   * @param project begins the names of all containers and networks
   * @param files the Compose files, the later ones over the earlier
   * @throws LabException if this machine has no Compose, or no Docker answers
   */
  public static Compose of(Path directory, String project, List<String> files) {
    List<String> command =
        Stream.of(List.of("docker", "compose"), List.of("docker-compose"))
            .filter(candidate -> succeeds(concat(candidate, List.of("version"))))
            .findFirst()
            .orElseThrow(() ->
                new LabException(
                    "neither \"docker compose\" nor \"docker-compose\" answers; install Docker's"
                        + " Compose plugin, or Debian's package docker-compose"));
    requireDaemon();
    List<String> options = new ArrayList<>(List.of("--project-name", project));
    files.forEach(file -> options.addAll(List.of("--file", file)));
    return new Compose(command, List.copyOf(options), directory);
  }

  /** The command as a person would type it. */
  public String name() {
    return String.join(" ", command);
  }

  /** Creates and starts all services. Returns when they are started, not when they are healthy. */
  public void up() {
    compose("up", "--detach", "--no-build");
  }

  /** Kills a service's container without a farewell: SIGKILL. */
  public void kill(String service) {
    compose("kill", service);
  }

  /** Starts a service that ended. */
  public void start(String service) {
    compose("start", service);
  }

  /**
   * Runs a command in a fresh container of a service.
   *
   * @return its standard output
   * @throws LabException if it fails
   */
  public String runOnce(String service, String... arguments) {
    return compose(
        concat(List.of("run", "--rm", "-T", service), List.of(arguments)).toArray(String[]::new));
  }

  /** The id of a service's container. */
  public String container(String service) {
    return compose("ps", "--quiet", service).strip();
  }

  /** The last lines of a service's log. */
  public String logs(String service, int lines) {
    return compose("logs", "--no-color", "--tail=" + lines, service);
  }

  /** Removes all containers, networks and volumes of the project. */
  @Override
  public void close() {
    compose("down", "--volumes", "--remove-orphans", "--timeout", "2");
  }

  private String compose(String... arguments) {
    return run(concat(concat(command, options), List.of(arguments)), directory);
  }

  /**
   * Runs a command to its end.
   *
   * @return its standard output
   * @throws LabException if it fails, with what it wrote
   */
  static String run(List<String> command, Path directory) {
    Process process = launch(command, directory);
    CompletableFuture<String> errors =
        CompletableFuture.supplyAsync(() -> text(process.errorReader()));
    String output = text(process.inputReader());
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new LabException(String.join(" ", command) + " took too long");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new LabException("interrupted during " + String.join(" ", command), e);
    }
    if (process.exitValue() != 0) {
      throw new LabException(
          "%s failed: %s%s".formatted(String.join(" ", command), output, errors.join()).strip());
    }
    return output;
  }

  /** Starts a command whose standard input and output are ours. */
  static Process launch(List<String> command, Path directory) {
    try {
      return new ProcessBuilder(command).directory(directory.toFile()).start();
    } catch (IOException e) {
      throw new LabException("cannot run %s: %s".formatted(command.getFirst(), e.getMessage()), e);
    }
  }

  private static void requireDaemon() {
    try {
      run(List.of("docker", "version", "--format", "{{.Server.Version}}"), Path.of("."));
    } catch (LabException e) {
      throw new LabException(
          "no Docker daemon answers; start it, or set DOCKER_HOST: " + e.getMessage(), e);
    }
  }

  private static boolean succeeds(List<String> command) {
    try {
      run(command, Path.of("."));
      return true;
    } catch (LabException _) {
      // It is not installed: then another candidate may be, or the caller says what to install.
      return false;
    }
  }

  private static String text(Reader reader) {
    try (reader) {
      return reader.readAllAsString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> concat(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}

package io.sluice.cli;

import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.Sandbox;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where local clusters keep what outlives them: logs and manifests. Everything else is in memory
 * that goes away with the sandbox.
 */
public record StateDirectory(Path root) {

  private static final String OWN_MANIFESTS = "lab-";
  private static final int KEPT_LOGS = 3;
  private static final DateTimeFormatter LOGS_NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS", Locale.ROOT);

  /** The one the launcher chose. */
  public static StateDirectory standard() {
    String chosen = System.getProperty("sluice.state");
    return new StateDirectory(
        chosen != null
            ? Path.of(chosen)
            : Path.of(System.getProperty("user.home"), ".local", "state", "sluice"));
  }

  /** What belongs to the cluster that {@code sluice up} started. */
  Path up() {
    return root.resolve("up");
  }

  Path manifests() {
    return root.resolve("manifests");
  }

  Path logs() {
    return up().resolve("logs");
  }

  /** What the cluster in the background says of its start. */
  Path console() {
    return up().resolve("console.log");
  }

  /** Exists as soon as the cluster is up. */
  Path ready() {
    return up().resolve("ready");
  }

  private Path supervisorFile() {
    return up().resolve("supervisor");
  }

  LocalCluster.Directories upDirectories() {
    return new LocalCluster.Directories(
        manifests(), up().resolve("status"), logs(), Sandbox.scratch().resolve("cluster"));
  }

  /** The process of the cluster that runs; empty if none does. */
  public Optional<Supervisor> running() {
    return Supervisor.read(supervisorFile()).filter(Supervisor::isAlive);
  }

  /**
   * Makes this process the cluster's. The lock goes away with the process.
   *
   * @throws LabException if there is a cluster already
   */
  FileLock claim() {
    try {
      Files.createDirectories(up());
      FileChannel channel =
          FileChannel.open(
              root.resolve("up.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw new LabException("a local cluster runs already; end it with: sluice down");
      }
      Files.deleteIfExists(ready());
      deleteTree(logs());
      Supervisor.current().write(supervisorFile());
      return lock;
    } catch (IOException e) {
      throw new LabException("cannot use the state directory %s: %s".formatted(root, e), e);
    }
  }

  /** Tells the one who waits for it that the cluster is up. */
  void markReady() {
    try {
      Files.writeString(ready(), "");
    } catch (IOException e) {
      throw new LabException("cannot write %s: %s".formatted(ready(), e), e);
    }
  }

  /**
   * Copies the logs of a command's cluster to where they outlive it, and deletes those of all but
   * the last few.
   *
   * @param command whose they are
   * @return where they are
   */
  public Path keepLogs(String command, Path logs) {
    Path all = root.resolve(command);
    Path kept = all.resolve(LOGS_NAME.format(LocalDateTime.now(ZoneId.systemDefault())));
    try {
      Files.createDirectories(kept);
      for (Path log : list(logs)) {
        Files.copy(log, kept.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
      List<Path> earlier = list(all);
      for (Path old : earlier.subList(0, Math.max(0, earlier.size() - KEPT_LOGS))) {
        deleteTree(old);
      }
      return kept;
    } catch (IOException e) {
      throw new LabException("cannot use the state directory %s: %s".formatted(root, e), e);
    }
  }

  /**
   * Deletes what a cluster left, but not the manifests that somebody wrote.
   *
   * @return the manifests that stay
   */
  List<Path> clear(boolean keepLogs) {
    try {
      if (keepLogs) {
        Files.deleteIfExists(supervisorFile());
        Files.deleteIfExists(ready());
      } else {
        deleteTree(up());
      }
      for (Path manifest : list(manifests())) {
        if (manifest.getFileName().toString().startsWith(OWN_MANIFESTS)) {
          Files.delete(manifest);
        }
      }
      return list(manifests());
    } catch (IOException e) {
      throw new LabException("cannot clear the state directory %s: %s".formatted(root, e), e);
    }
  }

  /** What is in a directory, by name; nothing if there is none. */
  private static List<Path> list(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  static void deleteTree(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}

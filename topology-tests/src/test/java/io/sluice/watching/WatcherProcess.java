package io.sluice.watching;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A watcher as it runs in production: a process. */
final class WatcherProcess implements AutoCloseable {

  private final Process process;
  private final Path log;

  private WatcherProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  static WatcherProcess start(Path log, Path kubeconfig, String cluster, String bootstrapServers)
      throws IOException {
    Process process =
        Java.start(
            log,
            List.of("-Xmx192m"),
            "io.sluice.watcher.Main",
            List.of(
                "kubernetes",
                "--kubeconfig",
                kubeconfig.toString(),
                "--cluster",
                cluster,
                "--bootstrap-servers",
                bootstrapServers,
                "--operations-address",
                "none"));
    return new WatcherProcess(process, log);
  }

  /** How often a line with this text was logged. */
  long logged(String text) {
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.contains(text)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** As a Pod is ended. */
  boolean terminate() throws InterruptedException {
    process.destroy();
    return process.waitFor(15, TimeUnit.SECONDS);
  }

  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

package io.sluice.cli.load;

import io.sluice.cli.kubernetes.Kubeconfig;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.Program;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The real watcher, as it runs in production, and what it says of itself. */
final class MeasuredWatcher implements AutoCloseable {

  private static final String ADDRESS = "127.0.0.1:9401";

  /** There only while it works: one that stands by for its Lease calls itself ready, too. */
  private static final String WORKING = "sluice_watcher_watch_age_seconds{";

  private static final String HEAP = "jvm_memory_used_bytes{area=\"heap\"}";
  private static final long MEBIBYTE = 1 << 20;

  private final Program.Plan plan;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private Optional<Program> program = Optional.empty();

  MeasuredWatcher(
      Kubeconfig kubeconfig,
      String bootstrapServers,
      String cluster,
      int heapMebibytes,
      Path logs) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "kubernetes",
                "--kubeconfig",
                kubeconfig.file().toString(),
                "--bootstrap-servers",
                bootstrapServers,
                "--cluster",
                cluster,
                "--operations-address",
                ADDRESS));
    kubeconfig.context().ifPresent(context -> arguments.addAll(List.of("--context", context)));
    this.plan =
        new Program.Plan(
            "watcher",
            Optional.empty(),
            "io.sluice.watcher.Main",
            heapMebibytes,
            // With the optimizing compiler, as in production.
            List.of("-XX:TieredStopAtLevel=4"),
            arguments,
            logs,
            false);
  }

  void start() {
    if (program.isPresent()) {
      program.get().start();
    } else {
      program = Optional.of(Program.start(plan));
    }
  }

  /** Lets it end in its own way: it gives its Lease back. */
  void stop() {
    program.orElseThrow().stop();
  }

  /**
   * @throws LabException with the end of its log, if it has ended by itself
   */
  void check() {
    if (program.orElseThrow().failed()) {
      throw new LabException(
          "the watcher has ended with status %d; the end of its log:%n%s"
              .formatted(program.get().exitCode(), program.get().lastLines()));
    }
  }

  long residentMebibytes() {
    return ProcessMemory.residentMebibytes(program.orElseThrow().pid());
  }

  long mostResidentMebibytes() {
    return ProcessMemory.mostResidentMebibytes(program.orElseThrow().pid());
  }

  /** What its heap holds, garbage included. */
  long heapMebibytes() {
    return ask("/metrics")
            .map(HttpResponse::body)
            .orElse("")
            .lines()
            .filter(line -> line.startsWith(HEAP))
            .mapToLong(line -> (long) Double.parseDouble(line.substring(HEAP.length())))
            .sum()
        / MEBIBYTE;
  }

  /** Whether it works, and says that it has listed everything and publishes what changes. */
  boolean isInSync() {
    return ask("/metrics").filter(answer -> answer.body().contains(WORKING)).isPresent()
        && ask("/readyz").filter(answer -> answer.statusCode() == 200).isPresent();
  }

  private Optional<HttpResponse<String>> ask(String path) {
    try {
      return Optional.of(
          http.send(
              HttpRequest.newBuilder(URI.create("http://" + ADDRESS + path))
                  .timeout(Duration.ofSeconds(5))
                  .build(),
              HttpResponse.BodyHandlers.ofString()));
    } catch (IOException _) {
      // It does not listen yet.
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }

  @Override
  public void close() {
    http.close();
    program.ifPresent(Program::close);
  }
}

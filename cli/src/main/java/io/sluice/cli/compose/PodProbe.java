package io.sluice.cli.compose;

import io.sluice.cli.lab.LabException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code sluice probe} inside of a container, until it is stopped. */
public final class PodProbe implements AutoCloseable {

  private static final long STOP_SECONDS = 20;

  private final Process process;
  private final BufferedReader output;

  /**
   * What became of the packets.
   *
   * @param sources every source address that the outside host saw
   * @param longestOutageMillis between the sending of two answered packets with lost ones between
   */
  public record Report(
      long sent, long answered, List<String> sources, double longestOutageMillis, long lost) {

    public Report {
      sources = List.copyOf(sources);
    }
  }

  private PodProbe(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  static PodProbe start(String container, String destination) {
    PodProbe probe =
        new PodProbe(
            Compose.launch(
                List.of(
                    "docker",
                    "exec",
                    "--interactive",
                    container,
                    "sluice",
                    "probe",
                    destination,
                    "--for",
                    "0",
                    "--output",
                    "json"),
                Path.of(".")));
    JsonNode first = probe.line();
    if (!first.path("started").asBoolean()) {
      probe.close();
      throw new LabException("the probe did not start: " + first);
    }
    return probe;
  }

  /** Stops sending, and tells. */
  public Report stop() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new LabException("the probe is gone: " + e.getMessage(), e);
    }
    JsonNode json = line();
    return new Report(
        json.path("sent").asLong(),
        json.path("answered").asLong(),
        json.path("sources").valueStream().map(JsonNode::asString).toList(),
        json.path("longestOutageMillis").asDouble(),
        json.path("lostInLongestOutage").asLong());
  }

  private JsonNode line() {
    try {
      String line = output.readLine();
      if (line == null) {
        throw new LabException("the probe ended: " + process.errorReader().readAllAsString());
      }
      return new JsonMapper().readTree(line);
    } catch (IOException e) {
      throw new LabException("the probe does not tell: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException _) {
      // It has ended, or cannot be told to.
      process.destroyForcibly();
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

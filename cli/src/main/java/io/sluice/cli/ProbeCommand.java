package io.sluice.cli;

import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.LabPod;
import io.sluice.cli.lab.Probe;
import io.sluice.cli.lab.ProbeReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Asks an outside host which source address it sees: once, or steadily. */
@Command(
    name = "probe",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Asks a sluice outside-host which source address this machine or Pod is seen with.",
      "",
      "Once, or with --for at a steady pace; then it tells what was lost, and how long the longest"
          + " outage took."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:there was an answer", "1:there was none", "2:wrong options"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice probe 203.0.113.10",
      "  ./sluice probe 203.0.113.10 --for 10 --interval-millis 1 --output json"
    })
final class ProbeCommand implements Callable<Integer> {

  private static final Duration FIRST_ANSWER = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(50);

  /** How the report is written. */
  enum Output {
    text,
    json
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "ADDRESS", description = "The outside host.")
  private String destination;

  @Option(
      names = "--for",
      paramLabel = "SECONDS",
      description = "How long; 0 means until the standard input ends.")
  private Optional<Long> seconds = Optional.empty();

  @Option(
      names = "--interval-millis",
      paramLabel = "MS",
      defaultValue = "1",
      description = "A question each so many milliseconds (default: ${DEFAULT-VALUE}).")
  private long intervalMillis;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Output output;

  private final Terminal terminal = Terminal.standard();

  @Override
  public Integer call() throws InterruptedException {
    if (intervalMillis < 1 || seconds.filter(it -> it < 0).isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "--interval-millis: at least 1, and --for: at least 0");
    }
    return seconds.isEmpty() ? once() : steadily();
  }

  private int once() {
    Optional<String> source = LabPod.askSourceFromHere(destination);
    terminal.line(source.orElse("no answer"));
    return source.isPresent() ? 0 : 1;
  }

  private int steadily() throws InterruptedException {
    try (Probe probe = Probe.start("probe", destination, Duration.ofMillis(intervalMillis))) {
      awaitFirstAnswer(probe);
      if (seconds.orElseThrow() > 0) {
        Thread.sleep(Duration.ofSeconds(seconds.orElseThrow()));
      } else {
        awaitEnd(System.in);
      }
      ProbeReport report = probe.stop();
      show(report);
      return report.answered() > 0 ? 0 : 1;
    } catch (IOException e) {
      throw new LabException("cannot probe %s: %s".formatted(destination, e.getMessage()), e);
    }
  }

  /** Whoever reads along as JSON is told when it has begun. */
  private void awaitFirstAnswer(Probe probe) throws InterruptedException {
    Instant end = Instant.now().plus(FIRST_ANSWER);
    while (probe.report().answered() == 0 && Instant.now().isBefore(end)) {
      Thread.sleep(POLL);
    }
    if (output == Output.json) {
      terminal.line(
          new JsonMapper().writeValueAsString(Map.of("started", probe.report().answered() > 0)));
    }
  }

  private static void awaitEnd(InputStream input) throws IOException {
    input.transferTo(OutputStream.nullOutputStream());
  }

  private void show(ProbeReport report) {
    Optional<ProbeReport.Outage> outage = report.longestOutage();
    switch (output) {
      case text -> {
        terminal.line(
            "%d sent, %d answered, seen as %s"
                .formatted(report.sent(), report.answered(), String.join(", ", report.sources())));
        terminal.line(
            outage
                .map(it ->
                    "longest outage %s, %d lost"
                        .formatted(Terminal.millis(it.duration()), it.lost()))
                .orElse("no outage"));
      }
      case json -> terminal.line(new JsonMapper().writeValueAsString(json(report, outage)));
    }
  }

  private static Map<String, Object> json(ProbeReport report, Optional<ProbeReport.Outage> outage) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("sent", report.sent());
    json.put("answered", report.answered());
    json.put("sources", report.sources());
    json.put("longestOutageMillis", outage.map(it -> it.duration().toNanos() / 1e6).orElse(0.0));
    json.put("lostInLongestOutage", outage.map(ProbeReport.Outage::lost).orElse(0L));
    return json;
  }
}

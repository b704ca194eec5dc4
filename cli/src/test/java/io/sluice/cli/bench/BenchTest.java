package io.sluice.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.core.Percentiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class BenchTest {

  private final StringWriter errors = new StringWriter();
  private final CommandLine command =
      new CommandLine(new BenchCommand()).setErr(new PrintWriter(errors));

  static Stream<String> benchmarks() {
    return new CommandLine(new BenchCommand()).getSubcommands().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("benchmarks")
  void everyBenchmarkHasHelpWithExamplesAndJson(String name) {
    assertThat(command.getSubcommands().get(name).getUsageMessage())
        .contains("--help", "Exit codes:", "./sluice bench " + name, "--output=FORMAT");
  }

  @ParameterizedTest
  @CsvSource({
    "decision, --brokers, 2",
    "decision, --nodes, 2",
    "decision, --failovers, 0",
    "takeover, --kills, 0",
    "kernel, --addresses, 0",
    "kernel, --pods, 300000",
    "idle, --seconds, 1",
    "idle, --allocators, 0"
  })
  void numbersThatMeanNothingAreRefusedByTheNameOfTheOption(
      String benchmark, String option, String value) {
    assertThat(command.execute(benchmark, option, value)).isEqualTo(2);
    assertThat(errors.toString()).contains(option);
  }

  @Test
  void noBenchmarkIsWrongUsage() {
    assertThat(command.execute()).isEqualTo(2);
    assertThat(errors.toString()).contains("which benchmark?");
  }

  @Test
  void aReportSaysWhichFigureWasMissed() {
    Percentiles found = Percentiles.of(List.of(4_000_000L, 16_000_000L));
    BenchReport report =
        new BenchReport(
            "decision",
            "from here to there",
            "nothing else happened",
            List.of(
                Figure.atMost(6, "p50", found.p50Millis(), Figure.MILLIS),
                Figure.atMost(15, "p99", found.p99Millis(), Figure.MILLIS),
                Figure.of("max", found.maxMillis(), Figure.MILLIS)),
            List.of("one was lost"));

    assertThat(report.lines())
        .anyMatch(line -> line.matches(" *p50 +4 ms +6 +reached *"))
        .anyMatch(line -> line.matches(" *p99 +16 ms +15 +missed *"))
        .anyMatch(line -> line.matches(" *max +16 ms *"))
        .contains("WRONG: one was lost");
    assertThat(report.json()).contains("\"benchmark\" : \"decision\"", "\"target\" : 15.0");
  }

  @Test
  void theProcessorTimeOfAProcessIsReadWhateverItsName() {
    String stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 1 0 0 0 250 50 0 0 20 0 9 0 100 1 1";

    assertThat(ProcessorTime.ticks(stat)).isEqualTo(300);
  }

  @Test
  void theShareOfACoreIsWhatItHadInTheTimeThatPassed() {
    ProcessorTime before =
        new ProcessorTime(0, 100, Map.of(1L, new ProcessorTime.ThreadTime("beats", 5_000_000)));
    ProcessorTime after =
        new ProcessorTime(
            10_000_000_000L,
            150,
            Map.of(
                1L, new ProcessorTime.ThreadTime("beats", 105_000_000),
                2L, new ProcessorTime.ThreadTime("feed", 10_000_000)));

    assertThat(after.percentSince(before)).isEqualTo(5);
    assertThat(after.busiestSince(before, 2))
        .containsExactly(Map.entry("beats", 1.0), Map.entry("feed", 0.1));
    assertThat(after.busiestSince(before, 1)).containsOnlyKeys("beats");
  }
}

package io.sluice.cli.bench;

import io.sluice.cli.Terminal;
import io.sluice.cli.lab.Progress;
import picocli.CommandLine.Option;

/** How a benchmark tells its result; a picocli mixin. */
final class BenchOutput {

  /** The formats. */
  enum Format {
    text,
    json
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Format format;

  /** Nothing but the result may be on the output of a program. */
  Progress progress() {
    return format == Format.json ? Progress.silent() : Terminal.standard();
  }

  /** Shows it; returns the exit code. */
  int show(BenchReport report) {
    switch (format) {
      case text -> report.lines().forEach(System.out::println);
      case json -> System.out.println(report.json());
    }
    return report.wrong().isEmpty() ? 0 : 1;
  }
}

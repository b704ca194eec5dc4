package io.sluice.cli.chaos;

import io.sluice.cli.chaos.ChaosLab.Decision;
import io.sluice.cli.chaos.ChaosRun.Evidence;
import io.sluice.cli.chaos.core.RunResult;
import io.sluice.cli.chaos.core.Sighting;
import io.sluice.cli.chaos.core.Tenure;
import io.sluice.cli.chaos.core.WireHistory;
import io.sluice.cli.lab.LabException;
import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Writes down what a run was judged by: every sign on the wire as a line of a CSV file, and a
 * timeline for people. Times are milliseconds from the beginning of the fault.
 */
final class EvidenceFiles {

  private final Path directory;

  EvidenceFiles(Path directory) {
    this.directory = directory;
  }

  /** Writes both files of a run. */
  void write(Evidence evidence) {
    RunResult run = evidence.result();
    String name =
        "%s-%s-%d".formatted(run.fault(), run.mode().name().toLowerCase(Locale.ROOT), run.number());
    try {
      Files.createDirectories(directory);
      Files.write(directory.resolve(name + ".wire.csv"), signs(evidence));
      Files.write(directory.resolve(name + ".timeline.txt"), timeline(evidence));
    } catch (IOException e) {
      throw new LabException("cannot write the capture of %s: %s".formatted(name, e), e);
    }
  }

  private static List<String> signs(Evidence evidence) {
    List<String> lines = new ArrayList<>();
    lines.add("millis,node,address,sign");
    for (Sighting sign : evidence.wire().sightings()) {
      lines.add(
          "%s,%s,%s,%s"
              .formatted(
                  offset(evidence.result(), sign.atNanos()),
                  sign.node(),
                  sign.address(),
                  sign.kind()));
    }
    return lines;
  }

  private record Line(long atNanos, String text) {}

  private static List<String> timeline(Evidence evidence) {
    RunResult run = evidence.result();
    List<Line> lines = new ArrayList<>();
    lines.add(new Line(run.begunNanos(), "the fault begins: " + run.fault().description()));
    lines.add(new Line(run.completeNanos(), "the fault is complete, done to " + run.victim()));
    lines.add(new Line(run.healedNanos(), "healing begins"));
    WireHistory history =
        new WireHistory(evidence.wire().sightings(), evidence.wire().samplingNanos());
    for (IpAddress ip : history.addresses()) {
      for (Tenure tenure : history.tenures(ip)) {
        lines.add(new Line(tenure.fromNanos(), ip + " is seen at " + tenure.node()));
        lines.add(
            new Line(
                tenure.toNanos(),
                "%s was seen at %s for the last time (%d signs)"
                    .formatted(ip, tenure.node(), tenure.signs())));
      }
    }
    evidence
        .decisions()
        .forEach(
            decision -> lines.add(new Line(ChaosRun.nanos(decision.readAt()), text(decision))));
    if (run.traffic().outageNanos() > 0) {
      lines.add(new Line(run.traffic().outageFromNanos(), "the last answered packet is sent"));
      lines.add(
          new Line(
              run.traffic().outageFromNanos() + run.traffic().outageNanos(),
              "the next answered packet is sent"));
    }
    return lines.stream()
        .sorted(Comparator.comparingLong(Line::atNanos))
        .map(line -> "%12s  %s".formatted(offset(run, line.atNanos()), line.text()))
        .toList();
  }

  private static String text(Decision decision) {
    Assignment assignment = decision.assignment();
    return "decision read: %s %s %s epoch %d, %s"
        .formatted(
            decision.address(),
            assignment.state(),
            assignment
                .holder()
                .map(holder -> holder.node() + " session " + holder.session())
                .orElse("-"),
            assignment.epoch(),
            assignment.reason());
  }

  private static String offset(RunResult run, long nanos) {
    return String.format(Locale.ROOT, "%.3f", (nanos - run.begunNanos()) / 1e6);
  }
}

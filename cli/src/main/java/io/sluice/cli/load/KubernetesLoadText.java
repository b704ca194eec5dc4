package io.sluice.cli.load;

import io.sluice.cli.Table;
import io.sluice.cli.load.KubernetesLoadReport.Comparison;
import io.sluice.cli.load.KubernetesLoadReport.Memory;
import java.util.List;
import java.util.Locale;

/** A report of a load of an API server for people. */
final class KubernetesLoadText {

  private final KubernetesLoadReport report;

  KubernetesLoadText(KubernetesLoadReport report) {
    this.report = report;
  }

  List<String> lines() {
    LoadShape shape = report.shape();
    Memory memory = report.watcher();
    Comparison comparison = report.comparison();
    Table table = new Table("WHAT", "MEASURED");
    table.row(
        "API server",
        "Kubernetes %s: %,d nodes, %,d Pods, %,d policies"
            .formatted(report.filling().version(), shape.nodes(), shape.pods(), shape.policies()));
    table.row(
        "filled",
        "%,d requests in %s"
            .formatted(report.filling().requests(), seconds(report.filling().seconds())));
    table.row("watcher started -> all of it read", seconds(report.syncSeconds()));
    table.row(
        "watcher, resident",
        "%d MiB, at most %d MiB"
            .formatted(memory.residentMebibytes(), memory.mostResidentMebibytes()));
    table.row("watcher, heap in use", memory.heapMebibytes() + " MiB");
    table.row("a Pod to be changed -> API server done", report.answers().toString());
    table.row("a Pod to be changed -> read", report.changes().toString());
    table.row("API server done -> read", report.afterAnswers().toString());
    table.row("changes lost", Integer.toString(report.changesLost()));
    table.row(
        "watcher started again -> in sync",
        "%s, %,d records".formatted(seconds(report.restartSeconds()), report.restartRecords()));
    table.row(
        "API against topics",
        "%,d objects; %d missing, %d stale, %d different"
            .formatted(
                comparison.objects(),
                comparison.missing(),
                comparison.stale(),
                comparison.different()));
    report
        .removal()
        .ifPresent(removed ->
            table.row(
                "deleted -> read",
                "%s, %d left".formatted(seconds(removed.seconds()), removed.left())));
    return table.lines("  ");
  }

  private static String seconds(double value) {
    return String.format(Locale.ROOT, "%.1f s", value);
  }
}

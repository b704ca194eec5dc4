package io.sluice.cli.load;

import io.sluice.cli.Table;
import java.util.List;
import java.util.Locale;

/** A load report for people. */
final class LoadText {

  private final LoadReport report;

  LoadText(LoadReport report) {
    this.report = report;
  }

  List<String> lines() {
    LoadShape shape = report.shape();
    Table table = new Table("WHAT", "MEASURED");
    table.row(
        "cluster",
        "%d nodes, %d Pods, %d policies, %d floating IPs"
            .formatted(shape.nodes(), shape.pods(), shape.policies(), shape.floatingIps()));
    table.row(
        "objects written",
        "%d in %s".formatted(report.records(), seconds(report.writtenSeconds())));
    table.row("all of it decided and read", seconds(report.syncSeconds()));
    table.row("a Pod changed -> binding read", report.changes().toString());
    table.row("changes lost", Integer.toString(report.changesLost()));
    if (report.failovers().count() > 0) {
      table.row("a node's last beat -> all granted elsewhere", report.failovers().toString());
    }
    report
        .allocatorResidentMebibytes()
        .ifPresent(resident -> table.row("allocator, resident", resident + " MiB"));
    return table.lines("  ");
  }

  private static String seconds(double value) {
    return String.format(Locale.ROOT, "%.1f s", value);
  }
}

package io.sluice.cli;

import io.sluice.cli.compose.ComposeCluster;
import io.sluice.cli.compose.ComposeCluster.Holder;
import io.sluice.cli.compose.PodProbe;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The demonstration on containers: {@code docker compose up}, and a node that is killed. */
final class ComposeDemo {

  private static final String PROJECT = "sluice-demo";
  private static final Duration BEFORE_CRASH = Duration.ofSeconds(1);
  private static final double LONGEST_OUTAGE_MILLIS = 2_000;

  private final Terminal terminal;
  private final int brokers;
  private final List<String> broken = new ArrayList<>();

  ComposeDemo(Terminal terminal, int brokers) {
    this.terminal = terminal;
    this.brokers = brokers;
  }

  /**
   * Runs it and cleans up, also after a failure and after Ctrl-C.
   *
   * @return what did not hold; empty if all went as promised
   */
  List<String> run() throws InterruptedException {
    terminal.heading(
        "A cluster of containers: %s, watcher, two allocators, three nodes, Pods, an outside host"
            .formatted(brokers == 1 ? "Kafka" : brokers + " brokers of Kafka"));
    Path root = Path.of(System.getProperty("sluice.root", "."));
    Instant start = Instant.now();
    try (ComposeCluster cluster = ComposeCluster.start(root, PROJECT, brokers);
        var _ = closingOnSignal(cluster)) {
      terminal.done("%s up: every container runs".formatted(cluster.compose().name()));
      String floatingIp = cluster.awaitFirstTranslatedPacket();
      terminal.done(
          "first translated packet, %.1f s after the start: alice-1 is seen as %s"
              .formatted(Duration.between(start, Instant.now()).toMillis() / 1e3, floatingIp));
      cluster.awaitBalance();
      Holder holder = cluster.awaitHolder(floatingIp, _ -> true);
      showSources(cluster, floatingIp, holder.node());
      killHolder(cluster, floatingIp, holder);
    }
    terminal.done("removed every container and network of it");
    return broken;
  }

  /** A signal ends the process without unwinding; the containers are not its children. */
  private static AutoCloseableQuietly closingOnSignal(ComposeCluster cluster) {
    Thread hook = Thread.ofPlatform().name("clean-up").unstarted(cluster::close);
    Runtime.getRuntime().addShutdownHook(hook);
    return () -> {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException _) {
        // It runs already.
      }
    };
  }

  @FunctionalInterface
  private interface AutoCloseableQuietly extends AutoCloseable {
    @Override
    void close();
  }

  private void showSources(ComposeCluster cluster, String floatingIp, String holder) {
    terminal.heading("Which source address does the outside host see?");
    Table table = new Table("POD", "TALKS TO", "IS SEEN AS", "WHICH IS", "");
    String matched = ComposeCluster.MATCHED_DESTINATION;
    String carried = "the floating IP, on " + holder;
    ask(table, cluster, "alice-1", matched, floatingIp, carried);
    ask(table, cluster, "alice-2", matched, floatingIp, carried);
    ask(table, cluster, "paul-1", matched, floatingIp, carried);
    ask(table, cluster, "other-1", matched, "10.40.0.13", "its node: no policy matches it");
    ask(
        table,
        cluster,
        "alice-1",
        ComposeCluster.OTHER_DESTINATION,
        "10.40.0.11",
        "its node: not a destination of the policy");
    table.lines("  ").forEach(terminal::line);
  }

  private void ask(
      Table table,
      ComposeCluster cluster,
      String pod,
      String destination,
      String expected,
      String meaning) {
    Optional<String> seen = cluster.awaitSource(pod, destination, expected);
    table.row(pod, destination, seen.orElse("no answer"), meaning, "as promised");
  }

  private void killHolder(ComposeCluster cluster, String floatingIp, Holder holder)
      throws InterruptedException {
    String pod = holder.node().equals("node-3") ? "alice-2" : "alice-3";
    terminal.heading(
        "%s kill %s, while %s sends a packet every millisecond"
            .formatted(cluster.compose().name(), holder.node(), pod));
    try (PodProbe probe = cluster.probe(pod)) {
      Thread.sleep(BEFORE_CRASH);
      cluster.killNode(holder.node());
      terminal.done(holder.node() + " is dead: its container was killed, in the middle of traffic");
      Holder next = cluster.awaitHolder(floatingIp, it -> !it.node().equals(holder.node()));
      cluster.awaitSource(pod, ComposeCluster.MATCHED_DESTINATION, floatingIp);
      judge(probe.stop(), floatingIp, next);
    }
  }

  private void judge(PodProbe.Report report, String floatingIp, Holder next) {
    terminal.blank();
    terminal.line(
        "  The outage was %s (%d of %d packets lost). %s is on %s now, epoch %d."
            .formatted(
                terminal.bold(String.format(Locale.ROOT, "%.1f ms", report.longestOutageMillis())),
                report.lost(),
                report.sent(),
                floatingIp,
                terminal.bold(next.node()),
                next.epoch()));
    terminal.line(
        "  The outside host saw one source address all the time: "
            + String.join(", ", report.sources())
            + ".");
    if (report.lost() == 0) {
      broken.add("nothing was lost: the node that was killed carried no traffic");
    }
    if (report.longestOutageMillis() > LONGEST_OUTAGE_MILLIS) {
      broken.add("the outage took longer than %.0f ms".formatted(LONGEST_OUTAGE_MILLIS));
    }
    if (!report.sources().equals(List.of(floatingIp))) {
      broken.add("the outside host saw other source addresses: " + report.sources());
    }
  }
}

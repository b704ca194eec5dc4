package io.sluice.cli;

import io.sluice.cli.FailoverReport.Crash;
import io.sluice.cli.lab.ClusterState;
import io.sluice.cli.lab.Lab;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.LabPod;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.Probe;
import io.sluice.cli.lab.ProbeReport;
import io.sluice.model.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Shows, on a cluster that has just been started, what Sluice promises, and checks that it holds.
 */
final class Demo {

  private static final String POLICY = "alice-paul";
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration PROBE_INTERVAL = Duration.ofMillis(1);
  private static final Duration BEFORE_CRASH = Duration.ofSeconds(1);
  private static final Duration AFTER_RETURN = Duration.ofMillis(500);
  private static final Duration LONGEST_OUTAGE = Duration.ofSeconds(2);
  private static final Duration POLL = Duration.ofMillis(20);

  private final LocalCluster cluster;
  private final Terminal terminal;
  private final List<String> broken = new ArrayList<>();

  Demo(LocalCluster cluster, Terminal terminal) {
    this.cluster = cluster;
    this.terminal = terminal;
  }

  /**
   * Runs it.
   *
   * @return what did not hold; empty if all went as promised
   */
  List<String> run() {
    String floatingIp = applyManifests();
    String holder = cluster.view().state().carrier(floatingIp).orElseThrow();
    LabPod matched = matchedPodAwayFrom(holder);
    showSources(floatingIp, holder, matched);
    killHolder(floatingIp, holder, matched);
    return broken;
  }

  private String applyManifests() {
    terminal.heading("Two manifests: the floating IPs, and the Pods that shall use one of them");
    cluster.apply(Examples.file("gateway.yaml"));
    terminal.done("gateway.yaml: 10.40.1.100, .101 and .102 belong to nobody yet");
    cluster.apply(Examples.file("policy.yaml"));
    terminal.done(
        "policy.yaml: Pods of alice and paul with role=frontend reach 203.0.113.0/24 with one");
    ClusterState state =
        cluster
            .view()
            .await(
                "the policy has a floating IP and a node carries it",
                LIMIT,
                it -> it.egressIp(POLICY).flatMap(it::carrier).isPresent());
    String floatingIp = state.egressIp(POLICY).orElseThrow();
    terminal.done(
        "decided and done: policy %s has %s, and %s carries it"
            .formatted(POLICY, floatingIp, state.carrier(floatingIp).orElseThrow()));
    return floatingIp;
  }

  private LabPod matchedPodAwayFrom(String holder) {
    return cluster.spec().pods().stream()
        .filter(
            pod -> pod.name().startsWith("alice-") && "frontend".equals(pod.labels().get("role")))
        .filter(pod -> !pod.node().equals(holder))
        .findFirst()
        .map(pod -> cluster.pod(pod.name()))
        .orElseThrow();
  }

  // ---- which source address
  // ----------------------------------------------------------------------

  private void showSources(String floatingIp, String holder, LabPod matched) {
    terminal.heading("Which source address does the outside host see?");
    LabPod other = cluster.pod("other-1");
    Table table = new Table("POD", "RUNS ON", "TALKS TO", "IS SEEN AS", "WHICH IS", "");
    ask(table, matched, Lab.MATCHED_DESTINATION, floatingIp, "the floating IP, on " + holder);
    ask(
        table,
        cluster.pod("paul-1"),
        Lab.MATCHED_DESTINATION,
        floatingIp,
        "the floating IP, on " + holder);
    ask(table, other, Lab.MATCHED_DESTINATION, nodeOf(other), "its node: no policy matches it");
    ask(
        table,
        matched,
        Lab.OTHER_DESTINATION,
        nodeOf(matched),
        "its node: not a destination of the policy");
    table.lines("  ").forEach(terminal::line);
  }

  private String nodeOf(LabPod pod) {
    return cluster.spec().nodeAddress(pod.spec().node());
  }

  private void ask(Table table, LabPod pod, String destination, String expected, String meaning) {
    Optional<String> seen = askUntil(pod, destination, expected);
    boolean asPromised = seen.filter(expected::equals).isPresent();
    if (!asPromised) {
      broken.add(
          "%s is seen as %s by %s, not as %s"
              .formatted(pod.spec().name(), seen.orElse("nobody"), destination, expected));
    }
    table.row(
        pod.spec().name(),
        pod.spec().node(),
        destination,
        seen.orElse("no answer"),
        meaning,
        asPromised ? "as promised" : "NOT AS PROMISED");
  }

  /** The last node may still be at work on its rules when the first is done. */
  private static Optional<String> askUntil(LabPod pod, String destination, String expected) {
    Instant end = Instant.now().plus(LIMIT);
    Optional<String> seen = pod.askSource(destination);
    while (!seen.equals(Optional.of(expected)) && Instant.now().isBefore(end)) {
      pause(POLL);
      seen = pod.askSource(destination);
    }
    return seen;
  }

  // ---- failover
  // ----------------------------------------------------------------------------------

  private void killHolder(String floatingIp, String holder, LabPod pod) {
    terminal.heading(
        "A power cut on %s, while %s sends a packet every millisecond"
            .formatted(holder, pod.spec().name()));
    try (Probe probe = pod.probe(Lab.MATCHED_DESTINATION, PROBE_INTERVAL)) {
      pause(BEFORE_CRASH);
      Crash crash = new Crash(holder, IpAddress.parse(floatingIp), Instant.now());
      cluster.killNode(holder);
      terminal.done(
          "%s is dead: its cable and its agent, in the middle of traffic".formatted(holder));
      boolean returned = awaitReturn(probe, floatingIp, holder);
      ProbeReport report = probe.stop();
      FailoverReport failover =
          FailoverReport.of(
              crash,
              cluster.view().history(),
              report,
              cluster.outside().arrivals(pod.spec().name()));
      terminal.blank();
      failover.lines().forEach(terminal::line);
      judge(failover, report, floatingIp, returned);
    }
  }

  private boolean awaitReturn(Probe probe, String floatingIp, String holder) {
    try {
      cluster.awaitCarrier(floatingIp, LIMIT, node -> !node.equals(holder));
    } catch (LabException e) {
      broken.add(e.getMessage());
      return false;
    }
    Instant end = Instant.now().plus(LIMIT);
    while (Instant.now().isBefore(end)) {
      Instant recently = Instant.now();
      pause(AFTER_RETURN);
      if (probe.report().answeredSince(recently)) {
        return true;
      }
    }
    return false;
  }

  private void judge(
      FailoverReport failover, ProbeReport report, String floatingIp, boolean returned) {
    terminal.blank();
    if (!returned || failover.outage().isEmpty() || failover.holder().isEmpty()) {
      broken.add("the traffic did not come back");
      return;
    }
    Duration outage = failover.outage().get();
    FailoverReport.NewHolder holder = failover.holder().get();
    terminal.line(
        "  The outage was %s (%d of %d packets lost). %s is on %s now, epoch %d."
            .formatted(
                terminal.bold(Terminal.millis(outage)),
                failover.lost(),
                report.sent(),
                floatingIp,
                terminal.bold(holder.node()),
                holder.epoch()));
    terminal.line(
        "  The outside host saw one source address all the time: "
            + String.join(", ", report.sources())
            + ".");
    if (outage.compareTo(LONGEST_OUTAGE) > 0) {
      broken.add("the outage took longer than " + LONGEST_OUTAGE.toSeconds() + " s");
    }
    if (!report.sources().equals(List.of(floatingIp))) {
      broken.add("the outside host saw other source addresses: " + report.sources());
    }
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }
}

package io.sluice.endtoend;

import static io.sluice.endtoend.Tests.LIMIT;
import static io.sluice.endtoend.Tests.eventually;
import static io.sluice.endtoend.Tests.eventuallySeenAs;
import static io.sluice.endtoend.Tests.matchedPodAwayFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.lab.Lab;
import io.sluice.cli.lab.LabPod;
import io.sluice.cli.lab.LabSpec;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.Probe;
import io.sluice.cli.lab.ProbeReport;
import io.sluice.kafka.TopicRecord;
import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.TestReporter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that carries an address is drained under traffic: of a Pod on another node and of a Pod on
 * the drained node itself. Connections go on, and nothing is lost but what is on its way through a
 * kernel in the very moment in which its tables change.
 */
class PlannedMoveIT {

  private static final Logger log = LoggerFactory.getLogger(PlannedMoveIT.class);

  private static final String NODES = "lab-nodes.yaml";

  /**
   * Most moves lose nothing. A busy machine stretches the moment in which tables change; without
   * the packets that wait, or with an entry of conntrack in the way, it would be 20 to 150.
   */
  private static final int LOST_AT_MOST = 10;

  private static LocalCluster cluster;
  private static String floatingIp;
  private static String nodesYaml;

  @BeforeAll
  static void start() throws IOException {
    cluster = LocalCluster.start(LabSpec.threeNodes(), Tests.quiet());
    floatingIp = Tests.applyMainJob(cluster);
    nodesYaml = Files.readString(cluster.directories().manifests().resolve(NODES));
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** This node alone. */
  private static void drain(String node) {
    String name = "  name: " + node + "\n  labels: {";
    assertThat(nodesYaml).contains(name);
    cluster.apply(NODES, nodesYaml.replace(name, name + "networking.sluice.io/drain: \"true\", "));
  }

  @RepeatedTest(6)
  void connectionsGoOnWhenTheNodeIsDrained(TestReporter reporter) {
    List<Assignment> before =
        eventually("the address is where it is to stay")
            .until(PlannedMoveIT::decisions, PlannedMoveIT::areSettled);
    String drained = before.getLast().holder().orElseThrow().node();
    LabPod there = cluster.pod("alice-" + drained.charAt(5));
    LabPod elsewhere = matchedPodAwayFrom(cluster, drained);
    eventuallySeenAs(there, Lab.MATCHED_DESTINATION, floatingIp);
    eventuallySeenAs(elsewhere, Lab.MATCHED_DESTINATION, floatingIp);
    try (EchoConnection ofThere = EchoConnection.open(there);
        EchoConnection ofElsewhere = EchoConnection.open(elsewhere);
        Probe fromThere = there.probe(Lab.MATCHED_DESTINATION, Tests.EACH_MILLISECOND);
        Probe fromElsewhere = elsewhere.probe(Lab.MATCHED_DESTINATION, Tests.EACH_MILLISECOND)) {
      eventually("the probes are answered")
          .until(
              () -> fromThere.report().answered() > 200 && fromElsewhere.report().answered() > 200);
      drain(drained);
      cluster.awaitCarrier(floatingIp, LIMIT, node -> !node.equals(drained));
      Instant moved = Instant.now();
      eventually("the probes are answered again")
          .until(() ->
              fromThere.report().answeredSince(moved)
                  && fromElsewhere.report().answeredSince(moved));
      assertThat(ofThere.goesOn()).as("the connection of a Pod on the drained node").isTrue();
      assertThat(ofElsewhere.goesOn()).as("the connection of a Pod elsewhere").isTrue();
      check(reporter, "pod on the drained node", fromThere.stop());
      check(reporter, "pod elsewhere", fromElsewhere.stop());
    }
    assertThat(decisions().stream().skip(before.size()).map(PlannedMoveIT::inWords))
        .as("first the successor gets ready, then the holder lets go")
        .containsSubsequence("GRANTED to be taken over", "RELEASING to be taken over", "GRANTED");
  }

  private static void check(TestReporter reporter, String what, ProbeReport report) {
    Duration gap = report.longestOutage().map(ProbeReport.Outage::duration).orElse(Duration.ZERO);
    String figures =
        "lost %d of %d probes, longest gap %d ms"
            .formatted(report.lost(), report.sent(), gap.toMillis());
    reporter.publishEntry(what, figures);
    log.info("{}: {}", what, figures);
    assertThat(report.sources()).as(what).containsOnly(floatingIp);
    assertThat(report.lost())
        .as(() -> what + ": " + report.outages() + packetsCounted())
        .isLessThanOrEqualTo(LOST_AT_MOST);
  }

  /** Where packets were dropped or waited, if the rules of Sluice know. */
  private static String packetsCounted() {
    StringBuilder text = new StringBuilder();
    for (String node : List.of("node-1", "node-2", "node-3")) {
      cluster
          .lab()
          .host(node)
          .call(() -> HttpAnswer.get(9403, "/metrics"))
          .body()
          .lines()
          .filter(line -> line.contains("_packets_total{") && !line.endsWith(" 0.0"))
          .forEach(line -> text.append("\n").append(node).append(' ').append(line));
    }
    return text.toString();
  }

  /** All that was decided on the address. */
  private static List<Assignment> decisions() {
    return cluster.view().history().stream()
        .map(seen -> (TopicRecord<?, ?>) seen.record())
        .filter(record ->
            record.key() instanceof AssignmentKey key
                && key.floatingIp().toString().equals(floatingIp))
        .flatMap(record -> record.value().stream())
        .map(Assignment.class::cast)
        .toList();
  }

  /** Nodes that were drained before may still be about to get it back. */
  private static boolean areSettled(List<Assignment> decisions) {
    Assignment newest = decisions.getLast();
    return inWords(newest).equals("GRANTED")
        && cluster
            .awaitCarrier(floatingIp, LIMIT, _ -> true)
            .equals(newest.holder().orElseThrow().node());
  }

  private static String inWords(Assignment assignment) {
    return assignment.state() + (assignment.successor().isPresent() ? " to be taken over" : "");
  }
}

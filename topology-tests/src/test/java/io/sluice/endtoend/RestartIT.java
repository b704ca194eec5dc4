package io.sluice.endtoend;

import static io.sluice.endtoend.Tests.LIMIT;
import static io.sluice.endtoend.Tests.eventually;
import static io.sluice.endtoend.Tests.eventuallySeenAs;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.lab.Lab;
import io.sluice.cli.lab.LabPod;
import io.sluice.cli.lab.LabSpec;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.Probe;
import io.sluice.cli.lab.ProbeReport;
import io.sluice.model.Assignment;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey;
import io.sluice.model.IpAddress;
import io.sluice.schemas.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Programs end and come back; what is right stays as it is, and nothing is missed. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RestartIT {

  private static LocalCluster cluster;
  private static String floatingIp;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.start(LabSpec.of(2), Tests.quiet());
    floatingIp = Tests.applyMainJob(cluster);
    eventuallySeenAs(cluster.pod("alice-1"), Lab.MATCHED_DESTINATION, floatingIp);
    eventuallySeenAs(cluster.pod("alice-2"), Lab.MATCHED_DESTINATION, floatingIp);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static Assignment assignment() {
    return cluster.view().state().assignments().get(IpAddress.parse(floatingIp));
  }

  @Test
  @Order(1)
  void anAllocatorThatIsKilledAndComesBackMovesNothing() {
    Assignment before = assignment();
    LabPod pod = cluster.pod("alice-1");
    try (Probe probe = pod.probe(Lab.MATCHED_DESTINATION, Tests.EACH_MILLISECOND)) {
      cluster.allocator().kill();
      cluster.allocator().start();
      cluster.allocator().awaitReady(LIMIT);
      // It decides again: a new floating IP finds a node.
      cluster.apply(
          Tests.GATEWAY_FILE,
          Tests.GATEWAY_YAML.replace("10.40.1.102", "10.40.1.102, 10.40.1.107"));
      cluster.awaitCarrier("10.40.1.107", LIMIT, _ -> true);
      ProbeReport report = probe.stop();
      assertThat(report.lost()).as("packets lost").isLessThan(report.sent() / 100);
    }
    assertThat(assignment()).isEqualTo(before);
  }

  @Test
  @Order(2)
  void whatWasDeletedWhileTheWatcherWasDownIsDeletedWhenItIsBack() {
    cluster.watcher().kill();
    cluster.delete(Tests.POLICY_FILE);
    cluster.watcher().start();
    LabPod pod = cluster.pod("alice-1");
    eventuallySeenAs(pod, Lab.MATCHED_DESTINATION, cluster.spec().nodeAddress("node-1"));
    cluster.apply(Tests.POLICY_FILE, Tests.POLICY_YAML + "  egressSourceIP: " + floatingIp + "\n");
    eventuallySeenAs(pod, Lab.MATCHED_DESTINATION, floatingIp);
  }

  @Test
  @Order(3)
  void anAgentThatStopsOnPurposeHandsItsAddressesOverAtOnce() {
    String holder = cluster.awaitCarrier(floatingIp, LIMIT, _ -> true);
    cluster.agent(holder).stop();
    String heir = cluster.awaitCarrier(floatingIp, LIMIT, node -> !node.equals(holder));
    assertThat(heir).isNotEqualTo(holder);
    eventually("the assignment says why")
        .until(() -> assignment().reason(), reason -> reason.contains(holder));
    eventuallySeenAs(cluster.pod("alice-1"), Lab.MATCHED_DESTINATION, floatingIp);
    cluster.agent(holder).start();
    cluster.agent(holder).awaitReady(LIMIT);
    eventuallySeenAs(cluster.pod("alice-2"), Lab.MATCHED_DESTINATION, floatingIp);
  }

  @Test
  @Order(4)
  void aKilledAgentAdoptsWhatItFindsWhenItIsBack() {
    String holder = cluster.awaitCarrier(floatingIp, LIMIT, _ -> true);
    String other = holder.equals("node-1") ? "node-2" : "node-1";
    LabPod pod = cluster.pod("alice-" + other.charAt(5));
    // The agent of the Pod's own node: its rules and routes must work without it, and after it.
    try (Probe probe = pod.probe(Lab.MATCHED_DESTINATION, Tests.EACH_MILLISECOND)) {
      eventually("the probe is answered").until(() -> probe.report().answered() > 100);
      cluster.agent(other).kill();
      cluster.agent(other).start();
      cluster.agent(other).awaitReady(LIMIT);
      Instant back = Instant.now();
      eventually("the probe is answered").until(() -> probe.report().answeredSince(back));
      ProbeReport report = probe.stop();
      assertThat(report.sources()).containsOnly(floatingIp);
      assertThat(report.lost()).as("packets lost").isLessThan(report.sent() / 100);
    }
  }

  @Test
  @Order(5)
  void theAuditLogHasNoHoleAndExplainsTheAssignments() {
    for (AuditKey.Stream stream : List.of(AuditKey.Stream.ALLOCATION)) {
      List<AuditEntry> entries = new ArrayList<>();
      cluster.view().history().stream()
          .filter(seen -> seen.record().topic().equals(Topics.AUDIT))
          .filter(seen -> ((AuditKey) seen.record().key()).stream() == stream)
          .forEach(seen -> entries.add((AuditEntry) seen.record().value().orElseThrow()));
      assertThat(entries)
          .extracting(AuditEntry::sequence)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, entries.size()).boxed().toList());
      assertThat(assignment().auditSequence()).isBetween(1L, (long) entries.size());
    }
  }
}

package io.sluice.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.compose.ComposeCluster;
import io.sluice.cli.compose.ComposeCluster.Holder;
import io.sluice.cli.compose.PodProbe;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The images as they are shipped, started together by docker-compose.yml. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag(Docker.TAG)
class ShippedImagesIT {

  private static ComposeCluster cluster;
  private static String floatingIp;

  @BeforeAll
  static void start() {
    Docker.requireImages();
    cluster = ComposeCluster.start(Path.of("..").toAbsolutePath().normalize(), "sluice-test", 1);
    floatingIp = cluster.awaitFirstTranslatedPacket();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  @Order(1)
  void podsArriveWithTheFloatingIpAndOthersWithTheirNodes() {
    for (String pod : List.of("alice-1", "alice-2", "alice-3", "paul-1")) {
      cluster.awaitSource(pod, ComposeCluster.MATCHED_DESTINATION, floatingIp);
    }
    assertThat(cluster.source("other-1", ComposeCluster.MATCHED_DESTINATION))
        .contains("10.40.0.13");
    assertThat(cluster.source("alice-1", ComposeCluster.OTHER_DESTINATION)).contains("10.40.0.11");
  }

  @Test
  @Order(2)
  void everyProgramSaysItIsReady() {
    for (String service : List.of("watcher", "allocator-1", "allocator-2", "node-1", "node-2")) {
      cluster.awaitHealthy(service);
    }
  }

  @Test
  @Order(3)
  void agentsHaveTwoCapabilitiesAndTheOthersNone() {
    // CAP_NET_ADMIN is bit 12 and CAP_NET_RAW bit 13 (capability.h).
    assertThat(cluster.exec("node-1", "cat", "/proc/1/status"))
        .contains("CapBnd:\t0000000000003000")
        .contains("Uid:\t0\t");
    for (String service : List.of("watcher", "allocator-1", "alice-1")) {
      assertThat(cluster.exec(service, "cat", "/proc/1/status"))
          .as(service)
          .contains("CapBnd:\t0000000000000000")
          .contains("Uid:\t65532\t");
    }
  }

  @Test
  @Order(4)
  void trafficGoesOnWhenTheContainerOfTheGatewayNodeIsKilled() {
    cluster.awaitBalance();
    Holder dead = cluster.awaitHolder(floatingIp, _ -> true);
    String pod = dead.node().equals("node-3") ? "alice-2" : "alice-3";
    try (PodProbe probe = cluster.probe(pod)) {
      cluster.killNode(dead.node());
      Holder heir = cluster.awaitHolder(floatingIp, holder -> !holder.node().equals(dead.node()));
      assertThat(heir.epoch()).isGreaterThan(dead.epoch());
      cluster.awaitSource(pod, ComposeCluster.MATCHED_DESTINATION, floatingIp);
      PodProbe.Report report = probe.stop();
      assertThat(report.sources()).as("one source address all the time").containsOnly(floatingIp);
      assertThat(report.lost()).as("the node carried the traffic").isPositive();
      assertThat(report.longestOutageMillis()).isLessThan(5_000);
    }
  }

  @Test
  @Order(5)
  void theLogIsWholeAndGivesTheLiveState() {
    // It fails by its exit code if not.
    assertThat(cluster.compose().runOnce("cli", "replay")).contains("allocation");
  }
}

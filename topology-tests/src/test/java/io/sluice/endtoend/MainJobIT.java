package io.sluice.endtoend;

import static io.sluice.endtoend.Tests.LIMIT;
import static io.sluice.endtoend.Tests.POLICY_FILE;
import static io.sluice.endtoend.Tests.POLICY_YAML;
import static io.sluice.endtoend.Tests.eventually;
import static io.sluice.endtoend.Tests.eventuallySeenAs;
import static io.sluice.endtoend.Tests.matchedPodAwayFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.lab.Lab;
import io.sluice.cli.lab.LabPod;
import io.sluice.cli.lab.LabSpec;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.OutsideHost.Arrival;
import io.sluice.cli.lab.Probe;
import io.sluice.cli.lab.ProbeReport;
import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The main job with real parts: broker, programs, kernel, packets. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MainJobIT {

  private static LocalCluster cluster;
  private static String floatingIp;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.start(LabSpec.threeNodes(), Tests.quiet());
    floatingIp = Tests.applyMainJob(cluster);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static String holder() {
    return cluster.awaitCarrier(floatingIp, LIMIT, _ -> true);
  }

  @Test
  @Order(1)
  void matchedPodsOfEveryNodeArriveWithTheFloatingIp() {
    for (String pod : new String[] {"alice-1", "alice-2", "alice-3", "paul-1"}) {
      eventuallySeenAs(cluster.pod(pod), Lab.MATCHED_DESTINATION, floatingIp);
      assertThat(cluster.pod(pod).askSourceByTcp(Lab.MATCHED_DESTINATION))
          .as("%s by TCP", pod)
          .contains(floatingIp);
    }
  }

  @Test
  @Order(2)
  void othersArriveWithTheirNodesAddress() {
    for (String pod : new String[] {"alice-backend", "other-1"}) {
      String node = cluster.pod(pod).spec().node();
      assertThat(cluster.pod(pod).askSource(Lab.MATCHED_DESTINATION))
          .as(pod)
          .contains(cluster.spec().nodeAddress(node));
    }
  }

  @Test
  @Order(3)
  void aMatchedPodReachesOtherDestinationsWithItsNodesAddress() {
    assertThat(cluster.pod("alice-1").askSource(Lab.OTHER_DESTINATION))
        .contains(cluster.spec().nodeAddress("node-1"));
  }

  @Test
  @Order(4)
  void theFloatingIpsAreSpreadOverTheNodes() {
    cluster
        .view()
        .await(
            "three floating IPs on three nodes",
            LIMIT,
            state ->
                state.assignments().size() == 3
                    && new TreeSet<>(
                                state.assignments().keySet().stream()
                                    .map(ip -> state.carrier(ip.toString()).orElse(""))
                                    .toList())
                            .size()
                        == 3);
  }

  @Test
  @Order(5)
  void nothingButRepliesIsLetInOnAFloatingIp() {
    // A node's own services must not appear on the address: neither its TCP ports nor its ping.
    String node = holder();
    assertThat(cluster.lab().host(Lab.OUTSIDE).call(() -> ping(cluster.spec().nodeAddress(node))))
        .as("the node itself answers a ping")
        .isZero();
    assertThat(cluster.lab().host(Lab.OUTSIDE).call(() -> ping(floatingIp)))
        .as("the floating IP does not")
        .isNotZero();
  }

  private static int ping(String address) throws Exception {
    Process ping =
        new ProcessBuilder("ping", "-q", "-c", "1", "-W", "1", address)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return ping.waitFor();
  }

  @Test
  @Order(6)
  void aPolicyThatIsDeletedAndComesBackTakesEffect() {
    LabPod pod = cluster.pod("alice-2");
    cluster.delete(POLICY_FILE);
    eventuallySeenAs(pod, Lab.MATCHED_DESTINATION, cluster.spec().nodeAddress("node-2"));
    cluster.apply(POLICY_FILE, POLICY_YAML);
    eventually("the policy has an address again")
        .until(() -> cluster.view().state().egressIp(Tests.POLICY).isPresent());
    floatingIp = cluster.view().state().egressIp(Tests.POLICY).orElseThrow();
    eventuallySeenAs(pod, Lab.MATCHED_DESTINATION, floatingIp);
  }

  @Test
  @Order(7)
  void aPolicyMayNameItsAddressAndChangeIt() {
    LabPod pod = cluster.pod("alice-2");
    cluster.apply(POLICY_FILE, POLICY_YAML + "  egressSourceIP: 10.40.1.102\n");
    eventuallySeenAs(pod, Lab.MATCHED_DESTINATION, "10.40.1.102");
    cluster.apply(POLICY_FILE, POLICY_YAML + "  egressSourceIP: 10.40.1.101\n");
    eventuallySeenAs(pod, Lab.MATCHED_DESTINATION, "10.40.1.101");
    floatingIp = "10.40.1.101";
  }

  @Test
  @Order(8)
  void noSnatLetsThePodKeepItsOwnAddress() {
    LabPod pod = cluster.pod("alice-2");
    cluster.apply(POLICY_FILE, POLICY_YAML.replace("action: SNAT", "action: NoSNAT"));
    eventually("the outside host sees the Pod's own address")
        .until(() -> {
          try (Probe probe = pod.probe(Lab.MATCHED_DESTINATION, Duration.ofMillis(10))) {
            eventually("a probe arrived").until(() -> !arrivals(pod).isEmpty());
            probe.stop();
          }
          return arrivals(pod).getLast().source().equals(pod.address());
        });
    cluster.apply(POLICY_FILE, POLICY_YAML + "  egressSourceIP: 10.40.1.101\n");
    eventuallySeenAs(pod, Lab.MATCHED_DESTINATION, floatingIp);
  }

  private static List<Arrival> arrivals(LabPod pod) {
    return cluster.outside().arrivals(pod.spec().name());
  }

  @Test
  @Order(9)
  void trafficGoesOnThroughAnotherNodeWhenTheGatewayNodeDies() {
    String dead = holder();
    LabPod pod = matchedPodAwayFrom(cluster, dead);
    long epoch = epoch();
    try (Probe probe = pod.probe(Lab.MATCHED_DESTINATION, Tests.EACH_MILLISECOND)) {
      eventually("the probe is answered").until(() -> probe.report().answered() > 100);
      cluster.killNode(dead);
      String heir = cluster.awaitCarrier(floatingIp, LIMIT, node -> !node.equals(dead));
      assertThat(heir).isNotEqualTo(dead);
      Instant moved = Instant.now();
      eventually("the probe is answered again").until(() -> probe.report().answeredSince(moved));
      ProbeReport report = probe.stop();
      assertThat(report.sources()).as("one source address all the time").containsOnly(floatingIp);
      assertThat(report.longestOutage()).as("there was an outage").isPresent();
      assertThat(report.longestOutage().orElseThrow().duration()).isLessThan(Duration.ofSeconds(2));
    }
    assertThat(epoch()).isGreaterThan(epoch);
    cluster.restoreNode(dead);
    eventually("the node is back")
        .until(
            () -> cluster.pod("alice-" + dead.charAt(5)).askSource(Lab.MATCHED_DESTINATION),
            Optional.of(floatingIp)::equals);
  }

  private static long epoch() {
    Assignment assignment = cluster.view().state().assignments().get(IpAddress.parse(floatingIp));
    return assignment.epoch();
  }

  @Test
  @Order(10)
  void withoutAnyHolderAMatchedPacketDoesNotLeave() {
    LabPod pod = cluster.pod("alice-2");
    cluster.delete(Tests.GATEWAY_FILE);
    eventually("nobody answers alice-2")
        .until(() -> pod.askSource(Lab.MATCHED_DESTINATION), Optional.empty()::equals);
    assertThat(arrivals(pod))
        .extracting(Arrival::source)
        .doesNotContain(cluster.spec().nodeAddress("node-2"));
    assertThat(pod.askSource(Lab.OTHER_DESTINATION))
        .as("other destinations are not affected")
        .contains(cluster.spec().nodeAddress("node-2"));
    cluster.apply(Tests.GATEWAY_FILE, Tests.GATEWAY_YAML);
    eventuallySeenAs(pod, Lab.MATCHED_DESTINATION, floatingIp);
  }
}

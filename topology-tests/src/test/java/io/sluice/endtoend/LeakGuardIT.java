package io.sluice.endtoend;

import static io.sluice.endtoend.Tests.EACH_MILLISECOND;
import static io.sluice.endtoend.Tests.eventually;
import static io.sluice.endtoend.Tests.eventuallySeenAs;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.lab.Lab;
import io.sluice.cli.lab.LabPod;
import io.sluice.cli.lab.LabSpec;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.OutsideHost.Arrival;
import io.sluice.cli.lab.Probe;
import io.sluice.cli.lab.Program;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What leaves of Pods that send before anybody has heard of them. Their networks are there, their
 * records are withheld.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LeakGuardIT {

  /** A policy matches it. */
  private static final String MATCHED = "alice-new";

  /** No policy matches it. */
  private static final String UNMATCHED = "other-new";

  private static final String NODE = "node-2";

  private static LocalCluster cluster;
  private static String nodeAddress;
  private static String floatingIp;

  @BeforeAll
  static void start() {
    LabSpec spec =
        LabSpec.threeNodes()
            .withPod(new LabSpec.PodSpec("alice", MATCHED, Map.of("role", "frontend"), NODE))
            .withPod(new LabSpec.PodSpec("other", UNMATCHED, Map.of("role", "frontend"), NODE));
    cluster = LocalCluster.start(spec, Tests.quiet());
    nodeAddress = spec.nodeAddress(NODE);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static List<String> sources(LabPod pod) {
    return cluster.outside().arrivals(pod.spec().name()).stream().map(Arrival::source).toList();
  }

  private static Optional<String> ask(String pod) {
    return cluster.pod(pod).askSource(Lab.MATCHED_DESTINATION);
  }

  @Test
  @Order(1)
  void withoutAPolicyNobodyIsHeldBack() {
    cluster.withholdPods(MATCHED, UNMATCHED);
    eventually("the Pods are gone")
        .until(() ->
            cluster.view().state().bindings().keySet().stream()
                .noneMatch(id -> id.toString().contains("new")));
    assertThat(ask(MATCHED)).contains(nodeAddress);
    assertThat(ask(UNMATCHED)).contains(nodeAddress);
  }

  @Test
  @Order(2)
  void nothingOfANewPodLeavesWithItsNodesAddressAndThenAllWithTheFloatingIp() {
    floatingIp = Tests.applyMainJob(cluster);
    eventuallySeenAs(cluster.pod("alice-2"), Lab.MATCHED_DESTINATION, floatingIp);
    eventually("the node knows that there is a policy").until(() -> ask(MATCHED).isEmpty());
    LabPod pod = cluster.pod(MATCHED);
    cluster.watcher().freeze();
    try (Probe probe = pod.probe(Lab.MATCHED_DESTINATION, EACH_MILLISECOND)) {
      cluster.withholdPods(UNMATCHED);
      eventually("it has sent for a while").until(() -> probe.report().sent() > 500);
      assertThat(sources(pod)).as("while nobody has heard of it").isEmpty();
      cluster.watcher().thaw();
      eventually("it is heard of").until(() -> sources(pod).size() > 100);
      probe.stop();
    } finally {
      cluster.watcher().thaw();
    }
    assertThat(sources(pod)).containsOnly(floatingIp);
  }

  @Test
  @Order(3)
  void aNewPodThatNoPolicyMatchesLeavesOnceItIsKnown() {
    LabPod pod = cluster.pod(UNMATCHED);
    assertThat(ask(UNMATCHED)).isEmpty();
    try (Probe probe = pod.probe(Lab.MATCHED_DESTINATION, EACH_MILLISECOND)) {
      eventually("it sends").until(() -> probe.report().sent() > 100);
      cluster.withholdPods();
      eventually("it is let out").until(() -> sources(pod).size() > 100);
      probe.stop();
    }
    assertThat(sources(pod)).containsOnly(nodeAddress);
  }

  @Test
  @Order(4)
  void itIsShutOutAgainWhenItIsDeletedAlsoByANodeWhoseAgentDies() {
    cluster.withholdPods(UNMATCHED);
    eventually("it is not known any more").until(() -> ask(UNMATCHED).isEmpty());
    Program agent = cluster.agent(NODE);
    agent.kill();
    assertThat(ask(UNMATCHED)).as("without an agent").isEmpty();
    assertThat(ask("alice-2")).contains(floatingIp);
    agent.start();
    agent.awaitReady(Tests.LIMIT);
    assertThat(ask(UNMATCHED)).as("with a new one").isEmpty();
    assertThat(ask(MATCHED)).contains(floatingIp);
  }

  @Test
  @Order(5)
  void anOpenGuardLetsItOutAtOnce() {
    Program agent = cluster.agent(NODE);
    agent.kill();
    agent.start(List.of("--leak-guard", "open"));
    agent.awaitReady(Tests.LIMIT);
    assertThat(ask(UNMATCHED)).contains(nodeAddress);
    assertThat(ask(MATCHED)).contains(floatingIp);
  }
}

package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.LeakGuard;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Packets of Pods that are not known yet, judged by what arrives on the far side. */
class LeakGuardTest {

  private static final String NODE_1 = "10.40.0.11";
  private static final String NODE_2 = "10.40.0.12";
  private static final IpAddress OTHER_POD = IpAddress.parse("10.244.1.3");
  private static final IpAddress OTHER_POD_V6 = IpAddress.parse("fd00:244::3");
  private static final SortedSet<Cidr> PODS =
      new TreeSet<>(List.of(Cidr.parse("10.244.1.0/24"), Cidr.parse("fd00:244::/64")));

  private static Underlay net;

  @BeforeAll
  static void build() {
    net = Underlay.mirrored();
  }

  @AfterAll
  static void tearDown() {
    if (net != null) {
      net.close();
    }
  }

  @BeforeEach
  void clean() {
    net.holder(1, true);
    net.forgetConnections();
  }

  private static long dropped(int node, String counter) {
    return net.dataPlanes.get(node).guardCounters().get(counter).packets();
  }

  private static LeakGuard cleared(IpAddress... pods) {
    return new LeakGuard(PODS, PODS, new TreeSet<>(List.of(pods)));
  }

  /** Node 1 guards its Pods, of which these are known; node 2 is the holder. */
  private static void guard(IpAddress... known) {
    net.set(0, Underlay.tables(false, Underlay.route(1, true)).withLeakGuard(cleared(known)));
  }

  @Test
  void aPodThatIsNotKnownSendsNothingOutOfTheCluster() {
    assertThat(Probe.seen(net.pod2, Underlay.MATCHED)).contains(NODE_1);
    guard();
    long before = dropped(0, "unknown_pod");
    List<String> destinations =
        List.of(Underlay.MATCHED, Underlay.UNMATCHED, Underlay.MATCHED_V6, Underlay.UNMATCHED_V6);
    assertThat(destinations).allMatch(destination -> Probe.seen(net.pod2, destination).isEmpty());
    assertThat(dropped(0, "unknown_pod")).isGreaterThanOrEqualTo(before + 4);
  }

  @Test
  void onceItIsKnownItLeavesAsItDidBefore() {
    guard(OTHER_POD, OTHER_POD_V6);
    assertThat(Probe.seen(net.pod2, Underlay.MATCHED)).contains(NODE_1);
    assertThat(Probe.seen(net.pod2, Underlay.UNMATCHED)).contains(NODE_1);
    assertThat(Probe.seen(net.pod2, Underlay.UNMATCHED_V6)).isPresent();
  }

  @Test
  void everyPacketMeetsTheGuardNotOnlyTheFirstOfAFlow() {
    try (Probe probe = Probe.from(net.pod2)) {
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains(NODE_1);
      guard();
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).isEmpty();
      guard(OTHER_POD);
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains(NODE_1);
    }
  }

  @Test
  void aBoundPodLeavesByItsPolicyAtOnceAndElsewhereOnceItIsKnown() {
    guard();
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).contains("10.40.1.100");
    assertThat(Probe.seen(net.pod1, Underlay.UNMATCHED)).isEmpty();
    guard(Underlay.POD);
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).contains("10.40.1.100");
    assertThat(Probe.seen(net.pod1, Underlay.UNMATCHED)).contains(NODE_1);
  }

  @Test
  void whatStaysInTheClusterAndAnswersAreNotTouched() throws Exception {
    guard();
    try (AutoCloseable _ = Probe.mirror(net.pod1, "10.244.1.2", "fd00:244::2");
        AutoCloseable _ = Probe.mirror(net.pod2, "10.244.1.3", "fd00:244::3")) {
      assertThat(Probe.seen(net.pod2, "10.244.1.2")).contains("10.244.1.3");
      assertThat(Probe.seen(net.pod1, "fd00:244::3")).isPresent();
      assertThat(Probe.seen(net.nodes.getLast(), "10.244.1.3")).contains("10.40.0.13");
      // Asked from outside, as behind a load balancer that knows the way to Pods.
      net.outside.run("ip route replace 10.244.1.0/24 via 10.40.0.11 src " + Underlay.UNMATCHED);
      assertThat(Probe.seen(net.outside, "10.244.1.3")).contains(Underlay.UNMATCHED);
    } finally {
      net.outside.run("ip route replace 10.244.1.0/24 via 10.40.0.11");
    }
    assertThat(Probe.seen(net.nodes.getFirst(), Underlay.MATCHED)).contains(NODE_1);
  }

  @Test
  void aHolderThatDoesNotKnowAPodDoesNotLetItOutWithItsOwnAddress() {
    KernelTables complete = Underlay.tables(true, Collections.emptySortedMap());
    KernelTables lagging =
        new KernelTables(
            complete.held(),
            complete.pool(),
            complete.clusterNetworks(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap(),
            complete.egressRoutes(),
            complete.snat(),
            complete.routes());
    net.set(1, lagging);
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).as("without a guard").contains(NODE_2);
    net.set(
        1,
        lagging.withLeakGuard(
            new LeakGuard(Collections.emptySortedSet(), PODS, Collections.emptySortedSet())));
    long before = dropped(1, "foreign_pod");
    assertThat(
            Stream.of(Underlay.MATCHED, Underlay.MATCHED_V6)
                .map(destination -> Probe.seen(net.pod1, destination)))
        .containsOnly(Optional.empty());
    assertThat(dropped(1, "foreign_pod")).isGreaterThanOrEqualTo(before + 2);
    net.set(
        1,
        complete.withLeakGuard(
            new LeakGuard(Collections.emptySortedSet(), PODS, Collections.emptySortedSet())));
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).as("once it does").contains("10.40.1.100");
  }
}

package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.agent.core.KernelTables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections of a Pod while its floating IP comes to its own node, node-1, and goes: no packet
 * waits until an entry of conntrack has been removed.
 */
class ZoneTest {

  private static final String FLOATING = "10.40.1.100";
  private static final String FLOATING_V6 = Underlay.FLOATING_V6.toInetAddress().getHostAddress();

  /** In the destinations of the policy, as a Service is if the policy is about everything. */
  private static final String SERVICE = "203.0.113.77";

  /** In the destinations of the policy, and an address of node-1 itself. */
  private static final String OF_THE_NODE = "203.0.113.55";

  private static final int HERE = 0;

  private static Underlay net;
  private static NetworkNamespace node;

  @BeforeAll
  static void build() {
    net = Underlay.mirrored();
    node = net.nodes.get(HERE);
    net.mirror(net.pod2, "10.244.1.3", "fd00:244::3");
    node.run("ip addr add " + OF_THE_NODE + "/32 dev lo");
    net.mirror(node, OF_THE_NODE);
    node.run("nft add table inet proxy");
    node.run("nft add chain inet proxy services { type nat hook prerouting priority dstnat ; }");
  }

  @AfterAll
  static void tearDown() {
    if (net != null) {
      net.close();
    }
  }

  @BeforeEach
  void clean() {
    net.nobodyHolds();
    node.run("nft flush chain inet proxy services");
    net.forgetConnections();
  }

  /** What the guards have dropped on all nodes, by counter. */
  private static List<Map<String, GuardCounter>> dropped() {
    List<Map<String, GuardCounter>> all = new ArrayList<>();
    net.dataPlanes.forEach(dataPlane -> all.add(dataPlane.guardCounters()));
    return all;
  }

  private static String entries(String source) {
    return node.run("conntrack -L -s " + source);
  }

  @Test
  void everyDatagramLeavesWithTheFloatingIp() {
    net.holder(1, true);
    List<Map<String, GuardCounter>> before = dropped();
    try (Probe probe = Probe.from(net.pod1);
        Probe probeV6 = Probe.from(net.pod1)) {
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains(FLOATING);
      for (int holder : new int[] {HERE, 2, HERE}) {
        net.holder(holder, true);
        assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains(FLOATING);
        assertThat(probeV6.sourceSeenBy(Underlay.MATCHED_V6)).contains(FLOATING_V6);
      }
    }
    assertThat(dropped()).isEqualTo(before);
  }

  @Test
  void noEntryIsRemovedForThat() {
    net.holder(1, true);
    try (Probe probe = Probe.from(net.pod1)) {
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains(FLOATING);
      net.holder(HERE, true);
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains(FLOATING);
      await().until(() -> net.dataPlanes.get(HERE).flows().isIdle());
      assertThat(entries("10.244.1.2"))
          .contains("zone-orig=51000", "src=203.0.113.10 dst=10.244.1.2");
      net.holder(2, true);
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains(FLOATING);
      await().until(() -> net.dataPlanes.get(HERE).flows().isIdle());
      assertThat(entries("10.244.1.2"))
          .contains("zone-orig=51000", "src=203.0.113.10 dst=10.244.1.2");
    }
  }

  @Test
  void aTcpConnectionGoesOnWithoutARetransmission() {
    net.holder(1, true);
    List<Map<String, GuardCounter>> before = dropped();
    String retransmitted = retransmitted();
    try (TcpEcho echo = TcpEcho.open(net.pod1, net.outside, Underlay.MATCHED)) {
      assertThat(echo.sourceSeen()).isEqualTo(FLOATING);
      for (int holder : new int[] {1, HERE, 2}) {
        net.holder(holder, true);
        echo.exchange(1000);
      }
    }
    assertThat(dropped()).isEqualTo(before);
    assertThat(retransmitted()).isEqualTo(retransmitted);
  }

  private static String retransmitted() {
    return net.pod1.run("nstat -asz TcpRetransSegs");
  }

  /** Conntrack has not seen how far the stream went meanwhile, and calls its packets invalid. */
  @Test
  void anEntryFromBeforeAnExcursionIsNotTakenUpAgain() {
    net.holder(HERE, true);
    try (TcpEcho echo = TcpEcho.open(net.pod1, net.outside, Underlay.MATCHED)) {
      echo.exchange(1000);
      net.holder(1, true);
      await().until(() -> leftOverSeen(HERE));
      echo.exchange(20_000_000);
      net.holder(HERE, true);
      echo.exchange(1000);
    }
  }

  private static boolean leftOverSeen(int number) {
    return net.dataPlanes.get(number).flows().leftOvers() > 0;
  }

  @Test
  void whatIsLeftOverIsRemovedWhenItsLastRepliesAreIn() {
    net.holder(HERE, true);
    try (Probe probe = Probe.from(net.pod1)) {
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains(FLOATING);
      net.holder(1, true);
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains(FLOATING);
      assertThat(entries("10.244.1.2")).contains("dst=10.40.1.100");
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> !entries("10.244.1.2").contains("zone-orig"));
      assertThat(entries("10.244.1.2")).contains("dst=10.244.1.2");
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains(FLOATING);
    }
  }

  /** Else conntrack would take it for the first packet of a connection the other way round. */
  @Test
  void aReplyThatComesAfterTheMoveStillBelongsToItsConnection() {
    net.holder(1, true);
    try (Probe probe = Probe.from(net.pod1)) {
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains(FLOATING);
      net.holder(HERE, true);
      // As the former holder would pass it on.
      Probe.send(net.outside, Underlay.MATCHED, probe.address("10.244.1.2"));
      assertThat(probe.receives()).isTrue();
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains(FLOATING);
    }
  }

  /** Its replies are not translated, wherever the address is. */
  @Test
  void aConnectionFromOutsideToThePodIsNotTakenForOneOfThePod() throws Exception {
    String way = "ip route replace 10.244.1.0/24 via 10.40.0.11";
    // From an address that the policy names, so that the replies look as if they were egress.
    net.outside.run(way + " src " + Underlay.MATCHED);
    try (Probe probe = Probe.from(net.outside);
        AutoCloseable _ = Probe.mirror(net.pod1, "10.244.1.2")) {
      for (int holder : new int[] {1, HERE, 2}) {
        net.holder(holder, true);
        assertThat(probe.sourceSeenBy("10.244.1.2")).contains(Underlay.MATCHED);
      }
    } finally {
      net.outside.run(way);
    }
  }

  /** Nothing is translated there, and who translates it otherwise must see all of it. */
  @Test
  void aConnectionToTheNodeItselfIsInTheDefaultZone() {
    net.holder(HERE, true);
    assertThat(Probe.seen(net.pod1, OF_THE_NODE)).contains("10.244.1.2");
    assertThat(entries("10.244.1.2")).contains("dst=" + OF_THE_NODE).doesNotContain("zone-orig");
  }

  /** Whatever the policy names. */
  @Test
  void aConnectionInsideTheClusterIsInTheDefaultZone() {
    String inside = "203.0.113.90";
    serve(inside, "10.244.1.3");
    net.holder(HERE, true);
    node.run("nft add element inet sluice cluster_v4 { %s }".formatted(inside));
    try {
      assertThat(Probe.seen(net.pod1, inside)).contains("10.244.1.2");
      assertThat(entries("10.244.1.2")).contains("dst=" + inside).doesNotContain("zone-orig");
    } finally {
      node.run("nft delete element inet sluice cluster_v4 { %s }".formatted(inside));
    }
  }

  /** As while the tables change: it would take the port that the next one needs here. */
  @Test
  void aPacketInTheDefaultZoneIsDroppedRatherThanTranslated() {
    net.holder(HERE, true);
    node.run("nft flush chain inet sluice early");
    try {
      assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).isEmpty();
    } finally {
      net.dataPlanes.get(HERE).install();
    }
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).contains(FLOATING);
  }

  /** It stays in the default zone for a day, and is translated there. */
  @Test
  void aServiceThatNobodyTranslatesAnyMoreLeavesWithTheFloatingIp() {
    net.holder(HERE, true);
    node.run("nft add element inet sluice service_v4 { %s }".formatted(Underlay.MATCHED));
    try {
      assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).contains(FLOATING);
    } finally {
      node.run("nft delete element inet sluice service_v4 { %s }".formatted(Underlay.MATCHED));
    }
  }

  /** A Service is forgotten a day after its last packet, be it of an old connection. */
  @ParameterizedTest
  @CsvSource({
    "service_v4, 203.0.113.80, 10.244.1.3, 10.244.1.2",
    "service_v6, 2001:db8:113::80, fd00:244::3, fd00:244:0:0:0:0:0:2"
  })
  void aServiceInUseIsNotForgotten(String services, String service, String pod, String source) {
    String learnedLongAgo = "nft add element inet sluice %s { %s expires 1h }";
    String forget = "nft delete element inet sluice %s { %s }";
    serve(service, pod);
    net.holder(HERE, true);
    try (Probe probe = Probe.from(net.pod1)) {
      assertThat(probe.sourceSeenBy(service)).contains(source);
      node.run(forget.formatted(services, service));
      node.run(learnedLongAgo.formatted(services, service));
      assertThat(listed(services)).containsPattern(service + " expires 59m");
      assertThat(probe.sourceSeenBy(service)).contains(source);
      assertThat(listed(services)).containsPattern(service + " expires 23h");
    }
  }

  /** Its Pod gets a policy only after a day, when the Service has been forgotten. */
  @ParameterizedTest
  @CsvSource({
    "v4, 203.0.113.81, 10.244.1.3, 10.244.1.99, 10.244.1.2, 10.244.1.2",
    "v6, 2001:db8:113::81, fd00:244::3, fd00:244::99, fd00:244::2, fd00:244:0:0:0:0:0:2"
  })
  void aConnectionToAServiceThatIsOlderThanThePolicyGoesOn(
      String family, String service, String first, String other, String pod, String source) {
    serve(service, first);
    net.holder(HERE, true);
    try (Probe probe = Probe.from(net.pod1)) {
      node.run("nft delete element inet sluice pod_class_%s { %s }".formatted(family, pod));
      assertThat(probe.sourceSeenBy(service)).contains(source);
      node.run("nft delete element inet sluice service_%s { %s }".formatted(family, service));
      assertThat(probe.sourceSeenBy(service)).contains(source);
      serve(service, other);
      net.holder(HERE, true);
      assertThat(probe.sourceSeenBy(service)).contains(source);
    }
  }

  private static String listed(String set) {
    return node.run("nft list set inet sluice " + set);
  }

  /** Who translates its destination chooses once: another choice is another server. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConnectionToAServiceIsNotBegunAnew(boolean known) {
    String service = known ? SERVICE : "203.0.113.78";
    serve(service, "10.244.1.3");
    net.holder(HERE, true);
    if (known) {
      try (Probe other = Probe.from(net.pod2)) {
        other.send(service);
      }
    }
    try (Probe begunHere = Probe.from(net.pod1)) {
      assertThat(begunHere.sourceSeenBy(service)).contains("10.244.1.2");
      net.holder(1, true);
      try (Probe begunElsewhere = Probe.from(net.pod1)) {
        assertThat(begunElsewhere.sourceSeenBy(service)).contains("10.244.1.2");
        serve(service, "10.244.1.99");
        for (int holder : new int[] {1, HERE, 2, HERE}) {
          net.holder(holder, true);
          assertThat(begunHere.sourceSeenBy(service)).contains("10.244.1.2");
          assertThat(begunElsewhere.sourceSeenBy(service)).contains("10.244.1.2");
        }
      }
    }
  }

  private static void serve(String service, String pod) {
    node.run("nft flush chain inet proxy services");
    node.run(
        "nft add rule inet proxy services %1$s daddr %2$s udp dport 7777 dnat %1$s to %3$s"
            .formatted(service.contains(":") ? "ip6" : "ip", service, pod));
  }

  @Test
  void aServiceOutsideTheClusterLeavesWithTheFloatingIp() {
    serve(SERVICE, Underlay.MATCHED);
    try (Probe probe = Probe.from(net.pod1)) {
      for (int holder : new int[] {1, HERE, 2, HERE}) {
        net.holder(holder, true);
        // The entry is translated in the default zone and has to be removed, as ever.
        await().until(() -> probe.sourceSeenBy(SERVICE).isPresent());
        assertThat(probe.sourceSeenBy(SERVICE)).contains(FLOATING);
      }
    }
  }

  /** They were translated in the default zone. */
  @Test
  void connectionsOfAnEarlierVersionGoOnAfterAnUpgrade() {
    asAnEarlierVersion();
    serve("203.0.113.79", "10.244.1.3");
    try (TcpEcho echo = TcpEcho.open(net.pod1, net.outside, Underlay.MATCHED);
        Probe toService = Probe.from(net.pod1)) {
      assertThat(echo.sourceSeen()).isEqualTo(FLOATING);
      assertThat(toService.sourceSeenBy("203.0.113.79")).contains("10.244.1.2");
      serve("203.0.113.79", "10.244.1.99");
      assertThat(entries("10.244.1.2")).contains("dst=10.40.1.100").doesNotContain("zone-orig");

      try (LinuxDataPlane upgraded =
          node.inside(() -> LinuxDataPlane.open("eth0", VxlanSettings.DEFAULT))) {
        upgraded.install();
        echo.exchange(1000);
        assertThat(toService.sourceSeenBy("203.0.113.79")).contains("10.244.1.2");
        assertThat(entries("10.244.1.2")).contains("zone-orig=51000");
      }
    }
  }

  private static void asAnEarlierVersion() {
    KernelTables tables = Underlay.tables(true, Collections.emptySortedMap());
    net.set(HERE, tables);
    node.run("nft flush chain inet sluice early");
    node.run("nft flush chain inet sluice service");
    node.run("nft flush chain inet sluice translate_here");
    node.run("nft add rule inet sluice translate_here goto translate_to");
  }
}

package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.Verdict;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real packets through real kernels, judged by what arrives on the far side. */
class PacketTest {

  private static final String FLOATING_V6 = text(Underlay.FLOATING_V6.toInetAddress());
  private static final String POD_V6 = text(Underlay.POD_V6.toInetAddress());

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
    net.nobodyHolds();
    net.forgetConnections();
  }

  private static String text(InetAddress address) {
    return address.getHostAddress();
  }

  @ParameterizedTest(name = "holder node-{0}, direct {1}")
  @CsvSource({"0, true", "1, true", "2, true", "1, false", "2, false"})
  void aMatchedPodLeavesWithTheFloatingIp(int holder, boolean direct) {
    net.holder(holder, direct);
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).contains("10.40.1.100");
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED_V6)).contains(FLOATING_V6);
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).contains("10.40.1.100");
  }

  @Test
  void everythingElseLeavesAsItDidBefore() {
    net.holder(1, true);
    assertThat(Probe.seen(net.pod2, Underlay.MATCHED)).contains("10.40.0.11");
    assertThat(Probe.seen(net.pod2, Underlay.MATCHED_V6)).contains(fromNode(1));
    assertThat(Probe.seen(net.pod1, Underlay.UNMATCHED)).contains("10.40.0.11");
    assertThat(Probe.seen(net.pod1, Underlay.UNMATCHED_V6)).contains(fromNode(1));
    assertThat(Probe.seen(net.nodes.getFirst(), Underlay.MATCHED)).contains("10.40.0.11");
  }

  private static String fromNode(int number) {
    try {
      return text(InetAddress.getByName("fd00:40::1" + number));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void withoutAHolderNothingOfAMatchedPodArrives() {
    long before = dropped(0, "no_holder");
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).isEmpty();
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED_V6)).isEmpty();
    assertThat(dropped(0, "no_holder")).isGreaterThan(before);
    assertThat(Probe.seen(net.pod1, Underlay.UNMATCHED)).contains("10.40.0.11");
  }

  private static long dropped(int node, String counter) {
    return net.dataPlanes.get(node).guardCounters().get(counter).packets();
  }

  @Test
  void aPolicyWithoutUsableAddressDropsItsPackets() {
    net.set(
        0,
        Underlay.tables(
            false, Collections.emptySortedMap(), new Verdict.Drop(), new Verdict.Drop()));
    long before = dropped(0, "policy_without_ip");
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).isEmpty();
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED_V6)).isEmpty();
    assertThat(dropped(0, "policy_without_ip")).isGreaterThan(before);
  }

  @Test
  void noSnatKeepsThePodsAddress() {
    net.set(
        0,
        Underlay.tables(
            false,
            Collections.emptySortedMap(),
            new Verdict.KeepPodAddress(),
            new Verdict.KeepPodAddress()));
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).contains("10.244.1.2");
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED_V6)).contains(POD_V6);
    assertThat(Probe.seen(net.pod1, Underlay.UNMATCHED)).contains("10.40.0.11");
  }

  @Test
  void anEgressWhoseTranslationIsMissingSendsNothing() {
    KernelTables complete = Underlay.tables(true, Collections.emptySortedMap());
    net.set(0, complete);
    net.nodes.getFirst().run("nft flush map inet sluice snat_v4");
    net.nodes.getFirst().run("nft flush map inet sluice snat_v6");
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).isEmpty();
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED_V6)).isEmpty();
    assertThat(dropped(0, "no_translation")).isPositive();
  }

  @Test
  void aRuleThatIsMissingLeaksNothing() {
    net.holder(1, true);
    net.nodes.getFirst().run("ip rule del fwmark 0x58010000/0xffff0000");
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).isEmpty();
    net.set(0, Underlay.tables(false, Underlay.route(1, true)));
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).contains("10.40.1.100");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.40.1.100", "fd00:40::1:100"})
  void aPingToAFloatingIpGetsNoAnswer(String floatingIp) {
    net.holder(1, true);
    assertThat(net.outside.tryRun("ping -c 1 -W 1 10.40.0.12")).isZero();
    assertThat(net.outside.tryRun("ping -c 1 -W 1 " + floatingIp)).isNotZero();
    // The address is there all the same: its neighbour entry resolves.
    assertThat(net.outside.run("ip neigh show " + floatingIp)).contains("02:00:00:00:00:12");
    assertThat(dropped(1, "arrival_not_reply")).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.40.1.100", "fd00:40::1:100"})
  void aServiceOfTheNodeDoesNotAppearOnAFloatingIp(String floatingIp) throws IOException {
    net.holder(1, true);
    try (ServerSocket service = net.nodes.get(1).inside(() -> new ServerSocket(8080))) {
      assertThat(connect("10.40.0.12", service.getLocalPort())).isEqualTo("connected");
      assertThat(connect(floatingIp, service.getLocalPort())).isEqualTo("silence");
      assertThat(connect(floatingIp, 8081)).as("a closed port").isEqualTo("silence");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.40.1.100", "fd00:40::1:100"})
  void aDatagramToAFloatingIpReachesNoService(String floatingIp) throws IOException {
    net.holder(1, true);
    // Nothing is sent back, so no guard on the way out can hide what came in.
    try (DatagramSocket service = net.nodes.get(1).inside(() -> new DatagramSocket(8080));
        DatagramSocket sender = net.outside.inside(() -> new DatagramSocket())) {
      service.setSoTimeout(400);
      DatagramPacket received = new DatagramPacket(new byte[1], 1);
      sender.send(new DatagramPacket(new byte[1], 1, new InetSocketAddress(floatingIp, 8080)));
      assertThatThrownBy(() -> service.receive(received))
          .isInstanceOf(SocketTimeoutException.class);
      sender.send(new DatagramPacket(new byte[1], 1, new InetSocketAddress("10.40.0.12", 8080)));
      service.receive(received);
    }
  }

  private static String connect(String host, int port) throws IOException {
    try (Socket socket = net.outside.inside(Probes::tcp)) {
      socket.connect(new InetSocketAddress(host, port), 400);
      return "connected";
    } catch (SocketTimeoutException e) {
      return "silence";
    } catch (IOException e) {
      return "refused";
    }
  }

  /** The JDK makes the descriptor of a socket late; binding makes it now, in the namespace. */
  private static final class Probes {
    private static Socket tcp() throws IOException {
      Socket socket = new Socket();
      socket.bind(null);
      return socket;
    }
  }

  @Test
  void theNodeItselfCannotSendFromAFloatingIp() {
    net.holder(1, true);
    NetworkNamespace holder = net.nodes.get(1);
    assertThat(holder.tryRun("ping -c 1 -W 1 10.40.0.254")).isZero();
    assertThat(holder.tryRun("ping -c 1 -W 1 -I 10.40.1.100 10.40.0.254")).isNotZero();
    assertThat(holder.tryRun("ping -c 1 -W 1 -I fd00:40::1:100 fd00:40::254")).isNotZero();
    assertThat(dropped(1, "local_floating")).isPositive();
  }

  @Test
  void theTunnelLetsInNothingButMatchedTraffic() {
    net.holder(1, false);
    NetworkNamespace sender = net.nodes.get(2);
    sender.run("ip route add 10.40.0.254/32 encap ip id 81 dst 10.40.0.12 dev sluice0");
    try {
      long before = dropped(1, "tunnel_not_egress");
      assertThat(sender.tryRun("ping -c 1 -W 1 10.40.0.254")).isNotZero();
      assertThat(dropped(1, "tunnel_not_egress")).isGreaterThan(before);
    } finally {
      sender.run("ip route del 10.40.0.254/32");
    }
  }

  @Test
  void anAnnouncementMovesThePeersNeighbourEntry() {
    net.holder(1, true);
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).isPresent();
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED_V6)).isPresent();
    assertThat(neighbour("10.40.1.100")).contains("02:00:00:00:00:12");
    assertThat(neighbour("fd00:40::1:100")).contains("02:00:00:00:00:12");
    // At once, also within the second in which Linux ignores the reply form.
    net.holder(2, true);
    await().until(() -> neighbour("10.40.1.100").contains("02:00:00:00:00:13"));
    await().until(() -> neighbour("fd00:40::1:100").contains("02:00:00:00:00:13"));
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED)).contains("10.40.1.100");
    assertThat(Probe.seen(net.pod1, Underlay.MATCHED_V6)).contains(FLOATING_V6);
  }

  private static String neighbour(String address) {
    return net.outside.run("ip neigh show " + address);
  }

  @Test
  void aConnectionFollowsItsFloatingIpToAnotherNode() {
    net.holder(0, true);
    try (Probe probe = Probe.from(net.pod1);
        Probe probeV6 = Probe.from(net.pod1)) {
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains("10.40.1.100");
      assertThat(probeV6.sourceSeenBy(Underlay.MATCHED_V6)).contains(FLOATING_V6);
      net.holder(1, true);
      await().until(() -> probe.sourceSeenBy(Underlay.MATCHED).isPresent());
      await().until(() -> probeV6.sourceSeenBy(Underlay.MATCHED_V6).isPresent());
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains("10.40.1.100");
      net.holder(2, false);
      await().until(() -> probe.sourceSeenBy(Underlay.MATCHED).isPresent());
      net.holder(0, true);
      await().until(() -> probe.sourceSeenBy(Underlay.MATCHED).isPresent());
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains("10.40.1.100");
    }
  }

  @Test
  void aConnectionMadeBeforeThePolicyLeavesWithTheFloatingIpAfterIt() {
    KernelTables unmatched =
        new KernelTables(
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap());
    net.set(0, unmatched);
    try (Probe probe = Probe.from(net.pod1)) {
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains("10.40.0.11");
      net.holder(1, true);
      Optional<String> first = probe.sourceSeenBy(Underlay.MATCHED);
      assertThat(first.orElse("nothing")).isIn("10.40.1.100", "nothing");
      await().until(() -> probe.sourceSeenBy(Underlay.MATCHED).isPresent());
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains("10.40.1.100");
      net.set(0, unmatched);
      await().until(() -> probe.sourceSeenBy(Underlay.MATCHED).equals(Optional.of("10.40.0.11")));
    }
  }

  @Test
  void afterSluiceIsRemovedConnectionsLeaveAsTheyWouldWithoutIt() {
    net.holder(0, true);
    LinuxDataPlane dataPlane = net.dataPlanes.getFirst();
    try (Probe probe = Probe.from(net.pod1)) {
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains("10.40.1.100");
      dataPlane.removeAll();
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains("10.40.0.11");
    } finally {
      dataPlane.install();
    }
  }

  @Test
  void aFormerHolderFallsSilent() {
    net.holder(0, true);
    try (Probe probe = Probe.from(net.pod1)) {
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains("10.40.1.100");
      // The kernel keeps its conntrack entry; nobody runs that would remove it.
      net.dataPlanes
          .getFirst()
          .apply(
              net.dataPlanes.getFirst().observe(), Underlay.tables(true, Underlay.route(0, true)));
      net.nodes.getFirst().run("nft flush set inet sluice bound_v4");
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).isEmpty();
      assertThat(dropped(0, "foreign_source")).isPositive();
    }
  }

  @Test
  void largePacketsFitThroughTheTunnel() {
    net.holder(1, false);
    try (Probe probe = Probe.from(net.pod1)) {
      // The first is answered with "fragmentation needed" by the Pod's own node.
      await().until(() -> probe.sourceSeenBy(Underlay.MATCHED, 1472).isPresent());
      await().until(() -> probe.sourceSeenBy(Underlay.MATCHED_V6, 1452).isPresent());
    }
  }

  @Test
  void aFormerHolderPassesOnWhatStillComesToItAndDoesNotTellPodsToLeaveItOut() {
    net.set(0, Underlay.tables(false, Underlay.route(1, true)));
    net.set(1, Underlay.tables(false, Underlay.route(2, true)));
    net.set(2, Underlay.tables(true, Collections.emptySortedMap()));
    NetworkNamespace former = net.nodes.get(1);
    // Redirects go to sources on the segment: Pods of a flat network.
    former.run("ip route replace 10.244.1.2/32 dev eth0");
    former.run("ip neigh replace 10.244.1.2 lladdr 02:00:00:00:00:11 dev eth0");
    try (Probe probe = Probe.from(net.pod1)) {
      long before = dropped(1, "icmp_redirect");
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains("10.40.1.100");
      // The kernel's own NAT drops the redirect for the first packet of a connection, and its rate
      // limit holds back the next ones for a while.
      await()
          .until(() ->
              probe.sourceSeenBy(Underlay.MATCHED).equals(Optional.of("10.40.1.100"))
                  && dropped(1, "icmp_redirect") > before);
    } finally {
      former.run("ip route del 10.244.1.2/32 dev eth0");
      former.run("ip neigh del 10.244.1.2 dev eth0");
    }
  }

  @Test
  void podsOfTheClusterReachEachOtherUntouched() {
    net.holder(1, true);
    try (AutoCloseable _ = Probe.mirror(net.pod2, "10.244.1.3", "fd00:244::3")) {
      assertThat(Probe.seen(net.pod1, "10.244.1.3")).contains("10.244.1.2");
      assertThat(Probe.seen(net.pod1, "fd00:244::3")).contains(POD_V6);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}

package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.NextHop;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets that come before their floating IP has been granted wait, and none of them is lost. */
class WaitingTest {

  private static final int PORT = 7778;
  private static final int PACKETS = 200;
  private static final int ANSWER_MILLIS = 200;
  private static final long PAUSE_NANOS = 200_000;

  /** What has waited comes at once, and the default takes fewer packets than that. */
  private static final int BUFFER_BYTES = 1 << 20;

  private static Underlay net;

  @BeforeAll
  static void build() {
    net = new Underlay();
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

  /** Tables of a node that is ready for both floating IPs, which node {@code holder} still has. */
  private static KernelTables ready(SortedMap<Integer, Integer> egressRoutes) {
    return ready(egressRoutes, Underlay.route(2, true));
  }

  private static KernelTables ready(
      SortedMap<Integer, Integer> egressRoutes, SortedMap<Integer, NextHop> nextHops) {
    KernelTables held = Underlay.tables(true, Collections.emptySortedMap());
    return new KernelTables(
        held.held(),
        held.pool(),
        held.clusterNetworks(),
        held.podClasses(),
        held.classes(),
        egressRoutes,
        held.snat(),
        nextHops);
  }

  private static SortedMap<Integer, Integer> routes(int ipv4, int ipv6) {
    SortedMap<Integer, Integer> routes = new TreeMap<>();
    routes.put(Underlay.EGRESS, ipv4);
    routes.put(Underlay.EGRESS_V6, ipv6);
    return routes;
  }

  /** As {@link Underlay#set}, without anything being admitted. */
  private static void prepare(int node, KernelTables tables) {
    LinuxDataPlane dataPlane = net.dataPlanes.get(node);
    dataPlane.apply(dataPlane.observe(), tables);
    assertThat(dataPlane.observe()).isEqualTo(tables);
  }

  /** In the order of the agent: the fence first, since what waits comes out with the last step. */
  private static void grant(int node) {
    LinuxDataPlane dataPlane = net.dataPlanes.get(node);
    dataPlane.fence().admit(Underlay.available(Underlay.FLOATING, Underlay.FLOATING_V6));
    dataPlane.fence().renew(LeaseMode.AVAILABLE, Underlay.in(Duration.ofMinutes(5)));
    dataPlane.announce(Underlay.FLOATING);
    dataPlane.announce(Underlay.FLOATING_V6);
    dataPlane.apply(dataPlane.observe(), Underlay.tables(true, Collections.emptySortedMap()));
  }

  /** Numbered datagrams of a Pod, and what of them arrives with which source. */
  private record Stream(
      DatagramSocket sender, DatagramSocket receiver, InetAddress destination, List<String> arrived)
      implements AutoCloseable {

    static Stream to(String host) throws IOException {
      InetAddress destination = InetAddress.getByName(host);
      DatagramSocket receiver = net.outside.inside(() -> new DatagramSocket(PORT, destination));
      receiver.setReceiveBufferSize(BUFFER_BYTES);
      DatagramSocket sender = net.pod1.inside(() -> new DatagramSocket());
      Stream stream = new Stream(sender, receiver, destination, new CopyOnWriteArrayList<>());
      Thread.ofPlatform().daemon().name("receiver-" + host).start(stream::receive);
      return stream;
    }

    void send(int first, int count) throws IOException {
      for (int number = first; number < first + count; number++) {
        byte[] bytes = ByteBuffer.allocate(4).putInt(number).array();
        sender.send(new DatagramPacket(bytes, 4, new InetSocketAddress(destination, PORT)));
      }
    }

    private void receive() {
      DatagramPacket packet = new DatagramPacket(new byte[4], 4);
      try {
        while (true) {
          receiver.receive(packet);
          int number = ByteBuffer.wrap(packet.getData()).getInt();
          arrived.add(number + " from " + packet.getAddress().getHostAddress());
        }
      } catch (IOException e) {
        // Closed.
      }
    }

    /** Whether the sender gets an answer that is sent now. */
    boolean replyArrives(IpAddress floatingIp) throws IOException {
      receiver.send(
          new DatagramPacket(
              new byte[1],
              1,
              new InetSocketAddress(floatingIp.toInetAddress(), sender.getLocalPort())));
      try {
        sender.setSoTimeout(ANSWER_MILLIS);
        sender.receive(new DatagramPacket(new byte[1], 1));
        return true;
      } catch (SocketTimeoutException e) {
        return false;
      }
    }

    /** What has arrived when nothing has for a while. */
    List<String> arrivedInAll() {
      AtomicInteger before = new AtomicInteger(-1);
      await()
          .pollInterval(Duration.ofMillis(200))
          .until(() -> before.getAndSet(arrived.size()) == arrived.size());
      return List.copyOf(arrived);
    }

    @Override
    public void close() {
      sender.close();
      receiver.close();
    }
  }

  /** The first so many, in order. */
  private static List<String> all(int count, IpAddress source) {
    String from = " from " + source.toInetAddress().getHostAddress();
    return IntStream.range(0, count).mapToObj(number -> number + from).toList();
  }

  @ParameterizedTest(name = "next hop direct {0}, packets of own Pods wait too {1}")
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void whatOtherNodesSendWaitsUntilTheAddressIsGranted(boolean direct, boolean ownToo)
      throws IOException {
    // The Pod is on node 0; node 1 is ready, and node 2 has let go.
    net.set(0, Underlay.tables(false, Underlay.route(1, direct)));
    prepare(
        1, ready(ownToo ? routes(KernelTables.HELD_BACK, KernelTables.HELD_BACK) : routes(1, 2)));
    try (Stream ipv4 = Stream.to(Underlay.MATCHED);
        Stream ipv6 = Stream.to(Underlay.MATCHED_V6)) {
      ipv4.send(0, PACKETS);
      ipv6.send(0, PACKETS);
      assertThat(ipv4.arrivedInAll()).isEmpty();
      assertThat(ipv6.arrivedInAll()).isEmpty();
      grant(1);
      ipv4.send(PACKETS, 1);
      ipv6.send(PACKETS, 1);
      assertThat(ipv4.arrivedInAll()).isEqualTo(all(PACKETS + 1, Underlay.FLOATING));
      assertThat(ipv6.arrivedInAll()).isEqualTo(all(PACKETS + 1, Underlay.FLOATING_V6));
    }
  }

  /** The Pod is on node 0: that of the former holder, that of the successor, or another one. */
  @ParameterizedTest(name = "from node {0} to node {1}")
  @CsvSource({"0, 1", "1, 0", "1, 2"})
  void noPacketOfAStreamIsLostWhenItsAddressMoves(int former, int successor) throws Exception {
    net.holder(former, true);
    KernelTables toSuccessor = Underlay.tables(false, Underlay.route(successor, true));
    prepare(successor, ready(routes(1, 2), Underlay.route(former, true)));
    try (Stream ipv4 = Stream.to(Underlay.MATCHED);
        Stream ipv6 = Stream.to(Underlay.MATCHED_V6)) {
      AtomicBoolean enough = new AtomicBoolean();
      FutureTask<Integer> sending =
          new FutureTask<>(() -> {
            int count = 0;
            for (; !enough.get(); count++) {
              ipv4.send(count, 1);
              ipv6.send(count, 1);
              LockSupport.parkNanos(PAUSE_NANOS);
            }
            return count;
          });
      Thread.ofPlatform().name("sender").start(sending);
      awaitMore(ipv6, 100);
      // Everybody reads of the release at another moment.
      prepare(former, toSuccessor);
      prepare(3 - former - successor, toSuccessor);
      prepare(
          successor,
          ready(
              routes(KernelTables.HELD_BACK, KernelTables.HELD_BACK),
              Underlay.route(former, true)));
      grant(successor);
      awaitMore(ipv6, 100);
      enough.set(true);
      int sent = sending.get();
      assertThat(ipv4.arrivedInAll())
          .containsExactlyInAnyOrderElementsOf(all(sent, Underlay.FLOATING));
      assertThat(ipv6.arrivedInAll())
          .containsExactlyInAnyOrderElementsOf(all(sent, Underlay.FLOATING_V6));
    }
  }

  /**
   * As a packet that met the first rules before a change of the tables, and meets the last ones.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "was to leave here and now elsewhere, 51000, 1",
    "was to go elsewhere and now to wait, 0, 2047",
    "was to wait and now to leave here, notrack, 0"
  })
  void noPacketIsLostThatIsOnItsWayWhenTheTablesChange(String change, String early, int now)
      throws IOException {
    boolean held = early.equals("51000");
    if (held) {
      net.holder(0, true);
    } else {
      prepare(0, ready(routes(KernelTables.HELD_BACK, KernelTables.HELD_BACK)));
    }
    String track = early.equals("notrack") ? early : "ct original zone set " + early;
    NetworkNamespace node = net.nodes.get(0);
    try (Stream ipv4 = Stream.to(Underlay.MATCHED);
        Stream ipv6 = Stream.to(Underlay.MATCHED_V6)) {
      node.run("nft flush chain inet sluice early");
      node.run("nft add rule inet sluice early iifname pod2 " + track);
      KernelTables before = net.dataPlanes.get(0).observe();
      routeByHand(node, now, now == 1 ? 2 : now);
      ipv4.send(0, PACKETS);
      ipv6.send(0, PACKETS);
      if (!held) {
        assertThat(ipv4.arrivedInAll()).as(change).isEmpty();
        assertThat(ipv6.arrivedInAll()).isEmpty();
        routeByHand(node, KernelTables.HELD_BACK, KernelTables.HELD_BACK);
        net.dataPlanes.get(0).install();
        assertThat(net.dataPlanes.get(0).observe()).isEqualTo(before);
        grant(0);
      }
      assertThat(ipv4.arrivedInAll()).as(change).isEqualTo(all(PACKETS, Underlay.FLOATING));
      assertThat(ipv6.arrivedInAll()).isEqualTo(all(PACKETS, Underlay.FLOATING_V6));
    } finally {
      net.dataPlanes.get(0).install();
    }
  }

  private static void routeByHand(NetworkNamespace node, int ipv4, int ipv6) {
    for (int[] route : new int[][] {{Underlay.EGRESS, ipv4}, {Underlay.EGRESS_V6, ipv6}}) {
      int index = Marks.ofEgress(route[0]);
      node.run("nft delete element inet sluice egress_route { %d }".formatted(index));
      node.run(
          "nft add element inet sluice egress_route { %d : %d }"
              .formatted(index, Marks.ofRoute(route[0], route[1])));
    }
  }

  @Test
  void repliesThatAreOnTheirWayStillComeInAtTheFormerHolder() throws IOException {
    net.holder(1, true);
    // Whoever sends the replies has not heard of the next holder.
    try (Stream ipv4 = Stream.to(Underlay.MATCHED);
        Stream ipv6 = Stream.to(Underlay.MATCHED_V6)) {
      ipv4.send(0, 1);
      ipv6.send(0, 1);
      assertThat(ipv4.replyArrives(Underlay.FLOATING)).isTrue();
      assertThat(ipv6.replyArrives(Underlay.FLOATING_V6)).isTrue();
      prepare(1, Underlay.tables(false, Underlay.route(2, true)));
      assertThat(ipv4.replyArrives(Underlay.FLOATING)).isTrue();
      assertThat(ipv6.replyArrives(Underlay.FLOATING_V6)).isTrue();
      assertThat(net.dataPlanes.get(1).fence().open()).isEmpty();
      await().until(() -> !ipv4.replyArrives(Underlay.FLOATING));
      assertThat(ipv6.replyArrives(Underlay.FLOATING_V6)).isFalse();
    }
  }

  private static void awaitMore(Stream stream, int count) {
    int before = stream.arrived.size();
    await().until(() -> stream.arrived.size() >= before + count);
  }

  @Test
  void whatOwnPodsSendWaitsOnceTheHolderLetsGo() throws IOException {
    prepare(0, ready(routes(KernelTables.HELD_BACK, KernelTables.HELD_BACK)));
    try (Stream ipv4 = Stream.to(Underlay.MATCHED);
        Stream ipv6 = Stream.to(Underlay.MATCHED_V6)) {
      long begun = counted("began_to_wait");
      long letOut = counted("let_out");
      ipv4.send(0, PACKETS);
      ipv6.send(0, PACKETS);
      assertThat(ipv4.arrivedInAll()).isEmpty();
      assertThat(counted("began_to_wait")).isEqualTo(begun + 2 * PACKETS);
      assertThat(counted("let_out")).isEqualTo(letOut);
      grant(0);
      assertThat(ipv4.arrivedInAll()).isEqualTo(all(PACKETS, Underlay.FLOATING));
      assertThat(ipv6.arrivedInAll()).isEqualTo(all(PACKETS, Underlay.FLOATING_V6));
      assertThat(counted("let_out")).isEqualTo(letOut + 2 * PACKETS);
    }
  }

  private static long counted(String counter) {
    return net.dataPlanes.get(0).waitingCounters().get(counter).packets();
  }

  @Test
  void untilTheHolderLetsGoOwnPodsGoOnThroughIt() throws IOException {
    net.holder(2, true);
    prepare(0, ready(routes(1, 2)));
    try (Stream ipv4 = Stream.to(Underlay.MATCHED)) {
      ipv4.send(0, 3);
      assertThat(ipv4.arrivedInAll()).isEqualTo(all(3, Underlay.FLOATING));
      assertThat(net.nodes.get(0).run("ip -s neigh show dev sluice-wait")).isEmpty();
    }
  }

  @Test
  void whenTheMoveIsCalledOffWhatHasWaitedGoesOnToTheHolder() throws IOException {
    net.holder(2, true);
    net.set(0, Underlay.tables(false, Underlay.route(1, true)));
    prepare(1, ready(routes(KernelTables.HELD_BACK, KernelTables.HELD_BACK)));
    try (Stream ipv4 = Stream.to(Underlay.MATCHED);
        Stream ipv6 = Stream.to(Underlay.MATCHED_V6)) {
      ipv4.send(0, PACKETS);
      ipv6.send(0, PACKETS);
      assertThat(ipv4.arrivedInAll()).isEmpty();
      prepare(1, Underlay.tables(false, Underlay.route(2, true)));
      assertThat(ipv4.arrivedInAll()).isEqualTo(all(PACKETS, Underlay.FLOATING));
      assertThat(ipv6.arrivedInAll()).isEqualTo(all(PACKETS, Underlay.FLOATING_V6));
    }
  }

  @Test
  void whatWaitsForTooLongIsGone() throws IOException {
    prepare(0, ready(routes(KernelTables.HELD_BACK, KernelTables.HELD_BACK)));
    try (Stream ipv4 = Stream.to(Underlay.MATCHED)) {
      ipv4.send(0, 1);
      await().until(() -> net.nodes.get(0).run("ip neigh show dev sluice-wait").contains("FAILED"));
      grant(0);
      assertThat(ipv4.arrivedInAll()).isEmpty();
      ipv4.send(1, 1);
      await().until(() -> ipv4.arrived.size() == 1);
    }
  }

  @Test
  void anAddressThatComesBackWaitsOnceMore() throws IOException {
    for (int round = 0; round < 2; round++) {
      prepare(0, ready(routes(KernelTables.HELD_BACK, KernelTables.HELD_BACK)));
      try (Stream ipv4 = Stream.to(Underlay.MATCHED)) {
        ipv4.send(0, 10);
        assertThat(ipv4.arrivedInAll()).isEmpty();
        grant(0);
        assertThat(ipv4.arrivedInAll()).isEqualTo(all(10, Underlay.FLOATING));
      }
      net.nobodyHolds();
    }
  }
}

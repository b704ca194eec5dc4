package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.ArpPacket;
import io.sluice.agent.kernel.PacketSocket.Frame;
import io.sluice.model.IpAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two cables between two namespaces; one end sends, the other listens. */
class PacketSocketTest {

  private static final IpAddress FLOATING = IpAddress.parse("10.40.1.100");
  private static final IpAddress OTHER = IpAddress.parse("10.40.1.101");
  private static final String MAC = "02:00:00:00:00:11";
  private static final Duration SOON = Duration.ofMillis(100);
  private static final Duration PATIENT = Duration.ofSeconds(10);

  private static NetworkNamespace near;
  private static NetworkNamespace far;
  private static PacketSocket sender;

  @BeforeAll
  static void build() {
    near = NetworkNamespace.create("near");
    far = NetworkNamespace.create("far");
    for (String cable : List.of("one", "two")) {
      near.run("ip link add %1$s type veth peer name %1$s netns %2$s".formatted(cable, far.name()));
      near.run("ip link set %s up".formatted(cable));
      far.run("ip link set %s up".formatted(cable));
    }
    sender = near.inside(PacketSocket::forSending);
  }

  @AfterAll
  static void tearDown() {
    if (sender != null) {
      sender.close();
    }
    if (near != null) {
      near.close();
    }
    if (far != null) {
      far.close();
    }
  }

  private static PacketSocket listen(Duration patience) {
    return far.inside(() -> PacketSocket.claims(List.of(FLOATING), patience));
  }

  private static int index(NetworkNamespace namespace, String name) {
    return namespace.inside(() -> PacketSocket.port(name).index());
  }

  private static void send(String cable, byte[] frame) {
    sender.send(index(near, cable), frame);
  }

  /** The kernel's own IPv6 chatter is filtered out, so this is what was sent here. */
  private static Frame received(PacketSocket socket) {
    return socket.receive().orElseThrow(() -> new AssertionError("nothing came"));
  }

  private static byte[] ipv4From(IpAddress source) {
    byte[] frame = new byte[60];
    byte[] head =
        HexFormat.of().parseHex("ffffffffffff0200000000110800" + "4500002e0000000040110000");
    System.arraycopy(head, 0, frame, 0, head.length);
    System.arraycopy(source.toBytes(), 0, frame, head.length, 4);
    return frame;
  }

  @Test
  void framesCarryTheirInterfaceAndTheKernelsTime() {
    try (PacketSocket listening = listen(PATIENT)) {
      byte[] announcement = ArpPacket.announcement(MAC, FLOATING).broadcastFrame();
      long before = WallClock.nanos();
      send("one", announcement);
      send("two", announcement);
      Frame first = received(listening);
      Frame second = received(listening);
      assertThat(first.interfaceIndex()).isEqualTo(index(far, "one"));
      assertThat(second.interfaceIndex()).isEqualTo(index(far, "two"));
      assertThat(ArpPacket.parse(first.bytes()).map(ArpPacket::senderIp)).contains(FLOATING);
      assertThat(first.nanos()).isBetween(before, second.nanos());
      assertThat(second.nanos()).isLessThan(WallClock.nanos());
      assertThat(listening.dropped()).isZero();
    }
  }

  @Test
  void onlyArpAndPacketsOfTheAddressesComeIn() {
    try (PacketSocket listening = listen(PATIENT)) {
      send("one", ipv4From(OTHER));
      send("one", ipv4From(FLOATING));
      assertThat(received(listening).bytes()).isEqualTo(ipv4From(FLOATING));
    }
  }

  @Test
  void whatLeavesHereIsNotHeard() {
    try (PacketSocket listening = listen(SOON);
        PacketSocket local = far.inside(PacketSocket::forSending)) {
      local.send(index(far, "one"), ArpPacket.announcement(MAC, FLOATING).broadcastFrame());
      assertThat(listening.receive()).isEqualTo(Optional.empty());
    }
  }

  /** An interface that goes down must not deafen the socket for the others, or for later. */
  @Test
  void aCableThatWasPulledAndCameBackIsHeard() {
    try (PacketSocket listening = listen(PATIENT)) {
      far.run("ip link set one down");
      send("two", ipv4From(FLOATING));
      assertThat(received(listening).interfaceIndex()).isEqualTo(index(far, "two"));
      far.run("ip link set one up");
      send("one", ipv4From(FLOATING));
      assertThat(received(listening).interfaceIndex()).isEqualTo(index(far, "one"));
    }
  }

  @Test
  void whatNobodyFetchesIsCountedAsDropped() {
    try (PacketSocket listening = listen(PATIENT)) {
      listening.shrink();
      for (int i = 0; i < 1_000; i++) {
        send("one", ipv4From(FLOATING));
      }
      long dropped = listening.dropped();
      assertThat(dropped).isPositive();
      assertThat(listening.dropped()).as("it is not forgotten").isEqualTo(dropped);
    }
  }
}

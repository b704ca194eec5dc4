package io.sluice.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.sluice.model.IpAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.ByteBuffer;

/** Puts announcements on the wire through a packet socket (packet(7)). Not thread-safe. */
final class Announcer implements AutoCloseable {

  /** struct sockaddr_ll: family, protocol, interface, hardware type, packet type, address. */
  private static final StructLayout ADDRESS =
      MemoryLayout.structLayout(
          JAVA_SHORT.withName("family"),
          JAVA_SHORT.withName("protocol"),
          JAVA_INT.withName("interface"),
          JAVA_SHORT.withName("hardwareType"),
          JAVA_BYTE.withName("packetType"),
          JAVA_BYTE.withName("addressLength"),
          MemoryLayout.sequenceLayout(8, JAVA_BYTE).withName("address"));

  private static final byte[] BROADCAST = {-1, -1, -1, -1, -1, -1};

  /** The Ethernet group of ff02::1, all nodes of the segment (RFC 2464 section 7). */
  private static final byte[] ALL_NODES_GROUP = {0x33, 0x33, 0, 0, 0, 1};

  private static final IpAddress ALL_NODES = IpAddress.parse("ff02::1");
  private static final short ETHERTYPE_ARP = 0x0806;
  private static final short ETHERTYPE_IPV6 = (short) 0x86DD;
  private static final int ICMPV6 = 58;
  private static final int NEIGHBOUR_ADVERTISEMENT = 136;
  private static final int ROUTER_AND_OVERRIDE = 0xA000_0000;

  private final int fd;

  Announcer() {
    // Protocol 0: this socket receives nothing.
    fd = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW, 0);
  }

  /** Sends one announcement of the address from the interface. */
  void announce(Links.Link nic, IpAddress address) {
    byte[] frame = frame(nic.macBytes(), address);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment to = arena.allocate(ADDRESS);
      to.set(JAVA_SHORT, 0, (short) Libc.AF_PACKET);
      to.set(JAVA_INT, 4, nic.index());
      Libc.sendto(fd, arena.allocateFrom(JAVA_BYTE, frame), to);
    }
  }

  static byte[] frame(byte[] mac, IpAddress address) {
    return switch (address.family()) {
      case IPV4 -> gratuitousArp(mac, address);
      case IPV6 -> unsolicitedAdvertisement(mac, address);
    };
  }

  /**
   * The request form of RFC 5227 section 3: sender and target are the address. Linux takes it also
   * within a second of its last update of the entry, when it ignores the reply form.
   */
  private static byte[] gratuitousArp(byte[] mac, IpAddress address) {
    return ByteBuffer.allocate(42)
        .put(BROADCAST)
        .put(mac)
        .putShort(ETHERTYPE_ARP)
        .putShort((short) 1)
        .putShort((short) 0x0800)
        .put((byte) 6)
        .put((byte) 4)
        .putShort((short) 1)
        .put(mac)
        .put(address.toBytes())
        .put(new byte[6])
        .put(address.toBytes())
        .array();
  }

  /**
   * RFC 4861 section 7.2.6, with the router flag: the node forwards, and a host that used it as
   * router would give it up without.
   */
  private static byte[] unsolicitedAdvertisement(byte[] mac, IpAddress address) {
    ByteBuffer body =
        ByteBuffer.allocate(32)
            .put((byte) NEIGHBOUR_ADVERTISEMENT)
            .put((byte) 0)
            .putShort((short) 0)
            .putInt(ROUTER_AND_OVERRIDE)
            .put(address.toBytes())
            .put((byte) 2)
            .put((byte) 1)
            .put(mac);
    body.putShort(2, checksum(address, body.array()));
    return ByteBuffer.allocate(86)
        .put(ALL_NODES_GROUP)
        .put(mac)
        .putShort(ETHERTYPE_IPV6)
        .putInt(6 << 28)
        .putShort((short) body.capacity())
        .put((byte) ICMPV6)
        .put((byte) 255)
        .put(address.toBytes())
        .put(ALL_NODES.toBytes())
        .put(body.array())
        .array();
  }

  /** The Internet checksum over the pseudo header and the body (RFC 8200 section 8.1). */
  private static short checksum(IpAddress source, byte[] body) {
    ByteBuffer whole =
        ByteBuffer.allocate(40 + body.length)
            .put(source.toBytes())
            .put(ALL_NODES.toBytes())
            .putInt(body.length)
            .putInt(ICMPV6)
            .put(body)
            .flip();
    int sum = 0;
    while (whole.hasRemaining()) {
      sum += Short.toUnsignedInt(whole.getShort());
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xFFFF) + (sum >>> 16);
    }
    return (short) ~sum;
  }

  @Override
  public void close() {
    Libc.close(fd);
  }
}

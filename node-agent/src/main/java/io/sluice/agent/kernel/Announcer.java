package io.sluice.agent.kernel;

import io.sluice.agent.core.ArpPacket;
import io.sluice.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Puts announcements on the wire through a packet socket (packet(7)). Not thread-safe. */
final class Announcer implements AutoCloseable {

  /** The Ethernet group of ff02::1, all nodes of the segment (RFC 2464 section 7). */
  private static final byte[] ALL_NODES_GROUP = {0x33, 0x33, 0, 0, 0, 1};

  private static final HexFormat MAC = HexFormat.ofDelimiter(":");
  private static final IpAddress ALL_NODES = IpAddress.parse("ff02::1");
  private static final short ETHERTYPE_IPV6 = (short) 0x86DD;
  private static final int ICMPV6 = 58;
  private static final int NEIGHBOUR_ADVERTISEMENT = 136;
  private static final int ROUTER_AND_OVERRIDE = 0xA000_0000;

  private final PacketSocket socket = PacketSocket.forSending();

  /** Sends one announcement of the address from the interface. */
  void announce(Links.Link nic, IpAddress address) {
    socket.send(nic.index(), frame(nic.macAddress(), address));
  }

  static byte[] frame(String mac, IpAddress address) {
    return switch (address.family()) {
      case IPV4 -> ArpPacket.announcement(mac, address).broadcastFrame();
      case IPV6 -> unsolicitedAdvertisement(MAC.parseHex(mac), address);
    };
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
    socket.close();
  }
}

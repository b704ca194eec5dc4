package io.sluice.agent.kernel;

import io.sluice.agent.core.ArpPacket;
import io.sluice.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts announcements and questions on the wire (packet(7)). Not thread-safe. */
final class Announcer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Announcer.class);

  /** The Ethernet group of ff02::1, all nodes of the segment (RFC 2464 section 7). */
  private static final byte[] ALL_NODES_GROUP = {0x33, 0x33, 0, 0, 0, 1};

  private static final HexFormat MAC = HexFormat.ofDelimiter(":");

  /** The sender of a probe (RFC 5227 section 2.1.1). */
  private static final IpAddress NOBODY = IpAddress.parse("0.0.0.0");

  private static final IpAddress ALL_NODES = IpAddress.parse("ff02::1");
  private static final short ETHERTYPE_IPV6 = (short) 0x86DD;
  private static final int ICMPV6 = 58;
  private static final int NEIGHBOUR_SOLICITATION = 135;
  private static final int NEIGHBOUR_ADVERTISEMENT = 136;
  private static final int ROUTER_AND_OVERRIDE = 0xA000_0000;

  private final PacketSocket socket = PacketSocket.forSending();

  /** Sends one announcement of the address from the interface. */
  void announce(Links.Link nic, IpAddress address) {
    send(nic, frame(nic.macAddress(), address), address);
  }

  /** Sends one question from the interface whether another machine has the address. */
  void ask(Links.Link nic, IpAddress address) {
    send(nic, question(nic.macAddress(), address), address);
  }

  /**
   * What the fence drops, and counts, comes back as ENOBUFS, as does what a full queue of the
   * interface drops. Neither is an error: who may not speak for an address now will repeat it.
   */
  private void send(Links.Link nic, byte[] frame, IpAddress address) {
    try {
      socket.send(nic.index(), frame);
    } catch (KernelException e) {
      if (e.errno() != Errno.ENOBUFS) {
        throw e;
      }
      log.debug(
          "dropped at {}, as by a fence that is shut: what was said about {}", nic.name(), address);
    }
  }

  static byte[] question(String mac, IpAddress address) {
    return switch (address.family()) {
      case IPV4 -> ArpPacket.request(mac, NOBODY, address).broadcastFrame();
      case IPV6 -> duplicateAddressQuestion(MAC.parseHex(mac), address);
    };
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
    return icmpv6(mac, ALL_NODES_GROUP, address.toBytes(), ALL_NODES.toBytes(), body);
  }

  /** RFC 4862 section 5.4.2: from nobody, to the group of those whose address ends alike. */
  private static byte[] duplicateAddressQuestion(byte[] mac, IpAddress address) {
    byte[] target = address.toBytes();
    byte[] group = IpAddress.parse("ff02::1:ff00:0").toBytes();
    System.arraycopy(target, 13, group, 13, 3);
    byte[] groupMac = {0x33, 0x33, group[12], group[13], group[14], group[15]};
    ByteBuffer body =
        ByteBuffer.allocate(24).put((byte) NEIGHBOUR_SOLICITATION).position(8).put(target);
    return icmpv6(mac, groupMac, new byte[16], group, body);
  }

  private static byte[] icmpv6(
      byte[] mac, byte[] toMac, byte[] source, byte[] destination, ByteBuffer body) {
    body.putShort(2, checksum(source, destination, body.array()));
    return ByteBuffer.allocate(54 + body.capacity())
        .put(toMac)
        .put(mac)
        .putShort(ETHERTYPE_IPV6)
        .putInt(6 << 28)
        .putShort((short) body.capacity())
        .put((byte) ICMPV6)
        .put((byte) 255)
        .put(source)
        .put(destination)
        .put(body.array())
        .array();
  }

  /** The Internet checksum over the pseudo header and the body (RFC 8200 section 8.1). */
  private static short checksum(byte[] source, byte[] destination, byte[] body) {
    ByteBuffer whole =
        ByteBuffer.allocate(40 + body.length)
            .put(source)
            .put(destination)
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

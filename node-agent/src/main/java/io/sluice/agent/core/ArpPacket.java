package io.sluice.agent.core;

import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;

/**
 * An ARP packet about IPv4 on Ethernet (RFC 826).
 *
 * @param operation {@link #REQUEST} or {@link #REPLY}
 * @param senderMac octets in hexadecimal with colons
 * @param senderIp who the sender says it is; 0.0.0.0 in a probe (RFC 5227)
 * @param targetIp who is asked for, or answered
 */
public record ArpPacket(int operation, String senderMac, IpAddress senderIp, IpAddress targetIp) {

  public static final int REQUEST = 1;
  public static final int REPLY = 2;

  /** In the type field of an Ethernet frame. */
  public static final int ETHERTYPE = 0x0806;

  private static final int FRAME_BYTES = 42;
  private static final int ETHERNET_BYTES = 14;
  private static final int HARDWARE_ETHERNET = 1;
  private static final int PROTOCOL_IPV4 = 0x0800;
  private static final int MAC_BYTES = 6;
  private static final int IP_BYTES = 4;
  private static final byte[] BROADCAST = {-1, -1, -1, -1, -1, -1};
  private static final HexFormat MAC = HexFormat.ofDelimiter(":");

  public ArpPacket {
    if (senderIp.family() != IpFamily.IPV4 || targetIp.family() != IpFamily.IPV4) {
      throw new IllegalArgumentException("ARP is about IPv4 only");
    }
    if (MAC.parseHex(senderMac).length != MAC_BYTES) {
      throw new IllegalArgumentException("a MAC address has 6 octets, not " + senderMac);
    }
  }

  /** A question to everybody: who has the target? */
  public static ArpPacket request(String senderMac, IpAddress senderIp, IpAddress targetIp) {
    return new ArpPacket(REQUEST, senderMac, senderIp, targetIp);
  }

  /**
   * The request form of an announcement (RFC 5227 section 3): sender and target are the address.
   * Linux takes it also within a second of its last update of the entry, when it ignores the reply
   * form.
   */
  public static ArpPacket announcement(String senderMac, IpAddress address) {
    return new ArpPacket(REQUEST, senderMac, address, address);
  }

  /** Whether it says on its own account that the sender has the address. */
  public boolean isAnnouncement() {
    return senderIp.equals(targetIp);
  }

  /** As an Ethernet frame to everybody on the segment. */
  public byte[] broadcastFrame() {
    byte[] mac = MAC.parseHex(senderMac);
    return ByteBuffer.allocate(FRAME_BYTES)
        .put(BROADCAST)
        .put(mac)
        .putShort((short) ETHERTYPE)
        .putShort((short) HARDWARE_ETHERNET)
        .putShort((short) PROTOCOL_IPV4)
        .put((byte) MAC_BYTES)
        .put((byte) IP_BYTES)
        .putShort((short) operation)
        .put(mac)
        .put(senderIp.toBytes())
        .put(new byte[MAC_BYTES])
        .put(targetIp.toBytes())
        .array();
  }

  /**
   * Reads an Ethernet frame.
   *
   * @return empty if it is too short, or not ARP about IPv4 on Ethernet
   */
  public static Optional<ArpPacket> parse(byte[] frame) {
    if (frame.length < FRAME_BYTES) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(frame).position(ETHERNET_BYTES - Short.BYTES);
    if (bytes.getShort() != ETHERTYPE
        || bytes.getShort() != HARDWARE_ETHERNET
        || bytes.getShort() != PROTOCOL_IPV4
        || bytes.get() != MAC_BYTES
        || bytes.get() != IP_BYTES) {
      return Optional.empty();
    }
    int operation = Short.toUnsignedInt(bytes.getShort());
    String senderMac = MAC.formatHex(take(bytes, MAC_BYTES));
    IpAddress senderIp = IpAddress.ofBytes(take(bytes, IP_BYTES));
    take(bytes, MAC_BYTES);
    IpAddress targetIp = IpAddress.ofBytes(take(bytes, IP_BYTES));
    return Optional.of(new ArpPacket(operation, senderMac, senderIp, targetIp));
  }

  private static byte[] take(ByteBuffer bytes, int count) {
    byte[] taken = new byte[count];
    bytes.get(taken);
    return taken;
  }
}

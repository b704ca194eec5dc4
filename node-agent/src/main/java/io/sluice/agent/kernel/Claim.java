package io.sluice.agent.kernel;

import io.sluice.agent.core.ArpPacket;
import io.sluice.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What a frame says about who has an address: ARP with it as sender (RFC 5227 section 2.4), a
 * neighbour advertisement for it (RFC 4861 section 4.4), or a solicitation from it (section 4.3).
 *
 * @param macAddress octets in hexadecimal with colons
 */
record Claim(IpAddress address, String macAddress) {

  private static final HexFormat MAC = HexFormat.ofDelimiter(":");
  private static final int ETHERNET_BYTES = 14;
  private static final int ETHERTYPE_AT = 12;
  private static final int ETHERTYPE_IPV6 = 0x86DD;
  private static final IpAddress NOBODY = IpAddress.parse("0.0.0.0");

  static final int IPV6_NEXT_HEADER_AT = ETHERNET_BYTES + 6;
  private static final int IPV6_HOP_LIMIT_AT = ETHERNET_BYTES + 7;
  private static final byte NOT_FORWARDED = (byte) 255;
  private static final int IPV6_SOURCE_AT = ETHERNET_BYTES + 8;
  static final int ICMPV6_TYPE_AT = ETHERNET_BYTES + 40;
  private static final int TARGET_AT = ICMPV6_TYPE_AT + 8;
  private static final int OPTIONS_AT = TARGET_AT + 16;
  static final int ICMPV6 = 58;
  static final int NEIGHBOUR_SOLICITATION = 135;
  static final int NEIGHBOUR_ADVERTISEMENT = 136;
  private static final int SOURCE_LINK_ADDRESS = 1;
  private static final int TARGET_LINK_ADDRESS = 2;

  /** Reads an Ethernet frame; empty if it claims nothing, or is cut short. */
  static Optional<Claim> read(byte[] frame) {
    if (frame.length < ETHERNET_BYTES) {
      return Optional.empty();
    }
    ByteBuffer fields = ByteBuffer.wrap(frame);
    return switch (Short.toUnsignedInt(fields.getShort(ETHERTYPE_AT))) {
      case ArpPacket.ETHERTYPE -> arp(frame);
      case ETHERTYPE_IPV6 -> neighbour(fields);
      default -> Optional.empty();
    };
  }

  /** Sender 0.0.0.0 is a question (RFC 5227 section 2.1.1). */
  private static Optional<Claim> arp(byte[] frame) {
    return ArpPacket.parse(frame)
        .filter(packet -> !packet.senderIp().equals(NOBODY))
        .map(packet -> new Claim(packet.senderIp(), packet.senderMac()));
  }

  /** From the unspecified address it is a question (RFC 4862 section 5.4.2). */
  private static Optional<Claim> neighbour(ByteBuffer frame) {
    if (frame.limit() < OPTIONS_AT
        || frame.get(IPV6_NEXT_HEADER_AT) != ICMPV6
        || frame.get(IPV6_HOP_LIMIT_AT) != NOT_FORWARDED) {
      return Optional.empty();
    }
    int type = Byte.toUnsignedInt(frame.get(ICMPV6_TYPE_AT));
    if (type == NEIGHBOUR_ADVERTISEMENT) {
      return Optional.of(
          claim(bytes(frame, TARGET_AT, 16), linkAddress(frame, TARGET_LINK_ADDRESS)));
    }
    byte[] source = bytes(frame, IPV6_SOURCE_AT, 16);
    return type == NEIGHBOUR_SOLICITATION && !isZero(source)
        ? Optional.of(claim(source, linkAddress(frame, SOURCE_LINK_ADDRESS)))
        : Optional.empty();
  }

  /** The option of this type; a frame without one speaks for the machine that sent it. */
  private static byte[] linkAddress(ByteBuffer frame, int type) {
    int at = OPTIONS_AT;
    while (at + 8 <= frame.limit()) {
      int length = 8 * Byte.toUnsignedInt(frame.get(at + 1));
      if (length == 0) {
        break;
      }
      if (frame.get(at) == type) {
        return bytes(frame, at + 2, 6);
      }
      at += length;
    }
    return bytes(frame, 6, 6);
  }

  private static Claim claim(byte[] address, byte[] mac) {
    return new Claim(IpAddress.ofBytes(address), MAC.formatHex(mac));
  }

  private static byte[] bytes(ByteBuffer frame, int at, int length) {
    byte[] bytes = new byte[length];
    frame.get(at, bytes);
    return bytes;
  }

  private static boolean isZero(byte[] bytes) {
    for (byte one : bytes) {
      if (one != 0) {
        return false;
      }
    }
    return true;
  }
}

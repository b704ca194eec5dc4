package io.sluice.cli.chaos.core;

import io.sluice.agent.core.ArpPacket;
import io.sluice.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A sign on the wire that a node has an address.
 *
 * @param atNanos when the frame passed, since the epoch
 * @param node whose cable it came from
 */
public record Sighting(long atNanos, String node, IpAddress address, Kind kind) {

  private static final int ETHERTYPE_AT = 12;
  private static final int ETHERTYPE_IPV4 = 0x0800;
  private static final int IPV4_SOURCE_AT = 26;
  private static final int IPV4_HEADER_END = 34;

  /** What the node did with the address. */
  public enum Kind {
    /** It answered an ARP request. */
    ARP_REPLY,
    /** It sent an ARP request in the address's name: an announcement, or a question of its own. */
    ARP_REQUEST,
    /** It sent an IPv4 packet from the address. */
    PACKET
  }

  /** Reads an Ethernet frame; empty for one that claims no IPv4 address. */
  public static Optional<Sighting> of(long atNanos, String node, byte[] frame) {
    if (frame.length < IPV4_HEADER_END) {
      return Optional.empty();
    }
    if (Short.toUnsignedInt(ByteBuffer.wrap(frame).getShort(ETHERTYPE_AT)) == ETHERTYPE_IPV4) {
      byte[] source = Arrays.copyOfRange(frame, IPV4_SOURCE_AT, IPV4_SOURCE_AT + Integer.BYTES);
      return Optional.of(new Sighting(atNanos, node, IpAddress.ofBytes(source), Kind.PACKET));
    }
    return ArpPacket.parse(frame)
        .map(arp ->
            new Sighting(
                atNanos,
                node,
                arp.senderIp(),
                arp.operation() == ArpPacket.REPLY ? Kind.ARP_REPLY : Kind.ARP_REQUEST));
  }
}

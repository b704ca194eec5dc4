package io.sluice.agent.kernel;

import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.util.HexFormat;

/**
 * Messages about neighbour entries and the parameters of neighbour tables (rtnetlink(7), struct
 * ndmsg and struct ndtmsg, linux/neighbour.h).
 */
final class Neighbours {

  private static final int RTM_NEWNEIGH = 28;
  private static final int RTM_DELNEIGH = 29;
  private static final int RTM_SETNEIGHTBL = 67;

  private static final int NDA_DST = 1;
  private static final int NDA_LLADDR = 2;
  private static final int NUD_PERMANENT = 0x80;

  private static final int NDTA_NAME = 1;
  private static final int NDTA_PARMS = 6;
  private static final int NDTPA_IFINDEX = 1;
  private static final int NDTPA_APP_PROBES = 9;
  private static final int NDTPA_UCAST_PROBES = 10;
  private static final int NDTPA_MCAST_PROBES = 11;
  private static final int NDTPA_QUEUE_LENBYTES = 16;

  private static final HexFormat MAC = HexFormat.ofDelimiter(":");

  private Neighbours() {}

  /** {@code ip neigh replace A lladdr MAC dev D nud permanent}: what waits for it is sent. */
  static NetlinkRequest set(int interfaceIndex, IpAddress address, String macAddress) {
    return new NetlinkRequest(
        fixed(
                RTM_NEWNEIGH,
                MessageBuilder.NLM_F_CREATE | MessageBuilder.NLM_F_REPLACE,
                address,
                interfaceIndex,
                NUD_PERMANENT)
            .attribute(NDA_LLADDR, MAC.parseHex(macAddress))
            .build(),
        "ip neigh replace %s lladdr %s dev %d".formatted(address, macAddress, interfaceIndex));
  }

  /** {@code ip neigh del A dev D}. */
  static NetlinkRequest remove(int interfaceIndex, IpAddress address) {
    return new NetlinkRequest(
        fixed(RTM_DELNEIGH, 0, address, interfaceIndex, 0).build(),
        "ip neigh del %s dev %d".formatted(address, interfaceIndex));
  }

  private static MessageBuilder fixed(
      int type, int flags, IpAddress address, int interfaceIndex, int state) {
    return new MessageBuilder(type, MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_ACK | flags)
        .u8(Ownership.familyNumber(address))
        .u8(0)
        .u16(0)
        .u32(interfaceIndex)
        .u16(state)
        .u8(0)
        .u8(0)
        .attribute(NDA_DST, address);
  }

  /**
   * {@code ip ntable change name arp_cache dev D app_probes N mcast_probes 0 …}: nobody is asked on
   * this interface, and what waits for a neighbour does so for N seconds (the interval of
   * retransmissions is 1 s), unless it is too much.
   *
   * @param queueBytes how much may wait for one neighbour, counted as the kernel does: with the
   *     memory around each packet
   */
  static NetlinkRequest waitWithoutAsking(
      int interfaceIndex, IpFamily family, int seconds, int queueBytes) {
    String table =
        switch (family) {
          case IPV4 -> "arp_cache";
          case IPV6 -> "ndisc_cache";
        };
    MessageBuilder message =
        new MessageBuilder(RTM_SETNEIGHTBL, MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_ACK)
            .u8(Ownership.familyNumber(family))
            .u8(0)
            .u16(0)
            .attribute(NDTA_NAME, table);
    message.nest(
        NDTA_PARMS,
        parameters ->
            parameters
                .attributeU32(NDTPA_IFINDEX, interfaceIndex)
                .attributeU32(NDTPA_APP_PROBES, seconds)
                .attributeU32(NDTPA_UCAST_PROBES, 0)
                .attributeU32(NDTPA_MCAST_PROBES, 0)
                .attributeU32(NDTPA_QUEUE_LENBYTES, queueBytes));
    return new NetlinkRequest(
        message.build(),
        "ip ntable change name %s dev %d app_probes %d mcast_probes 0 ucast_probes 0"
            .formatted(table, interfaceIndex, seconds));
  }
}

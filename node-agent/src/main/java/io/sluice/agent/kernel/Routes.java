package io.sluice.agent.kernel;

import io.sluice.agent.core.NextHop;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Messages about routes (rtnetlink(7), struct rtmsg; lightweight tunnels: linux/lwtunnel.h). */
final class Routes {

  static final int RTM_NEWROUTE = 24;
  static final int RTM_DELROUTE = 25;
  private static final int RTM_GETROUTE = 26;

  private static final int FIXED_BYTES = 12;
  private static final int PREFIX_LENGTH_AT = 1;
  private static final int PROTOCOL_AT = 5;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int RTA_TABLE = 15;
  private static final int RTA_ENCAP_TYPE = 21;
  private static final int RTA_ENCAP = 22;
  private static final int RTN_UNICAST = 1;

  /** RT_SCOPE_NOWHERE, which matches any when a route is removed. */
  private static final int ANY_SCOPE = 255;

  private static final int RTNH_F_ONLINK = 4;

  private static final int LWTUNNEL_ENCAP_IP = 2;
  private static final int LWTUNNEL_ENCAP_IP6 = 4;
  private static final int LWTUNNEL_IP_ID = 1;
  private static final int LWTUNNEL_IP_DST = 2;
  private static final int LWTUNNEL_IP_FLAGS = 6;
  private static final int TUNNEL_CSUM = 1;

  /**
   * The default route of a routing table of ours.
   *
   * @param family of the packets, not of the next hop
   * @param interfaceIndex the NIC or the tunnel device
   */
  record DefaultRoute(IpFamily family, int table, NextHop nextHop, int interfaceIndex) {

    @Override
    public String toString() {
      String way =
          nextHop.direct()
              ? "via %s onlink".formatted(nextHop.node())
              : "encap ip dst %s".formatted(nextHop.node());
      return "default %s dev %d table %d proto 83 (%s)"
          .formatted(way, interfaceIndex, table, family);
    }
  }

  private Routes() {}

  /**
   * {@code ip route add default via NODE dev D onlink table T proto 83}, or {@code … default encap
   * ip id VNI dst NODE dev D table T proto 83} through the tunnel.
   */
  static NetlinkRequest add(DefaultRoute route, int tunnelId) {
    return change("add", MessageBuilder.NLM_F_EXCL, route, tunnelId);
  }

  /** {@code ip route replace …}. */
  static NetlinkRequest replace(DefaultRoute route, int tunnelId) {
    return change("replace", MessageBuilder.NLM_F_REPLACE, route, tunnelId);
  }

  private static NetlinkRequest change(
      String command, int commandFlag, DefaultRoute route, int tunnelId) {
    MessageBuilder message =
        fixed(
            RTM_NEWROUTE,
            MessageBuilder.NLM_F_REQUEST
                | MessageBuilder.NLM_F_ACK
                | MessageBuilder.NLM_F_CREATE
                | commandFlag,
            route.family(),
            route.nextHop().direct() ? RTNH_F_ONLINK : 0);
    message.attributeU32(RTA_TABLE, route.table()).attributeU32(RTA_OIF, route.interfaceIndex());
    IpAddress node = route.nextHop().node();
    if (route.nextHop().direct()) {
      message.attribute(RTA_GATEWAY, node);
    } else {
      message.attributeU16(RTA_ENCAP_TYPE, encapsulation(node.family()));
      message.nest(
          RTA_ENCAP,
          encap ->
              encap
                  .attributeU64BigEndian(LWTUNNEL_IP_ID, tunnelId)
                  .attribute(LWTUNNEL_IP_DST, node)
                  // UDP over IPv6 without a checksum would be dropped at the far end.
                  .attributeU16BigEndian(LWTUNNEL_IP_FLAGS, TUNNEL_CSUM));
    }
    return new NetlinkRequest(message.build(), "ip route %s %s".formatted(command, route));
  }

  /** {@code ip route del default table T proto 83}. */
  static NetlinkRequest remove(IpFamily family, int table) {
    return new NetlinkRequest(
        fixed(RTM_DELROUTE, MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_ACK, family, 0)
            .attributeU32(RTA_TABLE, table)
            .build(),
        "ip route del default table %d proto 83 (%s)".formatted(table, family));
  }

  private static int encapsulation(IpFamily outer) {
    return switch (outer) {
      case IPV4 -> LWTUNNEL_ENCAP_IP;
      case IPV6 -> LWTUNNEL_ENCAP_IP6;
    };
  }

  private static MessageBuilder fixed(int type, int flags, IpFamily family, int routeFlags) {
    return new MessageBuilder(type, flags)
        .u8(Ownership.familyNumber(family))
        .u8(0)
        .u8(0)
        .u8(0)
        .u8(0)
        .u8(Ownership.PROTOCOL)
        .u8(type == RTM_DELROUTE ? ANY_SCOPE : Addresses.SCOPE_UNIVERSE)
        .u8(type == RTM_NEWROUTE ? RTN_UNICAST : 0)
        .u32(routeFlags);
  }

  /** {@code ip route show default table all proto 83} of one family. */
  static List<DefaultRoute> listOurs(NetlinkSocket socket, IpFamily family) {
    NetlinkRequest request =
        new NetlinkRequest(
            fixed(RTM_GETROUTE, MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_DUMP, family, 0)
                .build(),
            "ip route show table all proto 83");
    return InterruptedDumpException.retry(() -> {
      List<DefaultRoute> routes = new ArrayList<>();
      socket.dump(
          request,
          received -> {
            if (isOurs(received) && received.u8(PREFIX_LENGTH_AT) == 0) {
              read(received, family).ifPresent(routes::add);
            }
          });
      return routes;
    });
  }

  /** Whether RTM_NEWROUTE or RTM_DELROUTE speaks of a route of ours. */
  static boolean isOurs(ReceivedMessage received) {
    return received.u8(PROTOCOL_AT) == Ownership.PROTOCOL;
  }

  private static Optional<DefaultRoute> read(ReceivedMessage received, IpFamily family) {
    Attributes attributes = received.attributes(FIXED_BYTES);
    Optional<NextHop> direct =
        attributes.address(RTA_GATEWAY).map(gateway -> new NextHop(true, gateway));
    Optional<NextHop> tunnelled =
        attributes.find(RTA_ENCAP, LWTUNNEL_IP_DST).map(node -> new NextHop(false, node.address()));
    return direct
        .or(() -> tunnelled)
        .map(nextHop ->
            new DefaultRoute(
                family,
                attributes.u32(RTA_TABLE).orElse(0),
                nextHop,
                attributes.u32(RTA_OIF).orElse(0)));
  }
}

package io.sluice.agent.kernel;

import java.util.HexFormat;
import java.util.Optional;

/** Messages about network interfaces (rtnetlink(7), struct ifinfomsg). */
final class Links {

  static final int RTM_NEWLINK = 16;
  static final int RTM_DELLINK = 17;
  private static final int RTM_GETLINK = 18;
  private static final int RTM_SETLINK = 19;

  private static final int FIXED_BYTES = 16;
  private static final int INDEX_AT = 4;
  private static final int FLAGS_AT = 8;
  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_IFALIAS = 20;
  private static final int IFLA_AF_SPEC = 26;
  private static final int IFLA_INFO_KIND = 1;
  private static final int IFLA_INFO_DATA = 2;
  private static final int IFLA_INET_CONF = 1;
  private static final int IFLA_INET6_CONF = 2;
  private static final int IFLA_INET6_ADDR_GEN_MODE = 8;
  private static final int ADDR_GEN_MODE_NONE = 1;

  private static final int VETH_INFO_PEER = 1;
  private static final int IFLA_VXLAN_LEARNING = 7;
  private static final int IFLA_VXLAN_PORT = 15;
  private static final int IFLA_VXLAN_COLLECT_METADATA = 25;
  private static final int IFLA_VXLAN_GPE = 27;

  /** Numbers of IPV4_DEVCONF_*; the kernel lists their values from 1 on. */
  private static final int DEVCONF_FORWARDING = 1;

  private static final int DEVCONF_SEND_REDIRECTS = 6;
  private static final int DEVCONF_RP_FILTER = 8;
  private static final int DEVCONF_ARP_ANNOUNCE = 18;
  private static final int RP_FILTER_LOOSE = 2;
  private static final int ARP_ANNOUNCE_BEST = 2;

  private static final int IFF_UP = 1;
  private static final int IFF_LOWER_UP = 1 << 16;

  /**
   * An interface as the kernel describes it.
   *
   * @param macAddress octets in hexadecimal with colons, empty if it has none
   * @param kind such as "vxlan", empty for hardware
   * @param udpPort the port of a VXLAN device, else 0
   * @param rpFilter the interface's own reverse path filter: 0 off, 1 strict, 2 loose
   * @param arpAnnounce which of the node's addresses its ARP requests carry: 0 any, 2 the best
   */
  record Link(
      int index,
      String name,
      String macAddress,
      int mtu,
      boolean up,
      boolean carrier,
      String kind,
      String alias,
      int udpPort,
      boolean forwardsIpv4,
      boolean forwardsIpv6,
      int rpFilter,
      int arpAnnounce) {

    /** Whether it asks by ARP with an address of the subnet, and not with that of the packet. */
    boolean asksWithOwnAddress() {
      return arpAnnounce >= ARP_ANNOUNCE_BEST;
    }
  }

  private static final HexFormat MAC = HexFormat.ofDelimiter(":");

  private Links() {}

  /** {@code ip -d link show dev NAME}. @throws KernelException with ENODEV if there is none */
  static Link get(NetlinkSocket socket, String name) {
    MessageBuilder message = fixed(RTM_GETLINK, MessageBuilder.NLM_F_REQUEST, 0, 0, 0);
    message.attribute(IFLA_IFNAME, name);
    return read(socket.query(new NetlinkRequest(message.build(), "ip -d link show dev " + name)));
  }

  static Optional<Link> find(NetlinkSocket socket, String name) {
    try {
      return Optional.of(get(socket, name));
    } catch (KernelException e) {
      if (e.errno() == Errno.ENODEV) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * {@code ip link add NAME alias sluice mtu M type vxlan external gpe nolearning dstport P}: a
   * tunnel of bare IP packets (VXLAN-GPE, no Ethernet inside), whose far end each route names.
   */
  static NetlinkRequest addTunnel(String name, int mtu, int udpPort) {
    MessageBuilder message =
        fixed(
            RTM_NEWLINK,
            MessageBuilder.NLM_F_REQUEST
                | MessageBuilder.NLM_F_ACK
                | MessageBuilder.NLM_F_CREATE
                | MessageBuilder.NLM_F_EXCL,
            0,
            0,
            0);
    message
        .attribute(IFLA_IFNAME, name)
        .attributeU32(IFLA_MTU, mtu)
        .attribute(IFLA_IFALIAS, Ownership.DEVICE_ALIAS);
    message.nest(
        IFLA_LINKINFO,
        info ->
            info.attribute(IFLA_INFO_KIND, "vxlan")
                .nest(
                    IFLA_INFO_DATA,
                    data ->
                        data.attribute(IFLA_VXLAN_COLLECT_METADATA, new byte[] {1})
                            .attribute(IFLA_VXLAN_GPE, new byte[0])
                            .attributeU8(IFLA_VXLAN_LEARNING, 0)
                            .attributeU16BigEndian(IFLA_VXLAN_PORT, udpPort)));
    return new NetlinkRequest(
        message.build(),
        "ip link add %s mtu %d type vxlan external gpe dstport %d".formatted(name, mtu, udpPort));
  }

  /** {@code ip link add NAME mtu M type veth peer name PEER mtu M}. */
  static NetlinkRequest addPair(String name, String peer, int mtu) {
    MessageBuilder message =
        fixed(
            RTM_NEWLINK,
            MessageBuilder.NLM_F_REQUEST
                | MessageBuilder.NLM_F_ACK
                | MessageBuilder.NLM_F_CREATE
                | MessageBuilder.NLM_F_EXCL,
            0,
            0,
            0);
    message.attribute(IFLA_IFNAME, name).attributeU32(IFLA_MTU, mtu);
    message.nest(
        IFLA_LINKINFO,
        info ->
            info.attribute(IFLA_INFO_KIND, "veth")
                .nest(
                    IFLA_INFO_DATA,
                    data ->
                        data.nest(
                            VETH_INFO_PEER,
                            other ->
                                interfaceInfo(other, 0, 0, 0)
                                    .attribute(IFLA_IFNAME, peer)
                                    .attributeU32(IFLA_MTU, mtu))));
    return new NetlinkRequest(
        message.build(), "ip link add %s mtu %d type veth peer name %s".formatted(name, mtu, peer));
  }

  /**
   * {@code ip link set NAME alias sluice mtu M}, with the settings of a device of ours that are
   * sysctls elsewhere: forwarding on, no redirects, reverse path filter loose, no IPv6 address of
   * its own.
   */
  static NetlinkRequest configureOwn(Link link, int mtu) {
    MessageBuilder message =
        fixed(
            RTM_SETLINK,
            MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_ACK,
            link.index(),
            0,
            0);
    message.attributeU32(IFLA_MTU, mtu).attribute(IFLA_IFALIAS, Ownership.DEVICE_ALIAS);
    message.nest(
        IFLA_AF_SPEC,
        families ->
            families
                .nest(
                    Libc.AF_INET,
                    inet ->
                        inet.nest(
                            IFLA_INET_CONF,
                            conf ->
                                conf.attributeU32(DEVCONF_FORWARDING, 1)
                                    .attributeU32(DEVCONF_SEND_REDIRECTS, 0)
                                    .attributeU32(DEVCONF_RP_FILTER, RP_FILTER_LOOSE)))
                .nest(
                    Libc.AF_INET6,
                    inet6 -> inet6.attributeU8(IFLA_INET6_ADDR_GEN_MODE, ADDR_GEN_MODE_NONE)));
    return new NetlinkRequest(message.build(), "ip link set %s mtu %d".formatted(link.name(), mtu));
  }

  /**
   * {@code sysctl net.ipv4.conf.NAME.arp_announce=2}: an ARP request for the next hop carries the
   * node's own address, not the floating IP of the packet that waits for the answer.
   */
  static NetlinkRequest askWithOwnAddress(Link link) {
    MessageBuilder message =
        fixed(
            RTM_SETLINK,
            MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_ACK,
            link.index(),
            0,
            0);
    message.nest(
        IFLA_AF_SPEC,
        families ->
            families.nest(
                Libc.AF_INET,
                inet ->
                    inet.nest(
                        IFLA_INET_CONF,
                        conf -> conf.attributeU32(DEVCONF_ARP_ANNOUNCE, ARP_ANNOUNCE_BEST))));
    return new NetlinkRequest(
        message.build(),
        "sysctl net.ipv4.conf.%s.arp_announce=%d".formatted(link.name(), ARP_ANNOUNCE_BEST));
  }

  /** {@code ip link set NAME up}. */
  static NetlinkRequest setUp(Link link) {
    return new NetlinkRequest(
        fixed(
                RTM_SETLINK,
                MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_ACK,
                link.index(),
                IFF_UP,
                IFF_UP)
            .build(),
        "ip link set %s up".formatted(link.name()));
  }

  /** {@code ip link del NAME}. */
  static NetlinkRequest remove(Link link) {
    return new NetlinkRequest(
        fixed(
                RTM_DELLINK,
                MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_ACK,
                link.index(),
                0,
                0)
            .build(),
        "ip link del " + link.name());
  }

  private static MessageBuilder fixed(int type, int flags, int index, int values, int change) {
    return interfaceInfo(new MessageBuilder(type, flags), index, values, change);
  }

  /** struct ifinfomsg. */
  private static MessageBuilder interfaceInfo(
      MessageBuilder message, int index, int values, int change) {
    return message.u8(0).u8(0).u16(0).u32(index).u32(values).u32(change);
  }

  /** Reads RTM_NEWLINK and RTM_DELLINK. */
  static Link read(ReceivedMessage received) {
    Attributes attributes = received.attributes(FIXED_BYTES);
    int flags = received.u32(FLAGS_AT);
    Optional<Attributes> ipv4 = attributes.find(IFLA_AF_SPEC, Libc.AF_INET, IFLA_INET_CONF);
    Optional<Attributes> ipv6 = attributes.find(IFLA_AF_SPEC, Libc.AF_INET6, IFLA_INET6_CONF);
    return new Link(
        received.u32(INDEX_AT),
        attributes.text(IFLA_IFNAME).orElse(""),
        attributes.find(IFLA_ADDRESS).map(Attributes::bytes).map(MAC::formatHex).orElse(""),
        attributes.u32(IFLA_MTU).orElse(0),
        (flags & IFF_UP) != 0,
        (flags & IFF_LOWER_UP) != 0,
        attributes.find(IFLA_LINKINFO, IFLA_INFO_KIND).map(Attributes::text).orElse(""),
        attributes.text(IFLA_IFALIAS).orElse(""),
        attributes
            .find(IFLA_LINKINFO, IFLA_INFO_DATA, IFLA_VXLAN_PORT)
            .map(Attributes::u16BigEndian)
            .orElse(0),
        ipv4.map(conf -> conf.u32At(DEVCONF_FORWARDING - 1)).orElse(0) != 0,
        ipv6.map(conf -> conf.u32At(0)).orElse(0) != 0,
        ipv4.map(conf -> conf.u32At(DEVCONF_RP_FILTER - 1)).orElse(0),
        ipv4.map(conf -> conf.u32At(DEVCONF_ARP_ANNOUNCE - 1)).orElse(0));
  }
}

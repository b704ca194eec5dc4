package io.sluice.agent.kernel;

import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Messages about interface addresses (rtnetlink(7), struct ifaddrmsg). */
final class Addresses {

  static final int RTM_NEWADDR = 20;
  static final int RTM_DELADDR = 21;
  private static final int RTM_GETADDR = 22;

  static final int SCOPE_UNIVERSE = 0;
  static final int SCOPE_LINK = 253;

  /** The fixed part: family, prefix length, flags, scope, interface. */
  private static final int FIXED_BYTES = 8;

  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_CACHEINFO = 6;
  private static final int IFA_FLAGS = 8;
  private static final int IFA_PROTO = 11;

  private static final int IFA_F_NODAD = 0x02;
  private static final int IFA_F_NOPREFIXROUTE = 0x200;
  private static final int FOREVER = -1;

  /**
   * An address as the kernel lists it.
   *
   * @param protocol who made it (IFA_PROTO), 0 if nobody said
   */
  record InKernel(int interfaceIndex, InterfaceAddress address, int protocol, int scope) {

    boolean isOurs() {
      return protocol == Ownership.PROTOCOL;
    }
  }

  private Addresses() {}

  /**
   * {@code ip addr add A/32 dev D proto 83}, and for IPv6 {@code A/128 … nodad noprefixroute
   * preferred_lft 0}: usable at once, and never chosen as the source of the node's own packets.
   */
  static NetlinkRequest add(int interfaceIndex, IpAddress address) {
    return add(interfaceIndex, address, SCOPE_UNIVERSE);
  }

  /** As {@link #add(int, IpAddress)} with {@code scope N}. */
  static NetlinkRequest add(int interfaceIndex, IpAddress address, int scope) {
    MessageBuilder message =
        message(
            RTM_NEWADDR,
            MessageBuilder.NLM_F_CREATE | MessageBuilder.NLM_F_EXCL,
            interfaceIndex,
            address,
            scope);
    message.attributeU8(IFA_PROTO, Ownership.PROTOCOL);
    switch (address.family()) {
      case IPV4 -> {}
      case IPV6 ->
          message
              .attributeU32(IFA_FLAGS, IFA_F_NODAD | IFA_F_NOPREFIXROUTE)
              .attribute(IFA_CACHEINFO, deprecatedForever());
    }
    return new NetlinkRequest(
        message.build(), "ip addr add %s dev %d proto 83".formatted(address, interfaceIndex));
  }

  /** {@code ip addr del A/32 dev D}. */
  static NetlinkRequest remove(int interfaceIndex, IpAddress address) {
    return new NetlinkRequest(
        message(RTM_DELADDR, 0, interfaceIndex, address, SCOPE_UNIVERSE).build(),
        "ip addr del %s dev %d".formatted(address, interfaceIndex));
  }

  private static MessageBuilder message(
      int type, int flags, int interfaceIndex, IpAddress address, int scope) {
    return new MessageBuilder(type, MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_ACK | flags)
        .u8(Ownership.familyNumber(address))
        .u8(address.family().bits())
        .u8(0)
        .u8(scope)
        .u32(interfaceIndex)
        .attribute(IFA_LOCAL, address)
        .attribute(IFA_ADDRESS, address);
  }

  /** struct ifa_cacheinfo: preferred for 0 s, valid for ever. */
  private static byte[] deprecatedForever() {
    return new MessageBuilder(0, 0).u32(0).u32(FOREVER).u32(0).u32(0).payload();
  }

  /** {@code ip addr show dev D}, all of both families. */
  static List<InKernel> list(NetlinkSocket socket, int interfaceIndex) {
    MessageBuilder message =
        new MessageBuilder(RTM_GETADDR, MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_DUMP);
    message.u8(0).u8(0).u8(0).u8(0).u32(interfaceIndex);
    NetlinkRequest request =
        new NetlinkRequest(message.build(), "ip addr show dev " + interfaceIndex);
    return InterruptedDumpException.retry(() -> {
      List<InKernel> addresses = new ArrayList<>();
      socket.dump(request, received -> read(received).ifPresent(addresses::add));
      return addresses;
    });
  }

  /** Reads RTM_NEWADDR and RTM_DELADDR; empty for families other than IP. */
  static Optional<InKernel> read(ReceivedMessage received) {
    int family = received.u8(0);
    if (family != Libc.AF_INET && family != Libc.AF_INET6) {
      return Optional.empty();
    }
    Attributes attributes = received.attributes(FIXED_BYTES);
    // IFA_ADDRESS is the far end of a point-to-point link; IFA_LOCAL, if there, is the near one.
    return attributes
        .address(IFA_LOCAL)
        .or(() -> attributes.address(IFA_ADDRESS))
        .map(address ->
            new InKernel(
                received.u32(4),
                new InterfaceAddress(address, received.u8(1)),
                attributes.find(IFA_PROTO).map(Attributes::u8).orElse(0),
                received.u8(3)));
  }
}

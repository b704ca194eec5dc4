package io.sluice.agent.kernel;

import io.sluice.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Messages of nfnetlink for connection tracking (linux/netfilter/nfnetlink_conntrack.h). */
final class Conntrack {

  private static final int SUBSYSTEM = 1 << 8;
  private static final int IPCTNL_MSG_CT_GET = SUBSYSTEM | 1;
  private static final int IPCTNL_MSG_CT_DELETE = SUBSYSTEM | 2;
  private static final int CTA_TUPLE_ORIG = 1;
  private static final int CTA_TUPLE_REPLY = 2;
  private static final int CTA_ID = 12;
  private static final int CTA_ZONE = 18;
  private static final int CTA_TUPLE_IP = 1;
  private static final int CTA_TUPLE_PROTO = 2;
  private static final int CTA_PROTO_NUM = 1;
  private static final int CTA_TUPLE_ZONE = 3;
  private static final int CTA_IP_V4_SRC = 1;
  private static final int CTA_IP_V4_DST = 2;
  private static final int CTA_IP_V6_SRC = 3;
  private static final int CTA_IP_V6_DST = 4;

  private static final int DEFAULT_ZONE = 0;
  private static final int IPPROTO_TCP = 6;

  private Conntrack() {}

  /** {@code conntrack -L}, without the entries of other zones than ours, which we do not see. */
  static void dump(NetlinkSocket socket, Consumer<Flow> consumer) {
    ByteBuffer message =
        new MessageBuilder(
                IPCTNL_MSG_CT_GET, MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_DUMP)
            .u8(0)
            .u8(0)
            .u16BigEndian(0)
            .build();
    socket.dump(
        new NetlinkRequest(message, "conntrack -L"),
        received -> read(received).ifPresent(consumer));
  }

  private static Optional<Flow> read(ReceivedMessage received) {
    Attributes attributes = received.attributes(NftMessages.FIXED_BYTES);
    Optional<Attributes> original = attributes.find(CTA_TUPLE_ORIG);
    Optional<Attributes> reply = attributes.find(CTA_TUPLE_REPLY);
    int zone = zone(original);
    boolean isForeign =
        attributes.find(CTA_ZONE).isPresent()
            || zone(reply) != DEFAULT_ZONE
            || (zone != DEFAULT_ZONE && zone != Ownership.ZONE);
    Optional<IpAddress> source = address(original, CTA_IP_V4_SRC, CTA_IP_V6_SRC);
    Optional<IpAddress> sentTo = address(original, CTA_IP_V4_DST, CTA_IP_V6_DST);
    Optional<IpAddress> destination = address(reply, CTA_IP_V4_SRC, CTA_IP_V6_SRC);
    Optional<IpAddress> repliesTo = address(reply, CTA_IP_V4_DST, CTA_IP_V6_DST);
    if (isForeign
        || source.isEmpty()
        || sentTo.isEmpty()
        || destination.isEmpty()
        || repliesTo.isEmpty()) {
      return Optional.empty();
    }
    Flow.Key key =
        new Flow.Key(
            received.u8(0),
            ByteBuffer.wrap(original.orElseThrow().bytes()),
            attributes.find(CTA_ID).map(Attributes::bytes).map(ByteBuffer::wrap));
    return Optional.of(
        new Flow(
            source.get(),
            sentTo.get(),
            destination.get(),
            repliesTo.get(),
            zone == Ownership.ZONE,
            original
                    .orElseThrow()
                    .find(CTA_TUPLE_PROTO, CTA_PROTO_NUM)
                    .map(Attributes::u8)
                    .orElse(0)
                == IPPROTO_TCP,
            key));
  }

  /** A zone that holds for one direction only is told with the tuple of that direction. */
  private static int zone(Optional<Attributes> tuple) {
    return tuple
        .flatMap(attributes -> attributes.find(CTA_TUPLE_ZONE))
        .map(Attributes::u16BigEndian)
        .orElse(DEFAULT_ZONE);
  }

  private static Optional<IpAddress> address(Optional<Attributes> tuple, int ipv4, int ipv6) {
    Optional<Attributes> addresses = tuple.flatMap(attributes -> attributes.find(CTA_TUPLE_IP));
    return addresses.flatMap(found -> found.address(ipv4).or(() -> found.address(ipv6)));
  }

  /** {@code conntrack -D} of these entries; those that are gone already do not matter. */
  static void delete(NetlinkSocket socket, List<Flow> flows) {
    socket.transact(flows.stream().map(Conntrack::delete).toList());
  }

  private static NetlinkRequest delete(Flow flow) {
    MessageBuilder message =
        new MessageBuilder(
                IPCTNL_MSG_CT_DELETE, MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_ACK)
            .u8(flow.key().family())
            .u8(0)
            .u16BigEndian(0)
            .attribute(CTA_TUPLE_ORIG | 0x8000, flow.key().originalTuple());
    flow.key().id().ifPresent(id -> message.attribute(CTA_ID, id));
    return new NetlinkRequest(
            message.build(),
            "conntrack -D -s %s -d %s".formatted(flow.source(), flow.destination()))
        .tolerating(Errno.ENOENT);
  }
}

package io.sluice.agent.kernel;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Messages of nfnetlink for nftables (linux/netfilter/nf_tables.h). */
final class NftMessages {

  private static final int NFNL_SUBSYS_NFTABLES = 10;
  private static final int SUBSYSTEM = NFNL_SUBSYS_NFTABLES << 8;
  private static final int NFNL_MSG_BATCH_BEGIN = 0x10;
  private static final int NFNL_MSG_BATCH_END = 0x11;

  /** Families of tables (linux/netfilter.h). */
  static final int NFPROTO_INET = 1;

  static final int NFPROTO_ARP = 3;
  static final int NFPROTO_NETDEV = 5;

  private static final Set<Integer> OUR_FAMILIES =
      Set.of(NFPROTO_INET, NFPROTO_ARP, NFPROTO_NETDEV);

  static final int NFT_MSG_NEWSETELEM = SUBSYSTEM | 12;
  static final int NFT_MSG_DELSETELEM = SUBSYSTEM | 14;
  private static final int NFT_MSG_GETSETELEM = SUBSYSTEM | 13;
  private static final int NFT_MSG_GETOBJ = SUBSYSTEM | 19;

  /** struct nfgenmsg: family, version, resource. */
  static final int FIXED_BYTES = 4;

  /** In every message but those of generations, attribute 1 names the table. */
  private static final int NFTA_TABLE = 1;

  private static final int NFTA_SET_ELEM_LIST_SET = 2;
  private static final int NFTA_SET_ELEM_LIST_ELEMENTS = 3;
  private static final int NFTA_LIST_ELEM = 1;
  private static final int NFTA_SET_ELEM_KEY = 1;
  private static final int NFTA_SET_ELEM_DATA = 2;
  private static final int NFTA_SET_ELEM_FLAGS = 3;
  private static final int NFTA_SET_ELEM_TIMEOUT = 4;
  private static final int NFTA_SET_ELEM_EXPIRATION = 5;
  private static final int NFTA_SET_ELEM_KEY_END = 10;
  private static final int NFT_SET_ELEM_INTERVAL_END = 1;
  private static final int NFTA_DATA_VALUE = 1;

  private static final int NFTA_OBJ_NAME = 2;
  private static final int NFTA_OBJ_TYPE = 3;
  private static final int NFTA_OBJ_DATA = 4;
  private static final int NFT_OBJECT_COUNTER = 1;
  private static final int NFTA_COUNTER_BYTES = 1;
  private static final int NFTA_COUNTER_PACKETS = 2;

  private NftMessages() {}

  static ByteBuffer batchBegin() {
    return fixed(NFNL_MSG_BATCH_BEGIN, MessageBuilder.NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES)
        .build();
  }

  static ByteBuffer batchEnd() {
    return fixed(NFNL_MSG_BATCH_END, MessageBuilder.NLM_F_REQUEST, 0, NFNL_SUBSYS_NFTABLES).build();
  }

  /** {@code nft add element inet sluice SET { … }} or {@code delete element}. */
  static ByteBuffer elements(int type, NftSet set, List<SetElement> elements, boolean acknowledge) {
    int flags =
        MessageBuilder.NLM_F_REQUEST
            | (type == NFT_MSG_NEWSETELEM ? MessageBuilder.NLM_F_CREATE : 0)
            | (acknowledge ? MessageBuilder.NLM_F_ACK : 0);
    MessageBuilder message =
        fixed(type, flags, family(set), 0)
            .attribute(NFTA_TABLE, Ownership.TABLE)
            .attribute(NFTA_SET_ELEM_LIST_SET, set.kernelName());
    // Without a list of elements, the message means all of them.
    if (!elements.isEmpty()) {
      message.nest(
          NFTA_SET_ELEM_LIST_ELEMENTS,
          list ->
              elements.forEach(
                  element -> list.nest(NFTA_LIST_ELEM, nested -> write(nested, element))));
    }
    return message.build();
  }

  private static void write(MessageBuilder message, SetElement element) {
    value(message, NFTA_SET_ELEM_KEY, element.key());
    element.lastKey().ifPresent(last -> value(message, NFTA_SET_ELEM_KEY_END, last));
    element.data().ifPresent(data -> value(message, NFTA_SET_ELEM_DATA, data));
    if (element.endsInterval()) {
      message.attributeU32BigEndian(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
    }
    if (element.timeoutMillis() > 0) {
      // Without the expiration, an element that is there would keep its old one.
      message.attributeU64BigEndian(NFTA_SET_ELEM_TIMEOUT, element.timeoutMillis());
      message.attributeU64BigEndian(NFTA_SET_ELEM_EXPIRATION, element.timeoutMillis());
    }
  }

  private static void value(MessageBuilder message, int type, ByteBuffer value) {
    message.nest(type, nested -> nested.attribute(NFTA_DATA_VALUE, value));
  }

  /**
   * {@code nft list set inet sluice SET}, element by element; nothing if there is no such table.
   */
  static void dump(NetlinkSocket socket, NftSet set, Consumer<SetElement> consumer) {
    ByteBuffer message =
        fixed(
                NFT_MSG_GETSETELEM,
                MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_DUMP,
                family(set),
                0)
            .attribute(NFTA_TABLE, Ownership.TABLE)
            .attribute(NFTA_SET_ELEM_LIST_SET, set.kernelName())
            .build();
    try {
      socket.dump(
          new NetlinkRequest(message, "nft list set inet sluice " + set.kernelName()),
          received ->
              received
                  .attributes(FIXED_BYTES)
                  .find(NFTA_SET_ELEM_LIST_ELEMENTS)
                  .ifPresent(list ->
                      list.each((_, element) -> consumer.accept(readElement(set, element)))));
    } catch (KernelException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  private static SetElement readElement(NftSet set, Attributes element) {
    int flags = element.find(NFTA_SET_ELEM_FLAGS).map(Attributes::u32BigEndian).orElse(0);
    return new SetElement(
        set,
        value(element, NFTA_SET_ELEM_KEY).orElseThrow(),
        value(element, NFTA_SET_ELEM_KEY_END),
        (flags & NFT_SET_ELEM_INTERVAL_END) != 0,
        value(element, NFTA_SET_ELEM_DATA),
        0);
  }

  private static Optional<ByteBuffer> value(Attributes element, int type) {
    return element.find(type, NFTA_DATA_VALUE).map(Attributes::bytes).map(ByteBuffer::wrap);
  }

  /** {@code nft list counters table FAMILY sluice}: packets by the counter's name. */
  static SortedMap<String, GuardCounter> counters(NetlinkSocket socket, int family) {
    ByteBuffer message =
        fixed(NFT_MSG_GETOBJ, MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_DUMP, family, 0)
            .attribute(NFTA_TABLE, Ownership.TABLE)
            .attributeU32BigEndian(NFTA_OBJ_TYPE, NFT_OBJECT_COUNTER)
            .build();
    return InterruptedDumpException.retry(() -> {
      SortedMap<String, GuardCounter> counters = new TreeMap<>();
      socket.dump(
          new NetlinkRequest(message, "nft list counters of family " + family),
          received -> readCounter(received.attributes(FIXED_BYTES), counters));
      return counters;
    });
  }

  private static void readCounter(Attributes object, SortedMap<String, GuardCounter> counters) {
    Attributes data = object.find(NFTA_OBJ_DATA).orElseThrow();
    counters.put(
        object.text(NFTA_OBJ_NAME).orElseThrow(),
        new GuardCounter(
            data.find(NFTA_COUNTER_PACKETS).orElseThrow().u64BigEndian(),
            data.find(NFTA_COUNTER_BYTES).orElseThrow().u64BigEndian()));
  }

  /** Whether a notification speaks of one of our tables, which all have the same name. */
  static boolean isOurs(ReceivedMessage received) {
    return OUR_FAMILIES.contains(received.u8(0))
        && received.attributes(FIXED_BYTES).text(NFTA_TABLE).equals(Optional.of(Ownership.TABLE));
  }

  private static int family(NftSet set) {
    if (set.content() == NftSet.Content.GUARDED_ARP) {
      return NFPROTO_ARP;
    }
    return set.content().isOfFence() ? NFPROTO_NETDEV : NFPROTO_INET;
  }

  private static MessageBuilder fixed(int type, int flags, int family, int resource) {
    return new MessageBuilder(type, flags).u8(family).u8(0).u16BigEndian(resource);
  }
}

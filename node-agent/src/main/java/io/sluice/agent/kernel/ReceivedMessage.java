package io.sluice.agent.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * A message from the kernel: struct nlmsghdr and what is behind it. Valid until the socket receives
 * the next one.
 *
 * @param port of the socket that asked for it or caused it, 0 for the kernel itself
 */
record ReceivedMessage(int type, int flags, int sequence, int port, ByteBuffer payload) {

  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int NLM_F_DUMP_INTR = 0x10;
  private static final int NLM_F_CAPPED = 0x100;
  private static final int NLM_F_ACK_TLVS = 0x200;
  private static final int NLMSGERR_ATTR_MSG = 1;

  /** Hands over the messages of one read. */
  static void split(ByteBuffer read, Consumer<ReceivedMessage> consumer) {
    int at = 0;
    while (at + MessageBuilder.HEADER_BYTES <= read.limit()) {
      int length = read.getInt(at);
      if (length < MessageBuilder.HEADER_BYTES || at + length > read.limit()) {
        throw new KernelException("a netlink message of " + length + " bytes overruns");
      }
      consumer.accept(
          new ReceivedMessage(
              Short.toUnsignedInt(read.getShort(at + 4)),
              Short.toUnsignedInt(read.getShort(at + 6)),
              read.getInt(at + 8),
              read.getInt(at + 12),
              read.slice(at + MessageBuilder.HEADER_BYTES, length - MessageBuilder.HEADER_BYTES)
                  .order(ByteOrder.nativeOrder())));
      at += (length + 3) & ~3;
    }
  }

  /** The attributes behind a fixed part of this many bytes. */
  Attributes attributes(int fixedBytes) {
    return new Attributes(payload, fixedBytes, payload.limit());
  }

  int u8(int at) {
    return Byte.toUnsignedInt(payload.get(at));
  }

  int u32(int at) {
    return payload.getInt(at);
  }

  /** Whether this is an error or an acknowledgement. */
  boolean isError() {
    return type == NLMSG_ERROR;
  }

  boolean endsDump() {
    return type == NLMSG_ERROR || type == NLMSG_DONE;
  }

  boolean ofInterruptedDump() {
    return (flags & NLM_F_DUMP_INTR) != 0;
  }

  /** The error number of an error or of the end of a dump, 0 for success. */
  int error() {
    return payload.limit() >= 4 ? -u32(0) : 0;
  }

  /** The kernel's words about an error (extended acknowledgement), empty if it had none. */
  String explanation() {
    if ((flags & NLM_F_ACK_TLVS) == 0) {
      return "";
    }
    int fixed = 4;
    if (type == NLMSG_ERROR) {
      // The message it answers follows, or only its header.
      fixed += (flags & NLM_F_CAPPED) != 0 ? MessageBuilder.HEADER_BYTES : (u32(4) + 3) & ~3;
    }
    return attributes(fixed).text(NLMSGERR_ATTR_MSG).orElse("");
  }
}

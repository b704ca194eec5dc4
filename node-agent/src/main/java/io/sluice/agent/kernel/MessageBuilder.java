package io.sluice.agent.kernel;

import io.sluice.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** Writes one netlink message: struct nlmsghdr, a fixed part, and attributes (netlink(7)). */
final class MessageBuilder {

  static final int HEADER_BYTES = 16;

  static final int NLM_F_REQUEST = 0x1;
  static final int NLM_F_ACK = 0x4;
  static final int NLM_F_REPLACE = 0x100;
  static final int NLM_F_EXCL = 0x200;
  static final int NLM_F_CREATE = 0x400;
  static final int NLM_F_APPEND = 0x800;
  static final int NLM_F_DUMP = 0x300;

  private static final int NLA_F_NESTED = 0x8000;
  private static final int ATTRIBUTE_HEADER_BYTES = 4;

  private ByteBuffer buffer = ByteBuffer.allocate(192).order(ByteOrder.nativeOrder());

  MessageBuilder(int type, int flags) {
    buffer.putInt(0).putShort((short) type).putShort((short) flags).putInt(0).putInt(0);
  }

  MessageBuilder u8(int value) {
    room(1).put((byte) value);
    return this;
  }

  MessageBuilder u32(int value) {
    room(4).putInt(value);
    return this;
  }

  MessageBuilder u16BigEndian(int value) {
    room(2).put((byte) (value >>> 8)).put((byte) value);
    return this;
  }

  MessageBuilder u16(int value) {
    room(2).putShort((short) value);
    return this;
  }

  MessageBuilder attribute(int type, byte[] value) {
    room(ATTRIBUTE_HEADER_BYTES + aligned(value.length))
        .putShort((short) (ATTRIBUTE_HEADER_BYTES + value.length))
        .putShort((short) type)
        .put(value);
    return pad();
  }

  MessageBuilder attribute(int type, ByteBuffer value) {
    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    return attribute(type, bytes);
  }

  MessageBuilder attribute(int type, IpAddress value) {
    return attribute(type, value.toBytes());
  }

  MessageBuilder attributeU8(int type, int value) {
    return attribute(type, new byte[] {(byte) value});
  }

  MessageBuilder attributeU16(int type, int value) {
    return attribute(type, ordered(2).putShort((short) value).array());
  }

  MessageBuilder attributeU32(int type, int value) {
    return attribute(type, ordered(4).putInt(value).array());
  }

  MessageBuilder attributeU16BigEndian(int type, int value) {
    return attribute(type, ByteBuffer.allocate(2).putShort((short) value).array());
  }

  MessageBuilder attributeU32BigEndian(int type, int value) {
    return attribute(type, ByteBuffer.allocate(4).putInt(value).array());
  }

  MessageBuilder attributeU64BigEndian(int type, long value) {
    return attribute(type, ByteBuffer.allocate(8).putLong(value).array());
  }

  /** Text with the terminating zero. */
  MessageBuilder attribute(int type, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return attribute(type, Arrays.copyOf(bytes, bytes.length + 1));
  }

  MessageBuilder nest(int type, Consumer<MessageBuilder> attributes) {
    int start = buffer.position();
    room(ATTRIBUTE_HEADER_BYTES).putShort((short) 0).putShort((short) (type | NLA_F_NESTED));
    attributes.accept(this);
    int length = buffer.position() - start;
    if (length > 0xFFFF) {
      throw new IllegalStateException("an attribute of " + length + " bytes does not fit netlink");
    }
    buffer.putShort(start, (short) length);
    return this;
  }

  ByteBuffer build() {
    buffer.putInt(0, buffer.position());
    return buffer.flip();
  }

  /** What has been written behind the header. */
  byte[] payload() {
    return Arrays.copyOfRange(buffer.array(), HEADER_BYTES, buffer.position());
  }

  private MessageBuilder pad() {
    while (buffer.position() % 4 != 0) {
      buffer.put((byte) 0);
    }
    return this;
  }

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      int capacity = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
      ByteBuffer larger = ByteBuffer.allocate(capacity).order(ByteOrder.nativeOrder());
      larger.put(buffer.flip());
      buffer = larger;
    }
    return buffer;
  }

  private static ByteBuffer ordered(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }

  private static int aligned(int length) {
    return (length + 3) & ~3;
  }
}

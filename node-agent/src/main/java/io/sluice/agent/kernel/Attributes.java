package io.sluice.agent.kernel;

import io.sluice.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The attributes of a received message, or the value of one of them, read in place: valid until the
 * next message is received. Attributes are few, so looking one up walks them.
 */
final class Attributes {

  private static final int HEADER_BYTES = 4;
  private static final int TYPE_MASK = 0x3FFF;
  private static final boolean SWAPPED = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  /** Receives one attribute. */
  interface Visitor {
    void visit(int type, Attributes value);
  }

  private final ByteBuffer bytes;
  private final int start;
  private final int end;

  /** The bytes of the buffer, which is in native order, from start to before end. */
  Attributes(ByteBuffer bytes, int start, int end) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** Visits every attribute in this run of attributes. */
  void each(Visitor visitor) {
    for (int at = start; at + HEADER_BYTES <= end; at = next(at)) {
      visitor.visit(typeAt(at), valueAt(at));
    }
  }

  /** The first attribute of the type. */
  Optional<Attributes> find(int type) {
    for (int at = start; at + HEADER_BYTES <= end; at = next(at)) {
      if (typeAt(at) == type) {
        return Optional.of(valueAt(at));
      }
    }
    return Optional.empty();
  }

  Optional<Attributes> find(int type, int... nested) {
    Optional<Attributes> found = find(type);
    for (int inner : nested) {
      found = found.flatMap(attributes -> attributes.find(inner));
    }
    return found;
  }

  private int typeAt(int at) {
    return bytes.getShort(at + 2) & TYPE_MASK;
  }

  private Attributes valueAt(int at) {
    return new Attributes(bytes, at + HEADER_BYTES, at + lengthAt(at));
  }

  private int next(int at) {
    return at + ((lengthAt(at) + 3) & ~3);
  }

  private int lengthAt(int at) {
    int length = Short.toUnsignedInt(bytes.getShort(at));
    if (length < HEADER_BYTES || at + length > end) {
      throw new KernelException("a netlink attribute of %d bytes overruns".formatted(length));
    }
    return length;
  }

  OptionalInt u32(int type) {
    return find(type).map(value -> OptionalInt.of(value.u32())).orElse(OptionalInt.empty());
  }

  Optional<String> text(int type) {
    return find(type).map(Attributes::text);
  }

  Optional<IpAddress> address(int type) {
    return find(type).map(Attributes::address);
  }

  /** This value as an unsigned byte. */
  int u8() {
    return Byte.toUnsignedInt(bytes.get(start));
  }

  int u32() {
    return bytes.getInt(start);
  }

  /** The n-th of an array of ints, or 0 if the kernel knows fewer. */
  int u32At(int index) {
    int at = start + Integer.BYTES * index;
    return at + Integer.BYTES <= end ? bytes.getInt(at) : 0;
  }

  int u16BigEndian() {
    short value = bytes.getShort(start);
    return Short.toUnsignedInt(SWAPPED ? Short.reverseBytes(value) : value);
  }

  int u32BigEndian() {
    int value = bytes.getInt(start);
    return SWAPPED ? Integer.reverseBytes(value) : value;
  }

  long u64BigEndian() {
    long value = bytes.getLong(start);
    return SWAPPED ? Long.reverseBytes(value) : value;
  }

  /** Text, without the terminating zero. */
  String text() {
    byte[] copy = bytes();
    int length = copy.length;
    while (length > 0 && copy[length - 1] == 0) {
      length--;
    }
    return new String(copy, 0, length, StandardCharsets.UTF_8);
  }

  IpAddress address() {
    return IpAddress.ofBytes(bytes());
  }

  byte[] bytes() {
    byte[] copy = new byte[end - start];
    bytes.get(start, copy);
    return copy;
  }
}

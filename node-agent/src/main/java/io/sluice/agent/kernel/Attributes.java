package io.sluice.agent.kernel;

import io.sluice.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The attributes of a received message, read in place: valid until the next message is received.
 * Attributes are few, so looking one up walks them.
 */
final class Attributes {

  private static final int TYPE_MASK = 0x3FFF;

  /** Receives one attribute. */
  interface Visitor {
    void visit(int type, Attributes value);
  }

  private final ByteBuffer bytes;

  Attributes(ByteBuffer bytes) {
    this.bytes = bytes.slice().order(ByteOrder.nativeOrder());
  }

  /** Visits every attribute in this run of attributes. */
  void each(Visitor visitor) {
    int at = 0;
    while (at + 4 <= bytes.limit()) {
      int length = Short.toUnsignedInt(bytes.getShort(at));
      if (length < 4 || at + length > bytes.limit()) {
        throw new KernelException("a netlink attribute of %d bytes overruns".formatted(length));
      }
      visitor.visit(
          bytes.getShort(at + 2) & TYPE_MASK, new Attributes(bytes.slice(at + 4, length - 4)));
      at += (length + 3) & ~3;
    }
  }

  /** The first attribute of the type. */
  Optional<Attributes> find(int type) {
    int at = 0;
    while (at + 4 <= bytes.limit()) {
      int length = Short.toUnsignedInt(bytes.getShort(at));
      if (length < 4 || at + length > bytes.limit()) {
        throw new KernelException("a netlink attribute of %d bytes overruns".formatted(length));
      }
      if ((bytes.getShort(at + 2) & TYPE_MASK) == type) {
        return Optional.of(new Attributes(bytes.slice(at + 4, length - 4)));
      }
      at += (length + 3) & ~3;
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
    return Byte.toUnsignedInt(bytes.get(0));
  }

  int u32() {
    return bytes.getInt(0);
  }

  /** The n-th of an array of ints, or 0 if the kernel knows fewer. */
  int u32At(int index) {
    return 4 * index + 4 <= bytes.limit() ? bytes.getInt(4 * index) : 0;
  }

  int u16BigEndian() {
    return Byte.toUnsignedInt(bytes.get(0)) << 8 | Byte.toUnsignedInt(bytes.get(1));
  }

  int u32BigEndian() {
    return bytes.duplicate().order(ByteOrder.BIG_ENDIAN).getInt(0);
  }

  long u64BigEndian() {
    return bytes.duplicate().order(ByteOrder.BIG_ENDIAN).getLong(0);
  }

  String text() {
    int length = bytes.limit();
    while (length > 0 && bytes.get(length - 1) == 0) {
      length--;
    }
    byte[] copy = new byte[length];
    bytes.get(0, copy);
    return new String(copy, StandardCharsets.UTF_8);
  }

  IpAddress address() {
    return IpAddress.ofBytes(bytes());
  }

  byte[] bytes() {
    byte[] copy = new byte[bytes.limit()];
    bytes.get(0, copy);
    return copy;
  }
}

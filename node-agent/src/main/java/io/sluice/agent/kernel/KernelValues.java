package io.sluice.agent.kernel;

import io.sluice.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Keys and data of set elements as bytes. A mark is in the processor's byte order, except in front
 * of an address in an interval set, where nftables compares it in network order.
 */
final class KernelValues {

  private static final int MARK_BYTES = 4;

  private KernelValues() {}

  static ByteBuffer mark(int mark) {
    return ByteBuffer.allocate(MARK_BYTES).order(ByteOrder.nativeOrder()).putInt(mark).flip();
  }

  static ByteBuffer address(IpAddress address) {
    return ByteBuffer.wrap(address.toBytes());
  }

  static ByteBuffer markAndAddress(int mark, IpAddress address) {
    byte[] bytes = address.toBytes();
    return ByteBuffer.allocate(MARK_BYTES + bytes.length)
        .order(ByteOrder.nativeOrder())
        .putInt(mark)
        .put(bytes)
        .flip();
  }

  static ByteBuffer intervalKey(int mark, IpAddress address) {
    byte[] bytes = address.toBytes();
    return ByteBuffer.allocate(MARK_BYTES + bytes.length).putInt(mark).put(bytes).flip();
  }

  static int readMark(ByteBuffer value) {
    return value.duplicate().order(ByteOrder.nativeOrder()).getInt(0);
  }

  static int readIntervalMark(ByteBuffer value) {
    return value.duplicate().order(ByteOrder.BIG_ENDIAN).getInt(0);
  }

  static IpAddress readAddress(ByteBuffer value) {
    return readAddress(value, 0);
  }

  /** The address behind a mark. */
  static IpAddress readSecond(ByteBuffer value) {
    return readAddress(value, MARK_BYTES);
  }

  private static IpAddress readAddress(ByteBuffer value, int at) {
    byte[] bytes = new byte[value.limit() - at];
    value.get(at, bytes);
    return IpAddress.ofBytes(bytes);
  }
}

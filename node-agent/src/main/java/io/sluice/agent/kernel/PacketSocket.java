package io.sluice.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.sluice.agent.core.ArpPacket;
import io.sluice.model.IpAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Whole Ethernet frames in and out (packet(7)), with the time at which the kernel met them. It
 * belongs to the network namespace of the thread that opens it. One thread may receive while
 * another sends; close it when neither does.
 */
public final class PacketSocket implements AutoCloseable {

  private static final int SOL_PACKET = 263;
  private static final int PACKET_STATISTICS = 6;
  private static final int PACKET_IGNORE_OUTGOING = 23;

  private static final int ETH_P_ALL = 3;
  private static final int ETHERTYPE_AT = 12;
  private static final int ETHERTYPE_IPV4 = 0x0800;
  private static final int IPV4_SOURCE_AT = 26;

  private static final int FRAME_BYTES = 2048;
  private static final int KERNEL_BUFFER_BYTES = 16 * 1024 * 1024;

  /** struct sockaddr_ll: family, protocol, interface, hardware type, packet type, address. */
  static final StructLayout ADDRESS =
      MemoryLayout.structLayout(
          JAVA_SHORT.withName("family"),
          JAVA_SHORT.withName("protocol"),
          JAVA_INT.withName("interface"),
          JAVA_SHORT.withName("hardwareType"),
          JAVA_BYTE.withName("packetType"),
          JAVA_BYTE.withName("addressLength"),
          MemoryLayout.sequenceLayout(8, JAVA_BYTE).withName("address"));

  private static final int INTERFACE_AT = 4;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment frame = arena.allocate(FRAME_BYTES);
  private final MemorySegment from = arena.allocate(ADDRESS);
  private final Libc.TimedMessage message = new Libc.TimedMessage(arena, frame, from);
  private final int fd;
  private long dropped;

  /**
   * A frame that came in.
   *
   * @param interfaceIndex through which interface
   * @param nanos when, since the epoch, on CLOCK_REALTIME, as the kernel noted it
   * @param bytes the frame from its Ethernet header on, whole unless it is longer than 2,048 bytes
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Frame(int interfaceIndex, long nanos, byte[] bytes) {}

  /**
   * Where frames go out.
   *
   * @param macAddress octets in hexadecimal with colons, empty if it has none
   */
  public record Port(int index, String macAddress) {}

  private PacketSocket(int protocol) {
    fd = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW, protocol);
  }

  /**
   * An interface of the calling thread's network namespace.
   *
   * @throws KernelException if there is none of this name
   */
  public static Port port(String interfaceName) {
    try (NetlinkSocket route = NetlinkSocket.open(NetlinkSocket.NETLINK_ROUTE)) {
      Links.Link link = Links.get(route, interfaceName);
      return new Port(link.index(), link.macAddress());
    }
  }

  /** A socket that receives nothing. */
  static PacketSocket forSending() {
    return new PacketSocket(0);
  }

  /**
   * Opens a socket that gets, from every interface, ARP packets and IPv4 packets with one of these
   * sources, when they come in; what leaves through the interface is left out.
   *
   * @param patience how long {@link #receive} waits
   * @throws KernelException without CAP_NET_RAW
   */
  public static PacketSocket claims(Collection<IpAddress> sources, Duration patience) {
    // Bound to a protocol only when all is set: nothing unfiltered gets in before.
    PacketSocket socket = new PacketSocket(0);
    try {
      SocketFilter filter =
          new SocketFilter()
              .halfWord(ETHERTYPE_AT)
              .acceptIf(ArpPacket.ETHERTYPE)
              .dropUnless(ETHERTYPE_IPV4)
              .word(IPV4_SOURCE_AT);
      sources.forEach(ip -> filter.acceptIf(ByteBuffer.wrap(ip.toBytes()).getInt()));
      filter.drop().attach(socket.fd);
      socket.listen(patience);
      return socket;
    } catch (RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private void listen(Duration patience) {
    Libc.setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
    Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_TIMESTAMPNS, 1);
    Libc.enlargeBuffer(fd, Libc.SO_RCVBUFFORCE, Libc.SO_RCVBUF, KERNEL_BUFFER_BYTES);
    MemorySegment timeout = arena.allocate(JAVA_LONG, 2);
    timeout.setAtIndex(JAVA_LONG, 0, patience.toSeconds());
    timeout.setAtIndex(JAVA_LONG, 1, TimeUnit.NANOSECONDS.toMicros(patience.toNanosPart()));
    Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, timeout);
    MemorySegment address = arena.allocate(ADDRESS);
    address.set(JAVA_SHORT, 0, (short) Libc.AF_PACKET);
    ByteBuffer protocol = address.asSlice(2, Short.BYTES).asByteBuffer();
    protocol.putShort((short) ETH_P_ALL);
    Libc.bind(fd, address);
  }

  /** For tests: room for a few frames only. */
  void shrink() {
    Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUF, 1);
  }

  /** Puts a frame on the wire, as it is. */
  public void send(int interfaceIndex, byte[] bytes) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment to = scratch.allocate(ADDRESS);
      to.set(JAVA_SHORT, 0, (short) Libc.AF_PACKET);
      to.set(JAVA_INT, INTERFACE_AT, interfaceIndex);
      Libc.sendto(fd, scratch.allocateFrom(JAVA_BYTE, bytes), to);
    }
  }

  /** The next frame; empty if none came within the patience. */
  public Optional<Frame> receive() {
    try {
      int length = (int) Math.min(Libc.recvmsg(fd, message), FRAME_BYTES);
      return Optional.of(
          new Frame(
              from.get(JAVA_INT, INTERFACE_AT),
              message.nanos(),
              frame.asSlice(0, length).toArray(JAVA_BYTE)));
    } catch (KernelException e) {
      if (e.errno() == Errno.EAGAIN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** How many frames were lost since the opening because nobody fetched them in time. */
  public long dropped() {
    // struct tpacket_stats; the kernel counts from zero again after each reading.
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment statistics = scratch.allocate(JAVA_INT, 2);
      Libc.getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, statistics);
      dropped += Integer.toUnsignedLong(statistics.getAtIndex(JAVA_INT, 1));
      return dropped;
    }
  }

  @Override
  public void close() {
    Libc.close(fd);
    arena.close();
  }
}

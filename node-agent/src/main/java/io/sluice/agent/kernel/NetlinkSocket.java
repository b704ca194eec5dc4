package io.sluice.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A netlink socket (netlink(7)): requests with acknowledgements, dumps, notifications. It belongs
 * to the network namespace of the thread that opens it. Not safe for use by several threads at
 * once.
 */
final class NetlinkSocket implements AutoCloseable {

  static final int NETLINK_ROUTE = 0;
  static final int NETLINK_NETFILTER = 12;

  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_ADD_MEMBERSHIP = 1;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;
  private static final int NETLINK_GET_STRICT_CHK = 12;

  /** struct sockaddr_nl. */
  private static final StructLayout ADDRESS =
      MemoryLayout.structLayout(
          JAVA_SHORT.withName("family"),
          JAVA_SHORT.withName("pad"),
          JAVA_INT.withName("port"),
          JAVA_INT.withName("groups"));

  private static final long ANSWER_TIMEOUT_SECONDS = 10;
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int KERNEL_BUFFER_BYTES = 8 * 1024 * 1024;

  /** Acknowledgements wait in the receive buffer until the whole send is done: bounds them. */
  private static final int REQUESTS_PER_SEND = 256;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
  private final Deque<ReceivedMessage> pending = new ArrayDeque<>();
  private final int fd;
  private final int port;
  private int sequence = 1;

  private NetlinkSocket(int protocol) {
    fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW, protocol);
    try {
      Libc.setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
      Libc.setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
      Libc.enlargeBuffer(fd, Libc.SO_RCVBUFFORCE, Libc.SO_RCVBUF, KERNEL_BUFFER_BYTES);
      Libc.enlargeBuffer(fd, Libc.SO_SNDBUFFORCE, Libc.SO_SNDBUF, KERNEL_BUFFER_BYTES);
      if (protocol == NETLINK_ROUTE) {
        Libc.setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
      }
      MemorySegment address = arena.allocate(ADDRESS);
      address.set(JAVA_SHORT, 0, (short) Libc.AF_NETLINK);
      Libc.bind(fd, address);
      Libc.getsockname(fd, address);
      port = address.get(JAVA_INT, 4);
    } catch (RuntimeException e) {
      Libc.close(fd);
      arena.close();
      throw e;
    }
  }

  /** A socket for requests; a kernel that does not answer them in 10 s makes them fail. */
  static NetlinkSocket open(int protocol) {
    NetlinkSocket socket = new NetlinkSocket(protocol);
    MemorySegment timeout = socket.arena.allocate(JAVA_LONG, 2);
    timeout.set(JAVA_LONG, 0, ANSWER_TIMEOUT_SECONDS);
    Libc.setsockopt(socket.fd, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, timeout);
    return socket;
  }

  /** A socket that hears the notifications of multicast groups. */
  static NetlinkSocket listen(int protocol, int... groups) {
    NetlinkSocket socket = new NetlinkSocket(protocol);
    for (int group : groups) {
      Libc.setsockopt(socket.fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
    }
    return socket;
  }

  int fd() {
    return fd;
  }

  /** This socket's address among netlink sockets: notifications name their causer by it. */
  int port() {
    return port;
  }

  /** The port of any netlink socket of this process, empty if the descriptor is something else. */
  static Optional<Integer> portOf(int fd, int protocol) {
    if (Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_DOMAIN) != Libc.AF_NETLINK
        || Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_PROTOCOL) != protocol) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(ADDRESS);
      Libc.getsockname(fd, address);
      return Optional.of(address.get(JAVA_INT, 4));
    }
  }

  /** Makes one request and awaits its acknowledgement. */
  void request(NetlinkRequest request) {
    transact(List.of(request));
  }

  /**
   * Makes the requests in order, many to a system call. Each stands for itself: the kernel carries
   * out the others when one fails.
   *
   * @throws KernelException for the first that failed and whose error is not tolerated; further
   *     ones are suppressed exceptions of it
   */
  void transact(List<NetlinkRequest> requests) {
    List<KernelException> failures = new ArrayList<>();
    for (int start = 0; start < requests.size(); start += REQUESTS_PER_SEND) {
      List<NetlinkRequest> chunk =
          requests.subList(start, Math.min(start + REQUESTS_PER_SEND, requests.size()));
      int first = sequence;
      send(chunk.stream().map(NetlinkRequest::message).toList());
      IntStream.range(0, chunk.size())
          .forEach(i -> acknowledgement(first + i, chunk.get(i)).ifPresent(failures::add));
    }
    if (!failures.isEmpty()) {
      KernelException failure = failures.removeFirst();
      failures.forEach(failure::addSuppressed);
      throw failure;
    }
  }

  private Optional<KernelException> acknowledgement(int expected, NetlinkRequest request) {
    ReceivedMessage answer = receiveAnswer(expected, expected);
    int errno = answer.error();
    return errno == 0 || request.tolerated().contains(Errno.of(errno))
        ? Optional.empty()
        : Optional.of(new KernelException(request.asked(), errno, answer.explanation()));
  }

  /**
   * Sends messages as one and returns the sequence number of the first; the others count on from
   * it.
   */
  int send(List<ByteBuffer> messages) {
    pending.clear();
    int first = sequence;
    int total = 0;
    for (ByteBuffer message : messages) {
      total += message.remaining();
    }
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment whole =
          total <= BUFFER_BYTES ? buffer.asSlice(0, total) : scratch.allocate(total, 8);
      ByteBuffer out = whole.asByteBuffer().order(ByteOrder.nativeOrder());
      for (ByteBuffer message : messages) {
        int at = out.position();
        out.put(message.duplicate()).putInt(at + 8, sequence++).putInt(at + 12, port);
      }
      Libc.sendto(fd, whole, MemorySegment.NULL);
    }
    return first;
  }

  /** Makes a request that is answered with one message. */
  ReceivedMessage query(NetlinkRequest request) {
    int expected = send(List.of(request.message()));
    ReceivedMessage answer = receiveAnswer(expected, expected);
    if (answer.isError()) {
      throw new KernelException(request.asked(), answer.error(), answer.explanation());
    }
    return answer;
  }

  /**
   * Makes a dump request and hands over every message of the answer.
   *
   * @throws InterruptedDumpException if the kernel's tables changed meanwhile, so that the answer
   *     may be neither the old nor the new state
   */
  void dump(NetlinkRequest request, Consumer<ReceivedMessage> consumer) {
    int expected = send(List.of(request.message()));
    boolean interrupted = false;
    RuntimeException refusal = null;
    while (true) {
      ReceivedMessage received = receiveAnswer(expected, expected);
      interrupted |= received.ofInterruptedDump();
      if (received.endsDump()) {
        if (received.error() != 0) {
          throw new KernelException(request.asked(), received.error(), received.explanation());
        }
        break;
      }
      // The dump is read to its end in any case: the kernel refuses a second one meanwhile.
      if (refusal == null) {
        try {
          consumer.accept(received);
        } catch (RuntimeException e) {
          refusal = e;
        }
      }
    }
    if (refusal != null) {
      throw refusal;
    }
    if (interrupted) {
      throw new InterruptedDumpException(request.asked());
    }
  }

  /** The next message whose sequence number lies in this range; older ones are left-overs. */
  ReceivedMessage receiveAnswer(int first, int last) {
    while (true) {
      ReceivedMessage received = receive();
      if (received.sequence() - first >= 0 && received.sequence() - last <= 0) {
        return received;
      }
    }
  }

  /** The next message, waiting for it. */
  ReceivedMessage receive() {
    while (pending.isEmpty()) {
      long length = Libc.recv(fd, buffer);
      if (length > BUFFER_BYTES) {
        throw new KernelException("a netlink message of " + length + " bytes is too long");
      }
      ReceivedMessage.split(
          buffer.asSlice(0, length).asByteBuffer().order(ByteOrder.nativeOrder()), pending::add);
    }
    return pending.removeFirst();
  }

  /** Whether a message that was received together with earlier ones waits. */
  boolean hasPending() {
    return !pending.isEmpty();
  }

  @Override
  public void close() {
    Libc.close(fd);
    arena.close();
  }
}

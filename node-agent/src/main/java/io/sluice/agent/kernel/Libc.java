package io.sluice.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The calls of the C library this package needs, each with its errno captured. A call that failed
 * throws {@link KernelException}; one that a signal interrupted is made again.
 */
final class Libc {

  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int AF_NETLINK = 16;
  static final int AF_PACKET = 17;
  static final int SOCK_RAW = 3;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int SOL_SOCKET = 1;
  static final int SO_PROTOCOL = 38;
  static final int SO_DOMAIN = 39;
  static final int SO_ATTACH_FILTER = 26;
  static final int SO_RCVTIMEO = 20;
  static final int SO_SNDBUF = 7;
  static final int SO_RCVBUF = 8;
  static final int SO_SNDBUFFORCE = 32;
  static final int SO_RCVBUFFORCE = 33;
  static final int SO_TIMESTAMPNS = 35;
  static final int MSG_TRUNC = 0x20;
  static final short POLLIN = 1;

  private static final int EFD_CLOEXEC = 0x80000;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));

  private static final MethodHandle SOCKET =
      bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle BIND =
      bind("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GETSOCKNAME =
      bind("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle SETSOCKOPT =
      bind(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GETSOCKOPT =
      bind(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle SENDTO =
      bind(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle RECV =
      bind("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle RECVMSG =
      bind("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle POLL =
      bind("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle EVENTFD =
      bind("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle WRITE =
      bind("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

  /** struct pollfd. */
  private static final StructLayout POLLFD =
      MemoryLayout.structLayout(
          JAVA_INT.withName("fd"), JAVA_SHORT.withName("events"), JAVA_SHORT.withName("revents"));

  private static final VarHandle REVENTS = POLLFD.varHandle(PathElement.groupElement("revents"));

  private Libc() {}

  private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        descriptor,
        Linker.Option.captureCallState("errno"));
  }

  /** One call with the place its errno is captured in; -1 is failure, as everywhere in POSIX. */
  private interface Call {
    long run(MemorySegment state) throws Throwable;
  }

  private static long call(String asked, Call call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      while (true) {
        long result = call.run(state);
        if (result != -1) {
          return result;
        }
        int errno = (int) ERRNO.get(state, 0L);
        if (Errno.of(errno) != Errno.EINTR) {
          throw new KernelException(asked, errno, "");
        }
      }
    } catch (KernelException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("the call \"" + asked + "\" does not fit its binding", e);
    }
  }

  static int socket(int domain, int type, int protocol) {
    return (int)
        call(
            "socket(%d, %d, %d)".formatted(domain, type, protocol),
            state -> (int) SOCKET.invokeExact(state, domain, type | SOCK_CLOEXEC, protocol));
  }

  static void close(int fd) {
    call("close", state -> (int) CLOSE.invokeExact(state, fd));
  }

  static void bind(int fd, MemorySegment address) {
    int length = (int) address.byteSize();
    call("bind", state -> (int) BIND.invokeExact(state, fd, address, length));
  }

  static void getsockname(int fd, MemorySegment address) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocateFrom(JAVA_INT, (int) address.byteSize());
      call("getsockname", state -> (int) GETSOCKNAME.invokeExact(state, fd, address, length));
    }
  }

  static void setsockopt(int fd, int level, int option, MemorySegment value) {
    int length = (int) value.byteSize();
    call(
        "setsockopt(%d, %d)".formatted(level, option),
        state -> (int) SETSOCKOPT.invokeExact(state, fd, level, option, value, length));
  }

  static void setsockopt(int fd, int level, int option, int value) {
    try (Arena arena = Arena.ofConfined()) {
      setsockopt(fd, level, option, arena.allocateFrom(JAVA_INT, value));
    }
  }

  /** An option whose value is an int. */
  static int getsockopt(int fd, int level, int option) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      getsockopt(fd, level, option, value);
      return value.get(JAVA_INT, 0);
    }
  }

  /** An option of any other kind; fills the value. */
  static void getsockopt(int fd, int level, int option, MemorySegment value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocateFrom(JAVA_INT, (int) value.byteSize());
      call(
          "getsockopt(%d, %d)".formatted(level, option),
          state -> (int) GETSOCKOPT.invokeExact(state, fd, level, option, value, length));
    }
  }

  /** In a user namespace nobody may exceed the system's limit: there up to it has to do. */
  static void enlargeBuffer(int fd, int beyondLimit, int withinLimit, int bytes) {
    try {
      setsockopt(fd, SOL_SOCKET, beyondLimit, bytes);
    } catch (KernelException e) {
      if (e.errno() != Errno.EPERM) {
        throw e;
      }
      setsockopt(fd, SOL_SOCKET, withinLimit, bytes);
    }
  }

  /** Sends the message whole; {@code address} may be {@link MemorySegment#NULL}. */
  static void sendto(int fd, MemorySegment message, MemorySegment address) {
    long length = message.byteSize();
    int addressLength = (int) address.byteSize();
    call(
        "send",
        state -> (long) SENDTO.invokeExact(state, fd, message, length, 0, address, addressLength));
  }

  /** Receives one message and returns its true length, which may exceed the buffer's. */
  static long recv(int fd, MemorySegment buffer) {
    long length = buffer.byteSize();
    return call("recv", state -> (long) RECV.invokeExact(state, fd, buffer, length, MSG_TRUNC));
  }

  /**
   * Where recvmsg(2) puts a message, who it is from, and when the kernel met it: a struct msghdr
   * with one buffer and room for one SCM_TIMESTAMPNS. Used again and again.
   */
  static final class TimedMessage {

    private static final StructLayout IOVEC =
        MemoryLayout.structLayout(ADDRESS.withName("base"), JAVA_LONG.withName("length"));

    private static final StructLayout MSGHDR =
        MemoryLayout.structLayout(
            ADDRESS.withName("name"),
            JAVA_INT.withName("nameLength"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("buffers"),
            JAVA_LONG.withName("bufferCount"),
            ADDRESS.withName("control"),
            JAVA_LONG.withName("controlLength"),
            JAVA_INT.withName("flags"),
            MemoryLayout.paddingLayout(4));

    private static final long NAME_LENGTH_AT =
        MSGHDR.byteOffset(PathElement.groupElement("nameLength"));
    private static final long CONTROL_LENGTH_AT =
        MSGHDR.byteOffset(PathElement.groupElement("controlLength"));

    /** struct cmsghdr: length, level, type. */
    private static final int CMSGHDR_BYTES = 16;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final MemorySegment header;
    private final MemorySegment control;
    private final int nameLength;

    TimedMessage(Arena arena, MemorySegment buffer, MemorySegment name) {
      MemorySegment buffers = arena.allocate(IOVEC);
      buffers.set(ADDRESS, 0, buffer);
      buffers.set(JAVA_LONG, 8, buffer.byteSize());
      control = arena.allocate(CMSGHDR_BYTES + 2 * JAVA_LONG.byteSize(), 8);
      nameLength = (int) name.byteSize();
      header = arena.allocate(MSGHDR);
      header.set(ADDRESS, MSGHDR.byteOffset(PathElement.groupElement("name")), name);
      header.set(ADDRESS, MSGHDR.byteOffset(PathElement.groupElement("buffers")), buffers);
      header.set(JAVA_LONG, MSGHDR.byteOffset(PathElement.groupElement("bufferCount")), 1);
      header.set(ADDRESS, MSGHDR.byteOffset(PathElement.groupElement("control")), control);
    }

    /** The call before has overwritten both lengths with what it used. */
    private MemorySegment ready() {
      header.set(JAVA_INT, NAME_LENGTH_AT, nameLength);
      header.set(JAVA_LONG, CONTROL_LENGTH_AT, control.byteSize());
      return header;
    }

    /** When the kernel met the message, since the epoch. */
    long nanos() {
      boolean noted =
          header.get(JAVA_LONG, CONTROL_LENGTH_AT) == control.byteSize()
              && control.get(JAVA_INT, 8) == SOL_SOCKET
              && control.get(JAVA_INT, 12) == SO_TIMESTAMPNS;
      if (!noted) {
        throw new IllegalStateException("the message has no time: SO_TIMESTAMPNS is not set");
      }
      return control.get(JAVA_LONG, CMSGHDR_BYTES) * NANOS_PER_SECOND
          + control.get(JAVA_LONG, CMSGHDR_BYTES + 8);
    }
  }

  /** Receives one message with sender and time; returns its true length. */
  static long recvmsg(int fd, TimedMessage message) {
    MemorySegment header = message.ready();
    return call("recvmsg", state -> (long) RECVMSG.invokeExact(state, fd, header, MSG_TRUNC));
  }

  /** Waits until one of the descriptors can be read. */
  static boolean[] awaitReadable(int... fds) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment polled = arena.allocate(POLLFD, fds.length);
      for (int i = 0; i < fds.length; i++) {
        MemorySegment entry = polled.asSlice(i * POLLFD.byteSize(), POLLFD);
        entry.set(JAVA_INT, 0, fds[i]);
        entry.set(JAVA_SHORT, 4, POLLIN);
      }
      long count = fds.length;
      call("poll", state -> (int) POLL.invokeExact(state, polled, count, -1));
      boolean[] readable = new boolean[fds.length];
      for (int i = 0; i < fds.length; i++) {
        readable[i] = (short) REVENTS.get(polled, i * POLLFD.byteSize()) != 0;
      }
      return readable;
    }
  }

  static int eventfd() {
    return (int) call("eventfd", state -> (int) EVENTFD.invokeExact(state, 0, EFD_CLOEXEC));
  }

  /** Makes an event descriptor readable. */
  static void signal(int eventfd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocateFrom(JAVA_LONG, 1);
      long length = ValueLayout.JAVA_LONG.byteSize();
      call("write", state -> (long) WRITE.invokeExact(state, eventfd, one, length));
    }
  }
}

package io.sluice.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LibcTest {

  private static final int NLMSG_NOOP = 1;

  @Test
  void aSocketCanBeMadeBoundConfiguredAndClosed() {
    int fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW, NetlinkSocket.NETLINK_ROUTE);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(12, 4);
      address.set(JAVA_SHORT, 0, (short) Libc.AF_NETLINK);
      Libc.bind(fd, address);
      MemorySegment bound = arena.allocate(12, 4);
      Libc.getsockname(fd, bound);
      assertThat(bound.get(JAVA_SHORT, 0)).isEqualTo((short) Libc.AF_NETLINK);
      assertThat(bound.get(JAVA_INT, 4)).isNotZero();
      assertThat(Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_DOMAIN)).isEqualTo(Libc.AF_NETLINK);
      Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUF, 65_536);
    } finally {
      Libc.close(fd);
    }
    assertThatThrownBy(() -> Libc.close(fd))
        .isInstanceOfSatisfying(
            KernelException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
  }

  @Test
  void aRefusedCallTellsItsError() {
    assertThatThrownBy(() -> Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW, 999))
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("EPROTONOSUPPORT");
  }

  @Test
  void whatIsSentIsReceived() {
    try (NetlinkSocket sender = NetlinkSocket.open(NetlinkSocket.NETLINK_ROUTE);
        NetlinkSocket receiver = NetlinkSocket.open(NetlinkSocket.NETLINK_ROUTE);
        Arena arena = Arena.ofConfined()) {
      byte[] message = new byte[16];
      message[0] = 16;
      message[4] = NLMSG_NOOP;
      MemorySegment to = arena.allocate(12, 4);
      to.set(JAVA_SHORT, 0, (short) Libc.AF_NETLINK);
      to.set(JAVA_INT, 4, receiver.port());
      Libc.sendto(sender.fd(), arena.allocateFrom(JAVA_BYTE, message), to);
      MemorySegment shortBuffer = arena.allocate(4);
      assertThat(Libc.recv(receiver.fd(), shortBuffer)).as("the true length").isEqualTo(16);
      assertThat(shortBuffer.get(JAVA_BYTE, 0)).isEqualTo((byte) 16);
    }
  }

  @Test
  void aSignalledEventEndsTheWait() throws Exception {
    int first = Libc.eventfd();
    int second = Libc.eventfd();
    try {
      CompletableFuture<boolean[]> waiting =
          CompletableFuture.supplyAsync(() -> Libc.awaitReadable(first, second));
      Libc.signal(second);
      assertThat(waiting.get(10, TimeUnit.SECONDS)).containsExactly(false, true);
    } finally {
      Libc.close(first);
      Libc.close(second);
    }
  }

  @Test
  void onlyNetlinkSocketsOfTheProtocolHaveAPort() {
    try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETLINK_ROUTE)) {
      assertThat(NetlinkSocket.portOf(socket.fd(), NetlinkSocket.NETLINK_ROUTE))
          .contains(socket.port());
      assertThat(NetlinkSocket.portOf(socket.fd(), NetlinkSocket.NETLINK_NETFILTER))
          .isEqualTo(Optional.empty());
    }
  }
}

package io.sluice.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.sluice.agent.core.DataPlane.ClaimListener;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears on the network interface which other machines have which addresses, on a thread of its own.
 * Two packet sockets (packet(7)): one is bound to ARP, a filter in the kernel leaves the other only
 * neighbour solicitations and advertisements. Bound to a protocol, they do not receive what this
 * machine sends. Sockets belong to the namespace of the thread that constructs it.
 */
final class WireListener implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WireListener.class);

  private static final short ETH_P_ARP = 0x0806;
  private static final short ETH_P_IPV6 = (short) 0x86DD;
  private static final long STOP_MILLIS = 5000;

  /** A neighbour message with its options is far shorter. */
  private static final int FRAME_BYTES = 256;

  private final int arp;
  private final int neighbours;
  private final int stop;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(FRAME_BYTES);
  private final Thread thread;
  private volatile ClaimListener listener = (_, _) -> {};
  private volatile String ownMac = "";
  private int boundTo;

  WireListener() {
    arp = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW, 0);
    neighbours = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW, 0);
    stop = Libc.eventfd();
    thread = Thread.ofPlatform().daemon().name("wire").unstarted(this::run);
    new SocketFilter()
        .octet(Claim.IPV6_NEXT_HEADER_AT)
        .dropUnless(Claim.ICMPV6)
        .octet(Claim.ICMPV6_TYPE_AT)
        .acceptIf(Claim.NEIGHBOUR_SOLICITATION)
        .acceptIf(Claim.NEIGHBOUR_ADVERTISEMENT)
        .drop()
        .attach(neighbours);
  }

  void start() {
    thread.start();
  }

  void onClaim(ClaimListener newListener) {
    listener = newListener;
  }

  /** Listens on this interface from now on. */
  void listenOn(Links.Link nic) {
    ownMac = nic.macAddress();
    if (boundTo != nic.index()) {
      bind(arp, ETH_P_ARP, nic.index());
      bind(neighbours, ETH_P_IPV6, nic.index());
      boundTo = nic.index();
    }
  }

  private static void bind(int fd, short protocol, int nicIndex) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment address = scratch.allocate(PacketSocket.ADDRESS);
      address.set(JAVA_SHORT, 0, (short) Libc.AF_PACKET);
      address.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, protocol);
      address.set(JAVA_INT, 4, nicIndex);
      Libc.bind(fd, address);
    }
  }

  private void run() {
    while (true) {
      boolean[] readable = Libc.awaitReadable(stop, arp, neighbours);
      if (readable[0]) {
        return;
      }
      if (readable[1]) {
        hear(arp);
      }
      if (readable[2]) {
        hear(neighbours);
      }
    }
  }

  private void hear(int fd) {
    Optional<Claim> claim = receive(fd).filter(heard -> !heard.macAddress().equals(ownMac));
    try {
      claim.ifPresent(heard -> listener.claimed(heard.address(), heard.macAddress()));
    } catch (RuntimeException e) {
      log.error("who listens to the wire failed at {}", claim, e);
    }
  }

  /** The interface may be down, or gone: then there is nothing to hear until it is back. */
  private Optional<Claim> receive(int fd) {
    try {
      long length = Libc.recv(fd, buffer);
      return Claim.read(buffer.asSlice(0, Math.min(length, FRAME_BYTES)).toArray(JAVA_BYTE));
    } catch (KernelException e) {
      if (e.errno() != Errno.ENETDOWN) {
        throw e;
      }
      log.info("the interface is down: nothing is heard on the wire");
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    if (thread.isAlive()) {
      Libc.signal(stop);
      try {
        thread.join(STOP_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    Libc.close(arp);
    Libc.close(neighbours);
    Libc.close(stop);
    arena.close();
  }
}

package io.sluice.agent.kernel;

import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where packets wait that come for a floating IP before it has been granted to this node: a veth
 * pair, behind whose one end each floating IP has a next hop of its own that nobody answers for.
 * The kernel queues what is sent to a neighbour it does not know. Once it is told one, the packets
 * come out of the other end of the pair and in again, as they came.
 */
final class WaitingDevice {

  private static final Logger log = LoggerFactory.getLogger(WaitingDevice.class);

  /** Packets wait behind this end. */
  static final String ENTRANCE = "sluice-wait";

  /** And come in again by this one. */
  static final String EXIT = "sluice-back";

  private static final String KIND = "veth";

  /** The largest there is: no packet is too big to wait. */
  private static final int MTU = 65_535;

  /** Longer, and whoever sent the packet has given up. */
  private static final int LONGEST_WAIT_SECONDS = 3;

  /** For each floating IP. About 20,000 small packets, or 7,000 large ones. */
  private static final int QUEUE_BYTES = 16 * 1024 * 1024;

  private final NetlinkSocket socket;

  WaitingDevice(NetlinkSocket socket) {
    this.socket = socket;
  }

  /**
   * Sees to it that the pair is there.
   *
   * @throws KernelException with EOPNOTSUPP if the kernel has no veth
   */
  void install(List<Addresses.InKernel> nicAddresses) {
    if (!isWhole()) {
      remove();
      socket.request(Links.addPair(ENTRANCE, EXIT, MTU));
    }
    Links.Link entrance = Links.get(socket, ENTRANCE);
    Links.Link exit = Links.get(socket, EXIT);
    for (Links.Link end : List.of(entrance, exit)) {
      // Configured first: going up would give it an IPv6 address.
      socket.request(Links.configureOwn(end, MTU));
      socket.request(Links.setUp(end));
    }
    for (IpFamily family : IpFamily.values()) {
      socket.request(
          Neighbours.waitWithoutAsking(entrance.index(), family, LONGEST_WAIT_SECONDS, QUEUE_BYTES)
              .tolerating(Errno.ENOENT));
    }
    OwnAddress.lend(socket, exit, nicAddresses);
  }

  private boolean isWhole() {
    boolean whole = true;
    for (String name : List.of(ENTRANCE, EXIT)) {
      Optional<Links.Link> end = Links.find(socket, name);
      if (end.isPresent() && !isOurs(end.get())) {
        throw new KernelException(
            "the interface %s is not Sluice's: rename or remove it".formatted(name));
      }
      whole &= end.isPresent();
    }
    return whole;
  }

  /** The interface index of the entrance, 0 if it is not there. */
  int index() {
    return Links.find(socket, ENTRANCE)
        .filter(WaitingDevice::isOurs)
        .map(Links.Link::index)
        .orElse(0);
  }

  /** From now on packets to the next hops of these egress indexes wait. */
  void close(Collection<IpAddress> nextHops) {
    int entrance = index();
    if (entrance != 0) {
      socket.transact(
          nextHops.stream()
              .map(nextHop -> Neighbours.remove(entrance, nextHop).tolerating(Errno.ENOENT))
              .toList());
    }
  }

  /** What waits for these next hops comes in again, and so does what is still sent to them. */
  void open(Collection<IpAddress> nextHops) {
    Optional<Links.Link> exit = Links.find(socket, EXIT).filter(WaitingDevice::isOurs);
    int entrance = index();
    if (exit.isEmpty() || entrance == 0) {
      log.warn("what waited for {} floating IPs is lost: {} is gone", nextHops.size(), ENTRANCE);
      return;
    }
    List<NetlinkRequest> requests = new ArrayList<>();
    nextHops.forEach(hop -> requests.add(Neighbours.set(entrance, hop, exit.get().macAddress())));
    socket.transact(requests);
  }

  /** Removes the pair; either end takes the other one with it. */
  void remove() {
    for (String name : List.of(ENTRANCE, EXIT)) {
      Links.find(socket, name)
          .filter(WaitingDevice::isOurs)
          .ifPresent(link -> socket.request(Links.remove(link)));
    }
  }

  /** A device without alias that is not up is one whose making was cut short. */
  private static boolean isOurs(Links.Link link) {
    return link.kind().equals(KIND)
        && (link.alias().equals(Ownership.DEVICE_ALIAS) || (link.alias().isEmpty() && !link.up()));
  }

  /**
   * The next hop behind the entrance by which packets of an egress index wait: 169.254.x.y or
   * fe80::83:i, addresses of the link alone.
   */
  static IpAddress nextHop(int egressIndex, IpFamily family) {
    byte high = (byte) (egressIndex >>> 8);
    byte low = (byte) egressIndex;
    return switch (family) {
      case IPV4 -> IpAddress.ofBytes(new byte[] {(byte) 169, (byte) 254, high, low});
      case IPV6 ->
          IpAddress.ofBytes(
              new byte[] {
                (byte) 0xfe, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0x83, high, low
              });
    };
  }
}

package io.sluice.agent.kernel;

import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to the kernel's notifications and tells when somebody else changed something of ours, or
 * when the NIC changed. Sockets belong to the namespace of the thread that constructs it.
 */
final class KernelMonitor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(KernelMonitor.class);

  private static final int RTNLGRP_LINK = 1;
  private static final int RTNLGRP_IPV4_IFADDR = 5;
  private static final int RTNLGRP_IPV4_ROUTE = 7;
  private static final int RTNLGRP_IPV4_RULE = 8;
  private static final int RTNLGRP_IPV6_IFADDR = 9;
  private static final int RTNLGRP_IPV6_ROUTE = 11;
  private static final int RTNLGRP_IPV6_RULE = 19;
  private static final int NFNLGRP_NFTABLES = 7;
  private static final int NFT_MSG_NEWGEN = 15;
  private static final int SUBTYPE_MASK = 0xFF;
  private static final long STOP_MILLIS = 5000;

  private final String nicName;
  private final Set<String> deviceNames;
  private final Set<Integer> ownPorts = ConcurrentHashMap.newKeySet();
  private final NetlinkSocket route;
  private final NetlinkSocket nft;
  private final int stop;
  private final Thread thread;
  private final Queue<AddressChange> announced = new ConcurrentLinkedQueue<>();
  private volatile Runnable listener = () -> {};
  private Optional<Links.Link> nic;

  /**
   * Begins to listen.
   *
   * @param nic the interface as it is now
   * @param deviceNames the devices that are ours
   * @param changingPorts the ports of the sockets that change set elements
   */
  KernelMonitor(Links.Link nic, Set<String> deviceNames, int... changingPorts) {
    this.nicName = nic.name();
    this.nic = Optional.of(nic);
    this.deviceNames = Set.copyOf(deviceNames);
    route =
        NetlinkSocket.listen(
            NetlinkSocket.NETLINK_ROUTE,
            RTNLGRP_LINK,
            RTNLGRP_IPV4_IFADDR,
            RTNLGRP_IPV4_ROUTE,
            RTNLGRP_IPV4_RULE,
            RTNLGRP_IPV6_IFADDR,
            RTNLGRP_IPV6_ROUTE,
            RTNLGRP_IPV6_RULE);
    nft = NetlinkSocket.listen(NetlinkSocket.NETLINK_NETFILTER, NFNLGRP_NFTABLES);
    OwnChanges.silence(nft, changingPorts);
    stop = Libc.eventfd();
    thread = Thread.ofPlatform().daemon().name("kernel-monitor").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Changes by this netlink socket are our own. */
  void trust(int port) {
    ownPorts.add(port);
  }

  /** The ports of the listening sockets. */
  int nftPort() {
    return nft.port();
  }

  /**
   * We are about to add or remove this address. Notifications of IPv6 addresses do not tell who
   * caused them, so each is told beforehand.
   */
  void expect(IpAddress address, boolean added) {
    if (address.family() == IpFamily.IPV6) {
      announced.add(new AddressChange(address, added));
    }
  }

  /** What was told beforehand did not all happen. */
  void expectNothing() {
    announced.clear();
  }

  void onDrift(Runnable newListener) {
    listener = newListener;
  }

  private void run() {
    try {
      listen();
    } catch (RuntimeException e) {
      log.error("the kernel is not watched any more: only the regular check finds drift", e);
    }
  }

  private void listen() {
    while (true) {
      boolean[] readable = Libc.awaitReadable(stop, route.fd(), nft.fd());
      if (readable[0]) {
        return;
      }
      int changes = readable[1] ? foreign(route, this::changesRouting) : 0;
      changes += readable[2] ? foreign(nft, KernelMonitor::changesTable) : 0;
      if (changes > 0) {
        tell(changes);
      }
    }
  }

  private void tell(int changes) {
    log.info("drift: {} changes that are not ours", changes);
    try {
      listener.run();
    } catch (RuntimeException e) {
      log.error("drift listener failed", e);
    }
  }

  /** Takes in what waits in one read and counts what matters; so do lost notifications. */
  private int foreign(NetlinkSocket socket, Predicate<ReceivedMessage> matters) {
    int changes = 0;
    try {
      do {
        ReceivedMessage notification = socket.receive();
        if (!ownPorts.contains(notification.port()) && matters.test(notification)) {
          log.debug("netlink message type {} by port {}", notification.type(), notification.port());
          changes++;
        }
      } while (socket.hasPending());
      return changes;
    } catch (KernelException e) {
      if (e.errno() == Errno.ENOBUFS) {
        log.info("kernel notifications were lost");
        return 1;
      }
      throw e;
    }
  }

  private static boolean changesTable(ReceivedMessage notification) {
    return (notification.type() & SUBTYPE_MASK) != NFT_MSG_NEWGEN
        && NftMessages.isOurs(notification);
  }

  private boolean changesRouting(ReceivedMessage notification) {
    return switch (notification.type()) {
      case Addresses.RTM_NEWADDR, Addresses.RTM_DELADDR -> changesAddress(notification);
      case Routes.RTM_NEWROUTE, Routes.RTM_DELROUTE -> Routes.isOurs(notification);
      case PolicyRules.RTM_NEWRULE, PolicyRules.RTM_DELRULE -> PolicyRules.isOurs(notification);
      case Links.RTM_NEWLINK, Links.RTM_DELLINK -> changesLink(notification);
      default -> false;
    };
  }

  /** One of the NIC's own addresses changed, or a floating one that we did not touch. */
  private boolean changesAddress(ReceivedMessage notification) {
    boolean added = notification.type() == Addresses.RTM_NEWADDR;
    return Addresses.read(notification)
        .filter(address -> isOnNic(address.interfaceIndex()))
        .map(address -> new AddressChange(address.address().address(), added))
        .filter(change -> !announced.remove(change))
        .isPresent();
  }

  private record AddressChange(IpAddress address, boolean added) {}

  private boolean isOnNic(int interfaceIndex) {
    return nic.filter(link -> link.index() == interfaceIndex).isPresent();
  }

  /** The NIC went, came back, or became another one; or a device of ours was removed. */
  private boolean changesLink(ReceivedMessage notification) {
    boolean ofBridge = notification.u8(0) != 0;
    if (ofBridge) {
      return false;
    }
    Links.Link link = Links.read(notification);
    boolean removed = notification.type() == Links.RTM_DELLINK;
    if (deviceNames.contains(link.name())) {
      return removed;
    }
    if (!link.name().equals(nicName)) {
      return false;
    }
    Optional<Links.Link> before = nic;
    nic = removed ? Optional.empty() : Optional.of(link);
    return !before.map(KernelMonitor::whatMatters).equals(nic.map(KernelMonitor::whatMatters));
  }

  private record NicState(int index, String macAddress, int mtu, boolean up, boolean carrier) {}

  private static NicState whatMatters(Links.Link link) {
    return new NicState(link.index(), link.macAddress(), link.mtu(), link.up(), link.carrier());
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
    route.close();
    nft.close();
    Libc.close(stop);
  }
}

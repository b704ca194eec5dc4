package io.sluice.agent.kernel;

import io.sluice.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is in place on every node, whatever it holds: rules, guards, the tunnel. */
final class FixedParts {

  private static final Logger log = LoggerFactory.getLogger(FixedParts.class);

  private static final int STRICT = 1;

  private final NetlinkSocket route;
  private final Libnftables libnftables;
  private final KernelMonitor monitor;
  private final VxlanSettings tunnel;
  private final TunnelDevice tunnelDevice;
  private final WaitingDevice waitingDevice;

  FixedParts(
      NetlinkSocket route,
      Libnftables libnftables,
      KernelMonitor monitor,
      VxlanSettings tunnel,
      TunnelDevice tunnelDevice,
      WaitingDevice waitingDevice) {
    this.route = route;
    this.libnftables = libnftables;
    this.monitor = monitor;
    this.tunnel = tunnel;
    this.tunnelDevice = tunnelDevice;
    this.waitingDevice = waitingDevice;
    runNft("list tables");
  }

  /** Puts everything in place, and carries out further commands of nft with the rules. */
  void install(Links.Link nic, String furtherCommands) {
    if (!nic.forwardsIpv4()) {
      throw new KernelException(
          "IPv4 forwarding is off on %s: set net.ipv4.ip_forward=1".formatted(nic.name()));
    }
    if (nic.rpFilter() == STRICT) {
      log.warn(
          "the reverse path filter of {} is strict: packets of Pods whose replies go another way"
              + " are lost; set net.ipv4.conf.{}.rp_filter=2",
          nic.name(),
          nic.name());
    }
    if (!nic.asksWithOwnAddress()) {
      askWithOwnAddress(nic);
    }
    runNft(RuleSet.install(nic.name(), tunnel.device()) + furtherCommands);
    for (IpFamily family : IpFamily.values()) {
      route.request(PolicyRules.add(PolicyRules.Rule.last(family)).tolerating(Errno.EEXIST));
    }
    List<Addresses.InKernel> nicAddresses = Addresses.list(route, nic.index());
    installIfKnown(
        () -> tunnelDevice.install(nic, nicAddresses),
        "this kernel has no VXLAN: only holders on the same segment are reached");
    installIfKnown(
        () -> waitingDevice.install(nicAddresses),
        "this kernel has no veth: packets sent while a floating IP moves here are lost");
  }

  /**
   * By default Linux asks for a next hop in the name of the packet that waits for it. In that of a
   * floating IP whose lease is over the question does not get out, and is repeated after a second
   * only: so long nothing would leave when the lease has come back.
   */
  private void askWithOwnAddress(Links.Link nic) {
    log.info("{} asks by ARP with its own address from now on: arp_announce=2", nic.name());
    route.request(Links.askWithOwnAddress(nic));
  }

  private static void installIfKnown(Runnable install, String otherwise) {
    try {
      install.run();
    } catch (KernelException e) {
      if (e.errno() != Errno.EOPNOTSUPP) {
        throw e;
      }
      log.warn(otherwise, e);
    }
  }

  void remove() {
    List<NetlinkRequest> lastRules = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      lastRules.add(PolicyRules.remove(PolicyRules.Rule.last(family)).tolerating(Errno.ENOENT));
    }
    route.transact(lastRules);
    tunnelDevice.remove();
    waitingDevice.remove();
    runNft(RuleSet.remove());
  }

  /**
   * Runs commands of nft and sees to it that they are known as our own changes: libnftables has a
   * netlink socket too, which it may replace. None of this process's other ones changes rules.
   */
  private void runNft(String commands) {
    trustNetfilterSockets();
    libnftables.run(commands);
    trustNetfilterSockets();
  }

  private void trustNetfilterSockets() {
    Libnftables.ports(List.of(monitor.nftPort())).forEach(monitor::trust);
  }
}

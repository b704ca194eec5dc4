package io.sluice.agent.kernel;

import io.sluice.agent.core.DataPlane;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.LeaseFence;
import io.sluice.agent.core.NextHop;
import io.sluice.model.AgentReport;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data plane of a Linux node. Sockets belong to the network namespace of the thread that opens
 * it, whichever threads use it later. Needs CAP_NET_ADMIN and CAP_NET_RAW, Linux 6.1 or newer with
 * nf_tables, and libnftables.
 */
public final class LinuxDataPlane implements DataPlane {

  private static final Logger log = LoggerFactory.getLogger(LinuxDataPlane.class);

  private final String nicName;
  private final VxlanSettings tunnel;
  private final ReentrantLock lock = new ReentrantLock();
  private final OpenResources resources = new OpenResources();
  private final NetlinkSocket route;
  private final NetlinkSocket nft;
  private final TunnelDevice tunnelDevice;
  private final WaitingDevice waitingDevice;
  private final FixedParts fixedParts;
  private final Announcer announcer;
  private final FlowSweeper flows;
  private final KernelMonitor monitor;
  private final NetdevFence fence;
  private final WireListener wire;

  private boolean installed;

  /** What the fence is about, as far as we have told it. */
  private Optional<SortedSet<IpAddress>> guarded = Optional.empty();

  /** What the last reading could not make sense of; taken away with the next change. */
  private List<SetElement> strayElements = List.of();

  private PolicyRouting strayRouting = PolicyRouting.none();

  private LinuxDataPlane(String nicName, VxlanSettings tunnel) {
    this.nicName = nicName;
    this.tunnel = tunnel;
    try {
      route = resources.add(NetlinkSocket.open(NetlinkSocket.NETLINK_ROUTE));
      Links.Link nic = nicLink();
      nft = resources.add(NetlinkSocket.open(NetlinkSocket.NETLINK_NETFILTER));
      tunnelDevice = new TunnelDevice(route, tunnel);
      waitingDevice = new WaitingDevice(route);
      announcer = resources.add(new Announcer());
      flows = resources.add(new FlowSweeper());
      fence = resources.add(new NetdevFence(NetlinkSocket.open(NetlinkSocket.NETLINK_NETFILTER)));
      Set<String> devices = Set.of(tunnel.device(), WaitingDevice.ENTRANCE, WaitingDevice.EXIT);
      monitor = resources.add(new KernelMonitor(nic, devices, nft.port(), fence.port()));
      monitor.trust(route.port());
      Libnftables libnftables = resources.add(new Libnftables());
      fixedParts = new FixedParts(route, libnftables, monitor, tunnel, tunnelDevice, waitingDevice);
      wire = resources.add(new WireListener());
      wire.listenOn(nic);
      flows.start();
      monitor.start();
      wire.start();
    } catch (RuntimeException | Error e) {
      resources.close();
      throw e;
    }
  }

  /**
   * Opens the kernel of this node and warms up; changes nothing.
   *
   * @param nic the name of the network interface that carries floating IPs
   * @throws KernelException if there is no such interface, a capability is missing, or libnftables
   *     is not installed
   */
  public static LinuxDataPlane open(String nic, VxlanSettings tunnel) {
    LinuxDataPlane dataPlane = new LinuxDataPlane(nic, tunnel);
    try {
      WarmUp.run(dataPlane.route, dataPlane.nft, nic);
      return dataPlane;
    } catch (RuntimeException | Error e) {
      dataPlane.close();
      throw e;
    }
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable action) {
    locked(() -> {
      action.run();
      return null;
    });
  }

  /** After a failure nobody knows which of the announced changes will be heard of. */
  private void lockedChange(Runnable action) {
    locked(() -> {
      try {
        action.run();
      } catch (RuntimeException e) {
        monitor.expectNothing();
        throw e;
      }
    });
  }

  private Links.Link nicLink() {
    return Links.find(route, nicName)
        .orElseThrow(() ->
            new KernelException(
                "there is no network interface %s: name the one that carries floating IPs"
                    .formatted(nicName)));
  }

  @Override
  public AgentReport.Nic nic() {
    return locked(() -> {
      Links.Link link = nicLink();
      List<InterfaceAddress> own =
          Addresses.list(route, link.index()).stream()
              .filter(address -> !address.isOurs() && address.scope() < Addresses.SCOPE_LINK)
              .map(Addresses.InKernel::address)
              .toList();
      return new AgentReport.Nic(link.name(), link.macAddress(), own);
    });
  }

  @Override
  public boolean hasCarrier() {
    return locked(() -> nicLink().carrier());
  }

  @Override
  public void install() {
    locked(() -> {
      Links.Link nic = nicLink();
      if (!installed) {
        takeOver(nic);
        installed = true;
      }
      fixedParts.install(nic, "");
      wire.listenOn(nic);
      // The fence may have been new.
      Optional<SortedSet<IpAddress>> pool = guarded;
      guarded = Optional.empty();
      pool.ifPresent(this::guard);
    });
  }

  /**
   * What an earlier version translated in the default zone begins anew in its own, and nothing
   * leaves in between.
   */
  private void takeOver(Links.Link nic) {
    EarlierConnections earlier = EarlierConnections.read(nft);
    boolean paused = !earlier.outsideZone().isEmpty();
    fixedParts.install(nic, earlier.servicesKnown() + (paused ? RuleSet.PAUSE : ""));
    if (paused) {
      List<Flow> all = EarlierConnections.read(nft).outsideZone();
      Conntrack.delete(nft, all);
      log.info(
          "{} connections translated by an earlier version are translated anew from their next"
              + " packet on",
          all.size());
    }
  }

  @Override
  public KernelTables observe() {
    return locked(() -> {
      PolicyRouting routing = PolicyRouting.inKernel(route);
      TableReading reading = TableReading.of(nft);
      PolicyRouting.Interfaces interfaces = interfaces();
      SortedMap<Integer, NextHop> nextHops = routing.complete(interfaces);
      SortedSet<IpAddress> held = heldAddresses(interfaces.nic());
      reading.forgetWaiting(
          routing.withoutWaitingPlace(reading.tables(held, nextHops), interfaces));
      KernelTables tables = reading.tables(held, nextHops);
      strayRouting = routing.without(PolicyRouting.of(tables, interfaces));
      strayElements = reading.strays();
      flows.begin(tables);
      return tables;
    });
  }

  private SortedSet<IpAddress> heldAddresses(int nicIndex) {
    return Addresses.list(route, nicIndex).stream()
        .filter(Addresses.InKernel::isOurs)
        .map(address -> address.address().address())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private PolicyRouting.Interfaces interfaces() {
    return new PolicyRouting.Interfaces(
        nicLink().index(), tunnelDevice.index(), waitingDevice.index());
  }

  @Override
  public void apply(KernelTables from, KernelTables to) {
    lockedChange(() -> {
      PolicyRouting.Interfaces interfaces = interfaces();
      requireForwarding(to);
      PolicyRouting oldRouting = PolicyRouting.of(from, interfaces);
      PolicyRouting newRouting = PolicyRouting.of(to, interfaces);
      Difference<IpAddress> held = Difference.of(from.held(), to.held());
      Departures departures = Departures.of(from, to);
      Waiting waiting = Waiting.between(from, to);

      SortedSet<IpAddress> pool = new TreeSet<>(from.pool());
      pool.addAll(to.pool());
      guard(pool);
      fence.shut(departures.atOnce());
      waitingDevice.close(waiting.begun());
      try {
        List<NetlinkRequest> first =
            oldRouting.with(strayRouting).additions(newRouting, tunnel.networkId());
        held.added().forEach(ip -> first.add(addressAdded(interfaces.nic(), ip)));
        route.transact(first);

        List<NftTransaction> elements = TableElements.difference(from, to);
        elements.getFirst().removeBeforehand(strayElements);
        elements.forEach(transaction -> transaction.commit(nft));
      } finally {
        fence.handOver(departures.handedOver());
      }
      waitingDevice.open(waiting.ended());
      TableElements.translationsGone(from, to).commit(nft);

      List<NetlinkRequest> last = oldRouting.removals(newRouting);
      last.addAll(strayRouting.removals(newRouting));
      held.removed().forEach(ip -> last.add(addressRemoved(interfaces.nic(), ip)));
      route.transact(last);

      guard(to.pool());
      strayElements = List.of();
      strayRouting = PolicyRouting.none();
      flows.tablesChanged(from, to);
    });
  }

  /** Addresses come under guard before they come into the kernel, and leave the guard after it. */
  private void guard(SortedSet<IpAddress> pool) {
    if (!guarded.equals(Optional.of(pool))) {
      guarded = Optional.empty();
      fence.guard(pool);
      guarded = Optional.of(new TreeSet<>(pool));
    }
  }

  private NetlinkRequest addressAdded(int nicIndex, IpAddress ip) {
    monitor.expect(ip, true);
    return Addresses.add(nicIndex, ip);
  }

  private NetlinkRequest addressRemoved(int nicIndex, IpAddress ip) {
    monitor.expect(ip, false);
    return Addresses.remove(nicIndex, ip).tolerating(Errno.EADDRNOTAVAIL);
  }

  /** IPv6 is often off where nobody uses it, which is no error until somebody does. */
  private void requireForwarding(KernelTables to) {
    boolean ipv6 =
        !to.podClasses().isEmpty() && to.podClasses().lastKey().family() == IpFamily.IPV6;
    if (ipv6 && !nicLink().forwardsIpv6()) {
      throw new KernelException("IPv6 forwarding is off: set net.ipv6.conf.all.forwarding=1");
    }
  }

  @Override
  public void announce(IpAddress floatingIp) {
    locked(() -> announcer.announce(nicLink(), floatingIp));
  }

  @Override
  public void ask(IpAddress floatingIp) {
    locked(() -> announcer.ask(nicLink(), floatingIp));
  }

  @Override
  public void onClaim(ClaimListener listener) {
    wire.onClaim(listener);
  }

  @Override
  public void onDrift(Runnable listener) {
    monitor.onDrift(listener);
  }

  /** The lease of this node, which does not wait for anything that goes on here. */
  public LeaseFence fence() {
    return fence;
  }

  /** For tests. */
  FlowSweeper flows() {
    return flows;
  }

  /** What the guards have dropped, by the name of the guard's counter in {@code sluice.nft}. */
  public SortedMap<String, GuardCounter> guardCounters() {
    SortedMap<String, GuardCounter> counters = counters();
    counters.keySet().removeAll(RuleSet.WAITING_COUNTERS);
    return counters;
  }

  /** What began to wait for its floating IP, and what was let out, in {@code sluice.nft}. */
  public SortedMap<String, GuardCounter> waitingCounters() {
    SortedMap<String, GuardCounter> counters = counters();
    counters.keySet().retainAll(RuleSet.WAITING_COUNTERS);
    return counters;
  }

  private SortedMap<String, GuardCounter> counters() {
    return locked(() -> NftMessages.counters(nft, NftMessages.NFPROTO_INET));
  }

  /** What the fence has dropped, by the name of the fence's counter in {@code fence.nft}. */
  public SortedMap<String, GuardCounter> fenceCounters() {
    return locked(() -> {
      SortedMap<String, GuardCounter> all = NftMessages.counters(nft, NftMessages.NFPROTO_NETDEV);
      all.putAll(NftMessages.counters(nft, NftMessages.NFPROTO_ARP));
      return all;
    });
  }

  @Override
  public void removeAll() {
    lockedChange(() -> {
      KernelTables before = observe();
      int nicIndex = nicLink().index();
      List<NetlinkRequest> requests = new ArrayList<>();
      before.held().forEach(ip -> requests.add(addressRemoved(nicIndex, ip)));
      requests.addAll(PolicyRouting.inKernel(route).removals(PolicyRouting.none()));
      route.transact(requests);
      fixedParts.remove();
      // The kernel would go on translating established connections without our rules.
      flows.sweepAll(new FlowJudgement(before, KernelTables.EMPTY));
    });
  }

  @Override
  public void close() {
    locked(resources::close);
  }
}

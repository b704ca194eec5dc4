package io.sluice.agent.kernel;

import io.sluice.agent.core.DestinationRange;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.LeaseFence;
import io.sluice.agent.core.NextHop;
import io.sluice.agent.core.PodClass;
import io.sluice.agent.core.Verdict;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A small cluster in network namespaces: three nodes and the outside on one segment, two Pods on
 * the first node, which masquerades what leaves the cluster as a network plugin would.
 *
 * <pre>
 *  pod-1 10.244.1.2 ┐
 *  pod-2 10.244.1.3 ┴ node-1 10.40.0.11 ┐
 *                     node-2 10.40.0.12 ┼ bridge ┬ outside 10.40.0.254
 *                     node-3 10.40.0.13 ┘        └ 203.0.113.10 (matched), 198.51.100.10
 * </pre>
 *
 * Everything has IPv6 addresses too: fd00:40::N, fd00:244::N, 2001:db8:113::10 (matched) and
 * 2001:db8:100::10.
 */
final class Underlay implements AutoCloseable {

  static final IpAddress POD = IpAddress.parse("10.244.1.2");
  static final IpAddress POD_V6 = IpAddress.parse("fd00:244::2");
  static final IpAddress FLOATING = IpAddress.parse("10.40.1.100");
  static final IpAddress FLOATING_V6 = IpAddress.parse("fd00:40::1:100");
  static final String MATCHED = "203.0.113.10";
  static final String UNMATCHED = "198.51.100.10";
  static final String MATCHED_V6 = "2001:db8:113::10";
  static final String UNMATCHED_V6 = "2001:db8:100::10";
  static final int EGRESS = 1;
  static final int EGRESS_V6 = 2;
  private static final int CLASS = 1;
  private static final Duration LONG_LEASE = Duration.ofMinutes(5);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  final NetworkNamespace wire;
  final NetworkNamespace outside;
  final NetworkNamespace pod1;
  final NetworkNamespace pod2;
  final List<NetworkNamespace> nodes;
  final List<LinuxDataPlane> dataPlanes;

  Underlay() {
    try {
      wire = namespace("wire");
      wire.run("ip link add bridge type bridge mcast_snooping 0");
      wire.run("ip link set bridge up");
      nodes = List.of(node(1), node(2), node(3));
      outside = outsideHost();
      pod1 = pod(2);
      pod2 = pod(3);
      dataPlanes =
          nodes.stream()
              .map(node ->
                  keep(node.inside(() -> LinuxDataPlane.open("eth0", VxlanSettings.DEFAULT))))
              .toList();
      dataPlanes.forEach(LinuxDataPlane::install);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** One whose outside host answers every datagram with the source address that it saw. */
  static Underlay mirrored() {
    Underlay net = new Underlay();
    try {
      net.mirror(net.outside, MATCHED, UNMATCHED, MATCHED_V6, UNMATCHED_V6);
      return net;
    } catch (RuntimeException | Error e) {
      net.close();
      throw e;
    }
  }

  /** Answers every datagram to these addresses with its source, as long as this is open. */
  void mirror(NetworkNamespace host, String... addresses) {
    keep(Probe.mirror(host, addresses));
  }

  private <T extends AutoCloseable> T keep(T resource) {
    open.push(resource);
    return resource;
  }

  private NetworkNamespace namespace(String purpose) {
    NetworkNamespace namespace = keep(NetworkNamespace.create(purpose));
    namespace.run("sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0");
    return namespace;
  }

  private NetworkNamespace onBridge(String purpose, String mac) {
    NetworkNamespace namespace = namespace(purpose);
    NetworkNamespace.exec(
        ("ip link add " + purpose + " netns " + wire.name())
            .concat(" type veth peer name eth0 netns " + namespace.name())
            .split(" "));
    wire.run("ip link set " + purpose + " master bridge up");
    namespace.run("ip link set eth0 address " + mac + " up");
    return namespace;
  }

  private NetworkNamespace node(int number) {
    NetworkNamespace node = onBridge("node" + number, "02:00:00:00:00:1" + number);
    node.run("ip addr add 10.40.0.1" + number + "/16 dev eth0");
    node.run("ip addr add fd00:40::1" + number + "/64 dev eth0 nodad");
    node.run("ip route add default via 10.40.0.254");
    node.run("ip -6 route add default via fd00:40::254");
    node.run("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
    // The harder case: a distribution that sets the filter to loose everywhere.
    node.run("sysctl -qw net.ipv4.conf.all.rp_filter=2");
    if (number != 1) {
      node.run("ip route add 10.244.1.0/24 via 10.40.0.11");
      node.run("ip -6 route add fd00:244::/64 via fd00:40::11");
    }
    node.run("nft add table inet plugin");
    node.run("nft add chain inet plugin source { type nat hook postrouting priority srcnat ; }");
    node.run(
        "nft add rule inet plugin source ip saddr 10.244.0.0/16 ip daddr != 10.0.0.0/8"
            + " masquerade");
    node.run(
        "nft add rule inet plugin source ip6 saddr fd00:244::/64 ip6 daddr != fd00::/8"
            + " masquerade");
    return node;
  }

  private NetworkNamespace outsideHost() {
    NetworkNamespace host = onBridge("outside", "02:00:00:00:00:fe");
    host.run("ip addr add 10.40.0.254/16 dev eth0");
    host.run("ip addr add fd00:40::254/64 dev eth0 nodad");
    for (String address : List.of(MATCHED, UNMATCHED)) {
      host.run("ip addr add " + address + "/32 dev lo");
    }
    for (String address : List.of(MATCHED_V6, UNMATCHED_V6)) {
      host.run("ip addr add " + address + "/128 dev lo nodad");
    }
    // What arrives with a Pod's address can be answered, so that the tests see the source.
    host.run("ip route add 10.244.1.0/24 via 10.40.0.11");
    host.run("ip -6 route add fd00:244::/64 via fd00:40::11");
    host.run("sysctl -qw net.ipv4.icmp_ratelimit=0");
    return host;
  }

  private NetworkNamespace pod(int number) {
    NetworkNamespace pod = namespace("pod" + number);
    NetworkNamespace node = nodes.getFirst();
    NetworkNamespace.exec(
        ("ip link add pod" + number + " netns " + node.name())
            .concat(" type veth peer name eth0 netns " + pod.name())
            .split(" "));
    node.run("ip link set pod" + number + " up");
    node.run("ip route add 10.244.1." + number + " dev pod" + number);
    node.run("ip -6 route add fd00:244::" + number + " dev pod" + number);
    node.run("ip addr add 169.254.1.1/32 dev pod" + number);
    node.run("ip -6 addr add fe80::1/64 dev pod" + number + " nodad");
    pod.run("ip link set eth0 up");
    pod.run("ip addr add 10.244.1." + number + "/32 dev eth0");
    pod.run("ip addr add fd00:244::" + number + "/128 dev eth0 nodad");
    pod.run("ip route add 169.254.1.1 dev eth0");
    pod.run("ip route add default via 169.254.1.1");
    pod.run("ip -6 route add default via fe80::1 dev eth0");
    return pod;
  }

  /** All nodes get the tables in which the node of this index holds both floating IPs. */
  void holder(int holder, boolean direct) {
    for (int i = 0; i < nodes.size(); i++) {
      set(i, tables(i == holder, route(holder, direct)));
    }
  }

  void nobodyHolds() {
    for (int i = 0; i < nodes.size(); i++) {
      set(i, tables(false, Collections.emptySortedMap()));
    }
  }

  /** Every connection begins anew with its next packet, on all nodes. */
  void forgetConnections() {
    nodes.forEach(node -> node.run("conntrack -F"));
  }

  /** A deadline so far from now. */
  static LeaseFence.Deadline in(Duration lease) {
    return LeaseFence.Deadline.after(System.nanoTime(), WallClock.nanos(), lease.toNanos());
  }

  /** These, in mode available. */
  static SortedMap<LeaseMode, SortedSet<IpAddress>> available(IpAddress... addresses) {
    SortedMap<LeaseMode, SortedSet<IpAddress>> all = new TreeMap<>();
    all.put(LeaseMode.AVAILABLE, new TreeSet<>(List.of(addresses)));
    return all;
  }

  static SortedMap<Integer, NextHop> route(int holder, boolean direct) {
    return new TreeMap<>(
        Map.of(
            1, new NextHop(direct, IpAddress.parse("10.40.0.1" + (holder + 1))),
            2, new NextHop(direct, IpAddress.parse("fd00:40::1" + (holder + 1)))));
  }

  void set(int node, KernelTables tables) {
    LinuxDataPlane dataPlane = dataPlanes.get(node);
    dataPlane.apply(dataPlane.observe(), tables);
    dataPlane.fence().admit(new TreeMap<>(Map.of(LeaseMode.AVAILABLE, tables.held())));
    dataPlane.fence().renew(LeaseMode.AVAILABLE, in(LONG_LEASE));
    tables.held().forEach(dataPlane::announce);
  }

  static KernelTables tables(boolean held, SortedMap<Integer, NextHop> routes) {
    return tables(held, routes, new Verdict.Egress(EGRESS), new Verdict.Egress(EGRESS_V6));
  }

  static KernelTables tables(
      boolean held, SortedMap<Integer, NextHop> routes, Verdict verdict, Verdict verdictV6) {
    var pool = new TreeSet<>(List.of(FLOATING, FLOATING_V6));
    PodClass podClass =
        new PodClass(
            List.of(
                range("203.0.113.0", "203.0.113.255", verdict),
                range("2001:db8:113::", "2001:db8:113::ffff", verdictV6)));
    int first = held ? KernelTables.HELD_HERE : routes.isEmpty() ? KernelTables.NOWHERE : 1;
    int second = first == 1 ? 2 : first;
    return new KernelTables(
        held ? pool : Collections.emptySortedSet(),
        pool,
        new TreeSet<>(
            List.of(
                Cidr.parse("10.244.0.0/16"),
                Cidr.parse("10.40.0.0/24"),
                Cidr.parse("fd00:244::/64"))),
        new TreeMap<>(Map.of(POD, CLASS, POD_V6, CLASS)),
        new TreeMap<>(Map.of(CLASS, podClass)),
        new TreeMap<>(Map.of(EGRESS, first, EGRESS_V6, second)),
        held
            ? new TreeMap<>(Map.of(EGRESS, FLOATING, EGRESS_V6, FLOATING_V6))
            : Collections.emptySortedMap(),
        held ? Collections.emptySortedMap() : routes);
  }

  private static DestinationRange range(String first, String last, Verdict verdict) {
    return new DestinationRange(IpAddress.parse(first), IpAddress.parse(last), verdict);
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        failure = new IllegalStateException(e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}

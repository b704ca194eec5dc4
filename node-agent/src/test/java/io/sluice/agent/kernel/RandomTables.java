package io.sluice.agent.kernel;

import io.sluice.agent.core.DestinationRange;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.LeakGuard;
import io.sluice.agent.core.NextHop;
import io.sluice.agent.core.PodClass;
import io.sluice.agent.core.Verdict;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** Tables as arbitrary as the kernel must be able to hold them. */
final class RandomTables {

  private final RandomGenerator random;

  RandomTables(RandomGenerator random) {
    this.random = random;
  }

  KernelTables next() {
    NavigableSet<IpAddress> pool = new TreeSet<>();
    times(12, () -> pool.add(floatingIp()));
    NavigableSet<IpAddress> held = new TreeSet<>();
    pool.stream().filter(_ -> random.nextBoolean()).forEach(held::add);
    SortedMap<IpAddress, Integer> pods = new TreeMap<>();
    times(40, () -> pods.put(pod(), random.nextInt(6)));
    SortedMap<Integer, PodClass> classes = new TreeMap<>();
    times(6, () -> classes.put(random.nextInt(6), podClass()));
    SortedMap<Integer, NextHop> routes = new TreeMap<>();
    times(6, () -> routes.put(random.nextInt(1, 9), nextHop()));
    SortedMap<Integer, Integer> egress = new TreeMap<>();
    times(10, () -> egress.put(egressIndex(), random.nextInt(-1, 9)));
    SortedMap<Integer, IpAddress> snat = new TreeMap<>();
    held.forEach(ip -> snat.put(egressIndex(), ip));
    SortedSet<IpAddress> cleared = new TreeSet<>();
    times(20, () -> cleared.add(pod()));
    return new KernelTables(held, pool, networks(), pods, classes, egress, snat, routes)
        .withLeakGuard(new LeakGuard(networks(), networks(), cleared));
  }

  private void times(int most, Runnable action) {
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      action.run();
    }
  }

  private int egressIndex() {
    return random.nextInt(4) == 0 ? KernelTables.MAX_EGRESS_INDEX : random.nextInt(1, 20);
  }

  private IpAddress floatingIp() {
    return random.nextInt(3) == 0
        ? IpAddress.parse("fd00:40::1:" + Integer.toHexString(random.nextInt(1, 30)))
        : IpAddress.parse("10.40.1." + random.nextInt(1, 30));
  }

  private IpAddress pod() {
    return random.nextInt(3) == 0
        ? IpAddress.parse("fd00:244::" + Integer.toHexString(random.nextInt(1, 60)))
        : IpAddress.parse("10.244.1." + random.nextInt(1, 60));
  }

  private NextHop nextHop() {
    boolean ipv6 = random.nextInt(3) == 0;
    String node = (ipv6 ? "fd00:40::" : "10.40.0.") + random.nextInt(20, 30);
    return new NextHop(random.nextBoolean(), IpAddress.parse(node));
  }

  private SortedSet<Cidr> networks() {
    SortedSet<Cidr> networks = new TreeSet<>();
    times(5, () -> networks.add(new Cidr(address(false), random.nextInt(33))));
    times(5, () -> networks.add(new Cidr(address(true), random.nextInt(129))));
    return networks;
  }

  private IpAddress address(boolean ipv6) {
    byte[] bytes = new byte[ipv6 ? 16 : 4];
    random.nextBytes(bytes);
    return IpAddress.ofBytes(bytes);
  }

  private PodClass podClass() {
    SortedSet<IpAddress> ipv4 = new TreeSet<>();
    SortedSet<IpAddress> ipv6 = new TreeSet<>();
    times(8, () -> ipv4.add(address(false)));
    times(8, () -> ipv6.add(address(true)));
    List<DestinationRange> ranges = new ArrayList<>(between(ipv4));
    ranges.addAll(between(ipv6));
    return new PodClass(ranges);
  }

  /** Disjoint ranges between successive addresses, some of which touch. */
  private List<DestinationRange> between(SortedSet<IpAddress> bounds) {
    List<DestinationRange> ranges = new ArrayList<>();
    IpAddress first = null;
    for (IpAddress bound : bounds) {
      if (first != null && random.nextInt(4) != 0) {
        ranges.add(
            new DestinationRange(
                first, random.nextBoolean() ? bound.previous() : first, verdict()));
      }
      first = bound;
    }
    return ranges;
  }

  private Verdict verdict() {
    return switch (random.nextInt(4)) {
      case 0 -> new Verdict.Drop();
      case 1 -> new Verdict.KeepPodAddress();
      default -> new Verdict.Egress(egressIndex());
    };
  }
}

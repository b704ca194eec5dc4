package io.sluice.agent.kernel;

import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The networks that an interval set holds, from the boundaries that the kernel tells. */
final class NetworkBoundaries {

  private final SortedMap<IpAddress, Boolean> boundaries = new TreeMap<>();

  /** Remembers a start; an end that is also a start joins two intervals and is none. */
  void add(SetElement element) {
    boundaries.merge(
        KernelValues.readAddress(element.key()), !element.endsInterval(), (a, b) -> a || b);
  }

  /** The largest networks that the intervals consist of. */
  SortedSet<Cidr> networks() {
    SortedSet<Cidr> networks = new TreeSet<>();
    Optional<IpAddress> start = Optional.empty();
    for (var boundary : boundaries.entrySet()) {
      IpAddress at = boundary.getKey();
      if (start.isPresent() && (!boundary.getValue() || start.get().family() != at.family())) {
        boolean ended = start.get().family() == at.family();
        cover(start.get(), ended ? at.previous() : highest(start.get().family()), networks);
        start = Optional.empty();
      }
      if (start.isEmpty() && boundary.getValue()) {
        start = Optional.of(at);
      }
    }
    start.ifPresent(first -> cover(first, highest(first.family()), networks));
    return networks;
  }

  /** Cuts a run of addresses into the largest networks it consists of. */
  private static void cover(IpAddress first, IpAddress last, SortedSet<Cidr> networks) {
    IpAddress at = first;
    while (true) {
      Cidr network = largest(at, last);
      networks.add(network);
      if (network.last().compareTo(last) >= 0) {
        return;
      }
      at = network.last().next();
    }
  }

  private static Cidr largest(IpAddress first, IpAddress last) {
    int length = 0;
    while (true) {
      Cidr network = new Cidr(first, length);
      if (network.first().equals(first) && network.last().compareTo(last) <= 0) {
        return network;
      }
      length++;
    }
  }

  private static IpAddress highest(IpFamily family) {
    return switch (family) {
      case IPV4 -> new IpAddress(family, 0, 0xFFFF_FFFFL);
      case IPV6 -> new IpAddress(family, -1, -1);
    };
  }
}

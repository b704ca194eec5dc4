package io.sluice.agent.kernel;

import io.sluice.agent.core.DestinationRange;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.NextHop;
import io.sluice.agent.core.PodClass;
import io.sluice.agent.core.Verdict;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The tables as the set elements of the kernel tell them. Elements that mean nothing (somebody else
 * added them, or one half of a pair is missing) are kept as strays: they are removed with the next
 * change.
 */
final class TableReading {

  private final SortedSet<IpAddress> pool = new TreeSet<>();
  private final SortedSet<Cidr> clusterNetworks = new TreeSet<>();
  private final SortedMap<IpAddress, Integer> podClasses = new TreeMap<>();
  private final SortedMap<Integer, PodClass> classes = new TreeMap<>();
  private final SortedMap<Integer, Integer> egressRoutes = new TreeMap<>();
  private final SortedMap<Integer, IpAddress> snat = new TreeMap<>();
  private final List<SetElement> strays = new ArrayList<>();

  private final SortedMap<Integer, List<DestinationRange>> ranges = new TreeMap<>();
  private final SortedSet<SetElement> translations = new TreeSet<>(SetElement.BY_CONTENT);
  private final SortedSet<SetElement> bound = new TreeSet<>(SetElement.BY_CONTENT);
  private final SortedMap<IpAddress, Boolean> boundaries = new TreeMap<>();

  private TableReading() {}

  /** Reads all sets; retries when they changed meanwhile. */
  static TableReading of(NetlinkSocket socket) {
    return InterruptedDumpException.retry(() -> {
      TableReading reading = new TableReading();
      for (NftSet set : NftSet.all()) {
        NftMessages.dump(socket, set, reading::accept);
      }
      reading.combine();
      return reading;
    });
  }

  /** Makes sense of elements. */
  static TableReading of(Collection<SetElement> elements) {
    TableReading reading = new TableReading();
    elements.forEach(reading::accept);
    reading.combine();
    return reading;
  }

  private void accept(SetElement element) {
    if (!understand(element)) {
      strays.add(element);
    }
  }

  private boolean understand(SetElement element) {
    return switch (element.set().content()) {
      case POD_CLASS_V4, POD_CLASS_V6 -> podClass(element);
      case DESTINATION_V4, DESTINATION_V6 -> destination(element);
      case EGRESS_ROUTE -> egressRoute(element);
      case SNAT_V4, SNAT_V6 -> translations.add(element);
      case BOUND_V4, BOUND_V6 -> bound.add(element);
      case POOL_V4, POOL_V6 -> pool.add(KernelValues.readAddress(element.key()));
      case CLUSTER_V4, CLUSTER_V6 -> boundary(element);
      case GUARDED_V4,
          GUARDED_V6,
          GUARDED_ARP,
          AVAILABLE_V4,
          AVAILABLE_V6,
          STRICT_V4,
          STRICT_V6,
          AVAILABLE_ALIVE,
          STRICT_ALIVE,
          AVAILABLE_UNTIL,
          STRICT_UNTIL ->
          throw new IllegalArgumentException("of the fence, not of the tables: " + element.set());
    };
  }

  private static int dataMark(SetElement element) {
    return KernelValues.readMark(element.data().orElseThrow());
  }

  private boolean podClass(SetElement element) {
    OptionalInt number = Marks.classNumber(dataMark(element));
    number.ifPresent(n -> podClasses.put(KernelValues.readAddress(element.key()), n));
    return number.isPresent();
  }

  private boolean destination(SetElement element) {
    var lastKey = element.lastKey().orElse(element.key());
    int mark = KernelValues.readIntervalMark(element.key());
    OptionalInt number = Marks.classNumber(mark);
    Optional<Verdict> verdict = Marks.verdict(dataMark(element));
    if (number.isEmpty() || verdict.isEmpty() || KernelValues.readIntervalMark(lastKey) != mark) {
      return false;
    }
    IpAddress first = KernelValues.readSecond(element.key());
    if (!element.set().equals(NftSet.destination(first.family(), number.getAsInt()))) {
      return false;
    }
    return ranges
        .computeIfAbsent(number.getAsInt(), _ -> new ArrayList<>())
        .add(new DestinationRange(first, KernelValues.readSecond(lastKey), verdict.get()));
  }

  private boolean egressRoute(SetElement element) {
    OptionalInt index = Marks.egressIndex(KernelValues.readMark(element.key()));
    if (index.isEmpty()) {
      return false;
    }
    OptionalInt route = Marks.route(index.getAsInt(), dataMark(element));
    route.ifPresent(r -> egressRoutes.put(index.getAsInt(), r));
    return route.isPresent();
  }

  /** Remembers a start; an end that is also a start joins two intervals and is none. */
  private boolean boundary(SetElement element) {
    boundaries.merge(
        KernelValues.readAddress(element.key()), !element.endsInterval(), (a, b) -> a || b);
    return true;
  }

  private void combine() {
    ranges.forEach((number, list) -> classes.put(number, new PodClass(list)));
    translations.forEach(this::combineTranslation);
    strays.addAll(bound);
    combineIntervals();
  }

  /** A translation counts only together with its pair in the guard's set. */
  private void combineTranslation(SetElement translation) {
    OptionalInt index = Marks.egressIndex(KernelValues.readMark(translation.key()));
    if (index.isEmpty() || snat.containsKey(index.getAsInt())) {
      strays.add(translation);
      return;
    }
    IpAddress floatingIp = KernelValues.readAddress(translation.data().orElseThrow());
    if (bound.remove(TableElements.snat(index.getAsInt(), floatingIp).getLast())) {
      snat.put(index.getAsInt(), floatingIp);
    } else {
      strays.add(translation);
    }
  }

  private void combineIntervals() {
    Optional<IpAddress> start = Optional.empty();
    for (var boundary : boundaries.entrySet()) {
      IpAddress at = boundary.getKey();
      if (start.isPresent() && (!boundary.getValue() || start.get().family() != at.family())) {
        boolean ended = start.get().family() == at.family();
        cover(start.get(), ended ? at.previous() : highest(start.get().family()));
        start = Optional.empty();
      }
      if (start.isEmpty() && boundary.getValue()) {
        start = Optional.of(at);
      }
    }
    start.ifPresent(first -> cover(first, highest(first.family())));
  }

  /** Cuts a run of addresses into the largest networks it consists of. */
  private void cover(IpAddress first, IpAddress last) {
    IpAddress at = first;
    while (true) {
      Cidr network = largest(at, last);
      clusterNetworks.add(network);
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

  /** The tables, together with what is read elsewhere. */
  KernelTables tables(SortedSet<IpAddress> held, SortedMap<Integer, NextHop> routes) {
    return new KernelTables(
        held,
        pool,
        clusterNetworks,
        Collections.unmodifiableSortedMap(podClasses),
        classes,
        egressRoutes,
        snat,
        routes);
  }

  List<SetElement> strays() {
    return List.copyOf(strays);
  }
}

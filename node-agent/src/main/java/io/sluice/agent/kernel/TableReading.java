package io.sluice.agent.kernel;

import io.sluice.agent.core.DestinationRange;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.LeakGuard;
import io.sluice.agent.core.NextHop;
import io.sluice.agent.core.PodClass;
import io.sluice.agent.core.Verdict;
import io.sluice.model.IpAddress;
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
  private final SortedMap<IpAddress, Integer> podClasses = new TreeMap<>();
  private final SortedMap<Integer, PodClass> classes = new TreeMap<>();
  private final SortedMap<Integer, Integer> egressRoutes = new TreeMap<>();
  private final SortedMap<Integer, IpAddress> snat = new TreeMap<>();
  private final SortedSet<Integer> waiting = new TreeSet<>();
  private final List<SetElement> strays = new ArrayList<>();

  private final SortedMap<Integer, List<DestinationRange>> ranges = new TreeMap<>();
  private final SortedSet<SetElement> translations = new TreeSet<>(SetElement.BY_CONTENT);
  private final SortedSet<SetElement> bound = new TreeSet<>(SetElement.BY_CONTENT);
  private final NetworkBoundaries cluster = new NetworkBoundaries();
  private final NetworkBoundaries ownPods = new NetworkBoundaries();
  private final NetworkBoundaries allPods = new NetworkBoundaries();
  private final SortedSet<IpAddress> cleared = new TreeSet<>();

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
      case EGRESS_WAITING -> egressWaiting(element);
      case SNAT_V4, SNAT_V6 -> translations.add(element);
      case BOUND_V4, BOUND_V6 -> bound.add(element);
      case POOL_V4, POOL_V6 -> pool.add(KernelValues.readAddress(element.key()));
      case CLUSTER_V4, CLUSTER_V6 -> boundary(cluster, element);
      case OWN_PODS_V4, OWN_PODS_V6 -> boundary(ownPods, element);
      case ALL_PODS_V4, ALL_PODS_V6 -> boundary(allPods, element);
      case CLEARED_V4, CLEARED_V6 -> cleared.add(KernelValues.readAddress(element.key()));
      case GUARDED_V4,
          GUARDED_V6,
          GUARDED_ARP,
          AVAILABLE_V4,
          AVAILABLE_V6,
          STRICT_V4,
          STRICT_V6,
          HANDED_OVER_V4,
          HANDED_OVER_V6,
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

  private boolean egressWaiting(SetElement element) {
    OptionalInt index = Marks.egressIndex(KernelValues.readMark(element.key()));
    return index.isPresent()
        && element.data().equals(TableElements.egressWaiting(index.getAsInt()).data())
        && waiting.add(index.getAsInt());
  }

  private static boolean boundary(NetworkBoundaries boundaries, SetElement element) {
    boundaries.add(element);
    return true;
  }

  private void combine() {
    ranges.forEach((number, list) -> classes.put(number, new PodClass(list)));
    translations.forEach(this::combineTranslation);
    strays.addAll(bound);
    combineWaiting();
  }

  /** An address that is translated to and not held is one whose packets wait, or it is a stray. */
  private void combineWaiting() {
    for (int index : List.copyOf(snat.keySet())) {
      boolean held =
          egressRoutes.getOrDefault(index, KernelTables.NOWHERE) == KernelTables.HELD_HERE;
      if (!held && !waiting.remove(index)) {
        forget(index);
      }
    }
    waiting.forEach(index -> strays.add(TableElements.egressWaiting(index)));
  }

  /** An address whose translation is not all there counts as not translated to. */
  private void forget(int index) {
    strays.addAll(TableElements.snat(index, snat.remove(index)));
  }

  /** As {@link #forget(int)} for addresses whose packets are to wait and cannot. */
  void forgetWaiting(Collection<Integer> indexes) {
    for (int index : indexes) {
      forget(index);
      strays.add(TableElements.egressWaiting(index));
    }
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

  /** The tables, together with what is read elsewhere. */
  KernelTables tables(SortedSet<IpAddress> held, SortedMap<Integer, NextHop> routes) {
    return new KernelTables(
        held,
        pool,
        cluster.networks(),
        Collections.unmodifiableSortedMap(podClasses),
        classes,
        egressRoutes,
        snat,
        routes,
        new LeakGuard(ownPods.networks(), allPods.networks(), cleared));
  }

  List<SetElement> strays() {
    return List.copyOf(strays);
  }
}

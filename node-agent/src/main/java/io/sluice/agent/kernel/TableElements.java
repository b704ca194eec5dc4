package io.sluice.agent.kernel;

import io.sluice.agent.core.DestinationRange;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.LeakGuard;
import io.sluice.agent.core.PodClass;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/** The set elements that stand for the tables. */
final class TableElements {

  private TableElements() {}

  /**
   * The kernel keeps a page of notifications for each element of a transaction until it is
   * committed, if anybody listens: 150,000 at once would take 600 MB.
   */
  private static final int PODS_PER_TRANSACTION = 4096;

  /**
   * The changes that turn one into the other: one transaction, and further ones if more Pods come
   * and go than one should hold. Pods that change their class are in the first, so those that are
   * known always have one; the others come in or go when all that their classes say is in place.
   * Without {@link #translationsGone}.
   */
  static List<NftTransaction> difference(KernelTables from, KernelTables to) {
    NftTransaction transaction = new NftTransaction();
    pool(Difference.of(from.pool(), to.pool()), transaction);
    networks(NftSet::cluster, from.clusterNetworks(), to.clusterNetworks(), transaction);
    classes(Difference.of(from.classes(), to.classes()), transaction);

    Difference<Map.Entry<Integer, Integer>> routes =
        Difference.of(from.egressRoutes(), to.egressRoutes());
    Difference.each(
        routes.removed(), (index, route) -> transaction.remove(egressRoute(index, route)));
    Difference.each(routes.added(), (index, route) -> transaction.add(egressRoute(index, route)));

    Difference<Map.Entry<Integer, IpAddress>> waiting = Difference.of(from.waiting(), to.waiting());
    Difference.each(waiting.removed(), (index, _) -> transaction.remove(egressWaiting(index)));
    Difference.each(waiting.added(), (index, _) -> transaction.add(egressWaiting(index)));

    translations(from, to, true).forEach(transaction::remove);
    Difference.each(
        Difference.of(from.snat(), to.snat()).added(),
        (index, ip) -> snat(index, ip).forEach(transaction::add));

    List<NftTransaction> transactions = new ArrayList<>(List.of(transaction));
    pods(from.podClasses(), to.podClasses(), transactions);
    leakGuard(from.leakGuard(), to.leakGuard(), transactions);
    return transactions;
  }

  /**
   * What is left to remove once nothing leaves by it any more: a packet that met the first rules
   * before the change is translated after it.
   */
  static NftTransaction translationsGone(KernelTables from, KernelTables to) {
    NftTransaction transaction = new NftTransaction();
    translations(from, to, false).forEach(transaction::remove);
    return transaction;
  }

  /** Those that go, in favour of another one for their egress index or of none. */
  private static List<SetElement> translations(
      KernelTables from, KernelTables to, boolean replaced) {
    List<SetElement> elements = new ArrayList<>();
    Difference.each(
        Difference.of(from.snat(), to.snat()).removed(),
        (index, ip) -> {
          if (to.snat().containsKey(index) == replaced) {
            elements.addAll(snat(index, ip));
          }
        });
    return elements;
  }

  /** A Pod is let out as one without policies only when the classes of all others are in place. */
  private static void leakGuard(LeakGuard from, LeakGuard to, List<NftTransaction> transactions) {
    NftTransaction last = transactions.getLast();
    Difference<IpAddress> cleared = Difference.of(from.cleared(), to.cleared());
    cleared.removed().forEach(pod -> transactions.getFirst().remove(cleared(pod)));
    cleared.added().forEach(pod -> last.add(cleared(pod)));
    networks(NftSet::ownPods, from.ownPods(), to.ownPods(), last);
    networks(NftSet::allPods, from.allPods(), to.allPods(), last);
  }

  private static void pods(
      SortedMap<IpAddress, Integer> from,
      SortedMap<IpAddress, Integer> to,
      List<NftTransaction> transactions) {
    Difference<Map.Entry<IpAddress, Integer>> pods = Difference.of(from, to);
    NftTransaction first = transactions.getFirst();
    boolean many = pods.removed().size() + pods.added().size() > PODS_PER_TRANSACTION;
    Difference.each(
        pods.added(),
        (pod, number) ->
            (many && !from.containsKey(pod) ? withRoom(transactions) : first)
                .add(podClass(pod, number)));
    Difference.each(
        pods.removed(),
        (pod, number) ->
            (many && !to.containsKey(pod) ? withRoom(transactions) : first)
                .remove(podClass(pod, number)));
  }

  private static NftTransaction withRoom(List<NftTransaction> transactions) {
    if (transactions.size() == 1 || transactions.getLast().size() >= PODS_PER_TRANSACTION) {
      transactions.add(new NftTransaction());
    }
    return transactions.getLast();
  }

  private static void pool(Difference<IpAddress> pool, NftTransaction transaction) {
    pool.removed().forEach(ip -> transaction.remove(poolMember(ip)));
    pool.added().forEach(ip -> transaction.add(poolMember(ip)));
  }

  /** Ranges of one class that stay are not touched. */
  private static void classes(
      Difference<Map.Entry<Integer, PodClass>> classes, NftTransaction transaction) {
    SortedSet<SetElement> removed = new TreeSet<>(SetElement.BY_CONTENT);
    SortedSet<SetElement> added = new TreeSet<>(SetElement.BY_CONTENT);
    Difference.each(
        classes.removed(), (number, podClass) -> removed.addAll(destinations(number, podClass)));
    Difference.each(
        classes.added(), (number, podClass) -> added.addAll(destinations(number, podClass)));
    removed.stream().filter(element -> !added.contains(element)).forEach(transaction::remove);
    added.stream().filter(element -> !removed.contains(element)).forEach(transaction::add);
  }

  /** A handful of intervals: replaced whole, which spares knowing how they were cut before. */
  private static void networks(
      Function<IpFamily, NftSet> sets,
      SortedSet<Cidr> from,
      SortedSet<Cidr> to,
      NftTransaction transaction) {
    if (!from.equals(to)) {
      for (IpFamily family : IpFamily.values()) {
        transaction.flush(sets.apply(family));
        transaction.addAll(intervals(sets.apply(family), family, to));
      }
    }
  }

  static SetElement podClass(IpAddress pod, int number) {
    return SetElement.entry(
        NftSet.podClass(pod.family()),
        KernelValues.address(pod),
        KernelValues.mark(Marks.ofClass(number)));
  }

  static List<SetElement> destinations(int number, PodClass podClass) {
    return podClass.ranges().stream().map(range -> destination(number, range)).toList();
  }

  private static SetElement destination(int number, DestinationRange range) {
    int mark = Marks.ofClass(number);
    return new SetElement(
        NftSet.destination(range.first().family(), number),
        KernelValues.intervalKey(mark, range.first()),
        Optional.of(KernelValues.intervalKey(mark, range.last())),
        false,
        Optional.of(KernelValues.mark(Marks.ofVerdict(range.verdict()))),
        0);
  }

  static SetElement egressRoute(int index, int route) {
    return SetElement.entry(
        NftSet.EGRESS_ROUTE,
        KernelValues.mark(Marks.ofEgress(index)),
        KernelValues.mark(Marks.ofRoute(index, route)));
  }

  /** What makes packets of other nodes wait. */
  static SetElement egressWaiting(int index) {
    return SetElement.entry(
        NftSet.EGRESS_WAITING,
        KernelValues.mark(Marks.ofEgress(index)),
        KernelValues.mark(Marks.ofRoute(index, KernelTables.HELD_BACK)));
  }

  /** The translation, and the pair that lets its packets pass the guard. */
  static List<SetElement> snat(int index, IpAddress floatingIp) {
    int mark = Marks.ofEgress(index);
    return List.of(
        SetElement.entry(
            NftSet.snat(floatingIp.family()),
            KernelValues.mark(mark),
            KernelValues.address(floatingIp)),
        SetElement.member(
            NftSet.bound(floatingIp.family()), KernelValues.markAndAddress(mark, floatingIp)));
  }

  static SetElement cleared(IpAddress pod) {
    return SetElement.member(NftSet.cleared(pod.family()), KernelValues.address(pod));
  }

  static SetElement poolMember(IpAddress ip) {
    return SetElement.member(NftSet.pool(ip.family()), KernelValues.address(ip));
  }

  /**
   * Networks as intervals: an element where one starts, one behind its end. Networks that touch are
   * one interval, and one that reaches to the last address has no end.
   */
  static List<SetElement> intervals(NftSet set, IpFamily family, SortedSet<Cidr> networks) {
    List<SetElement> elements = new ArrayList<>();
    Optional<IpAddress> open = Optional.empty();
    for (Cidr network : networks) {
      if (network.family() != family) {
        continue;
      }
      if (!open.equals(Optional.of(network.first()))) {
        open.ifPresent(end -> elements.add(intervalEnd(set, end)));
        elements.add(SetElement.member(set, KernelValues.address(network.first())));
      }
      open = Optional.of(network.last().next());
    }
    open.filter(end -> !isZero(end)).ifPresent(end -> elements.add(intervalEnd(set, end)));
    return Collections.unmodifiableList(elements);
  }

  private static SetElement intervalEnd(NftSet set, IpAddress end) {
    return SetElement.intervalEnd(set, KernelValues.address(end));
  }

  private static boolean isZero(IpAddress address) {
    return address.high() == 0 && address.low() == 0;
  }
}

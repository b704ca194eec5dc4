package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.Verdict;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values to bytes and back, without a kernel. */
class TableElementsTest {

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void differencesAddUpToTheTables(long seed) {
    RandomTables tables = new RandomTables(new Random(seed));
    Set<SetElement> kernel = new HashSet<>();
    KernelTables before = KernelTables.EMPTY;
    for (int step = 0; step < 200; step++) {
      KernelTables wanted = tables.next();
      change(before, wanted, kernel);
      TableReading reading = TableReading.of(List.copyOf(kernel));
      assertThat(reading.strays()).isEmpty();
      assertThat(reading.tables(wanted.held(), wanted.routes()))
          .as("seed %d, step %d", seed, step)
          .isEqualTo(wanted);
      before = wanted;
    }
    change(before, KernelTables.EMPTY, kernel);
    assertThat(kernel).isEmpty();
  }

  private static void change(KernelTables from, KernelTables to, Set<SetElement> kernel) {
    TableElements.difference(from, to).forEach(each -> carryOut(each, kernel));
    carryOut(TableElements.translationsGone(from, to), kernel);
  }

  @Test
  void aTranslationThatGoesForGoodGoesLast() {
    IpAddress goes = IpAddress.parse("10.40.1.1");
    IpAddress comes = IpAddress.parse("10.40.1.2");
    KernelTables before = translating(new TreeMap<>(Map.of(1, goes, 2, goes)));
    KernelTables after = translating(new TreeMap<>(Map.of(2, comes)));
    NftTransaction first = TableElements.difference(before, after).getFirst();
    assertThat(first.removed()).containsExactlyInAnyOrderElementsOf(TableElements.snat(2, goes));
    assertThat(first.added()).containsExactlyInAnyOrderElementsOf(TableElements.snat(2, comes));
    NftTransaction last = TableElements.translationsGone(before, after);
    assertThat(last.removed()).containsExactlyInAnyOrderElementsOf(TableElements.snat(1, goes));
    assertThat(last.added()).isEmpty();
  }

  private static KernelTables translating(SortedMap<Integer, IpAddress> snat) {
    return new KernelTables(
        Collections.emptySortedSet(),
        Collections.emptySortedSet(),
        Collections.emptySortedSet(),
        Collections.emptySortedMap(),
        Collections.emptySortedMap(),
        new TreeMap<>(Map.of(1, KernelTables.HELD_HERE, 2, KernelTables.HELD_HERE)),
        snat,
        Collections.emptySortedMap());
  }

  /** What the kernel does, which refuses to remove what is not there. */
  private static void carryOut(NftTransaction transaction, Set<SetElement> kernel) {
    kernel.removeIf(element -> transaction.flushed().contains(element.set()));
    assertThat(kernel).containsAll(transaction.removed());
    transaction.removed().forEach(kernel::remove);
    kernel.addAll(transaction.added());
  }

  @Test
  void equalTablesTakeNoTransaction() {
    KernelTables tables = new RandomTables(new Random(5)).next();
    assertThat(TableElements.difference(tables, tables)).allMatch(NftTransaction::isEmpty);
  }

  @Test
  void podsByTheThousandComeAfterTheirClassesAndGoAfterThem() {
    SortedMap<IpAddress, Integer> before = new TreeMap<>();
    SortedMap<IpAddress, Integer> after = new TreeMap<>();
    for (int i = 0; i < 10_000; i++) {
      before.put(new IpAddress(IpFamily.IPV4, 0, 0x0A00_0000L + i), 1);
      after.put(new IpAddress(IpFamily.IPV4, 0, 0x0A00_0000L + 9_900 + i), 2);
    }
    List<NftTransaction> transactions = TableElements.difference(withPods(before), withPods(after));
    assertThat(transactions).hasSizeGreaterThan(4).allMatch(each -> each.size() <= 4096);
    assertThat(transactions.getFirst().removed()).as("Pods that change class").hasSize(100);
    assertThat(transactions.getFirst().added()).hasSize(100);
    assertThat(transactions.stream().mapToInt(NftTransaction::size).sum()).isEqualTo(20_000);
  }

  private static KernelTables withPods(SortedMap<IpAddress, Integer> pods) {
    return new KernelTables(
        Collections.emptySortedSet(),
        Collections.emptySortedSet(),
        Collections.emptySortedSet(),
        pods,
        Collections.emptySortedMap(),
        Collections.emptySortedMap(),
        Collections.emptySortedMap(),
        Collections.emptySortedMap());
  }

  @Test
  void aDifferenceNamesWhatWentCameAndChanged() {
    Difference<Map.Entry<Integer, String>> difference =
        Difference.of(
            new TreeMap<>(Map.of(1, "a", 2, "b", 3, "c")),
            new TreeMap<>(Map.of(2, "b", 3, "d", 4, "e")));
    assertThat(difference.removed()).containsExactly(Map.entry(1, "a"), Map.entry(3, "c"));
    assertThat(difference.added()).containsExactly(Map.entry(3, "d"), Map.entry(4, "e"));
    assertThat(Difference.of(new TreeSet<>(Set.of(1, 2)), new TreeSet<>(Set.of(2, 3))))
        .isEqualTo(new Difference<>(List.of(1), List.of(3)));
  }

  @Test
  void anIntervalUpToTheLastAddressHasNoEnd() {
    assertThat(
            TableElements.intervals(
                NftSet.cluster(IpFamily.IPV4),
                IpFamily.IPV4,
                new TreeSet<>(Set.of(Cidr.parse("128.0.0.0/1")))))
        .hasSize(1)
        .noneMatch(SetElement::endsInterval);
    assertThat(
            TableElements.intervals(
                NftSet.cluster(IpFamily.IPV6),
                IpFamily.IPV6,
                new TreeSet<>(Set.of(Cidr.parse("10.0.0.0/8")))))
        .isEmpty();
  }

  @Test
  void marksSayWhatTheyWereMadeOf() {
    List<Verdict> verdicts =
        List.of(
            new Verdict.Egress(1),
            new Verdict.Egress(KernelTables.MAX_EGRESS_INDEX),
            new Verdict.KeepPodAddress(),
            new Verdict.Drop());
    assertThat(verdicts)
        .allSatisfy(
            verdict -> assertThat(Marks.verdict(Marks.ofVerdict(verdict))).contains(verdict));
    for (int index : List.of(1, 77, KernelTables.MAX_EGRESS_INDEX)) {
      for (int route : List.of(-1, 0, 1, KernelTables.MAX_ROUTE_INDEX)) {
        int mark = Marks.ofRoute(index, route);
        assertThat(Marks.route(index, mark)).hasValue(route);
        assertThat(Marks.route(index - 1, mark)).isEmpty();
      }
    }
    assertThat(Marks.classNumber(Marks.ofClass(KernelTables.MAX_CLASS)))
        .hasValue(KernelTables.MAX_CLASS);
    assertThat(Marks.classNumber(Marks.ofEgress(1))).isEmpty();
    assertThat(Marks.verdict(0)).isEmpty();
    assertThat(Marks.verdict(Marks.ofRoute(1, 1))).isEmpty();
    assertThat(Marks.egressIndex(Marks.EGRESS)).isEmpty();
  }

  @Test
  void noMarkOfAVerdictIsTakenForTheWayToAnotherNode() {
    List<Integer> others = new ArrayList<>();
    others.add(Marks.KEEP_POD_ADDRESS);
    others.add(Marks.DROP);
    others.add(Marks.ofClass(KernelTables.MAX_CLASS));
    others.add(Marks.ofRoute(1, KernelTables.HELD_HERE));
    assertThat(others)
        .noneMatch(mark -> (mark & Marks.PLACE_MASK) == (Marks.EGRESS | Marks.REMOTE));
    Set<Integer> distinct = new HashSet<>(others);
    assertThat(distinct).hasSize(4);
  }

  @Test
  void theRulesHaveAllTheirValues() {
    assertThat(RuleSet.install("nic5", "tunnel7"))
        .contains("\"tunnel7\"", "\"nic5\"")
        .doesNotContain("$");
  }

  @Test
  void somebodyElsesElementsAreStrays() {
    SetElement ofClass =
        TableElements.destinations(
                1, Underlay.tables(false, Collections.emptySortedMap()).classes().get(1))
            .getFirst();
    TableReading reading =
        TableReading.of(
            List.of(
                new SetElement(
                    NftSet.destination(IpFamily.IPV4, 2),
                    ofClass.key(),
                    ofClass.lastKey(),
                    false,
                    ofClass.data(),
                    0),
                SetElement.entry(NftSet.EGRESS_ROUTE, KernelValues.mark(1), KernelValues.mark(2)),
                TableElements.snat(7, IpAddress.parse("10.40.1.1")).getFirst(),
                TableElements.snat(8, IpAddress.parse("10.40.1.2")).getLast()));
    assertThat(reading.strays()).hasSize(4);
    assertThat(reading.tables(Collections.emptySortedSet(), Collections.emptySortedMap()))
        .isEqualTo(KernelTables.EMPTY);
  }
}

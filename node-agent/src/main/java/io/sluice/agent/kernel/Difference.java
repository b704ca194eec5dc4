package io.sluice.agent.kernel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;

/**
 * What has to be taken away from and added to a sorted map (or set) to make it another one; a
 * changed value is both. Tables share what did not change, so identity is looked at first: of the
 * whole, and of every key of 150,000.
 */
record Difference<E>(List<E> removed, List<E> added) {

  @SuppressWarnings("ReferenceEquality")
  static <K extends Comparable<? super K>, V> Difference<Map.Entry<K, V>> of(
      SortedMap<K, V> from, SortedMap<K, V> to) {
    Difference<Map.Entry<K, V>> difference = empty();
    if (from != to) {
      difference.walk(
          from.entrySet().iterator(),
          to.entrySet().iterator(),
          (a, b) -> a.getKey() == b.getKey() ? 0 : a.getKey().compareTo(b.getKey()),
          (a, b) -> Objects.equals(a.getValue(), b.getValue()));
    }
    return difference;
  }

  @SuppressWarnings("ReferenceEquality")
  static <E extends Comparable<? super E>> Difference<E> of(SortedSet<E> from, SortedSet<E> to) {
    Difference<E> difference = empty();
    if (from != to) {
      difference.walk(from.iterator(), to.iterator(), Comparator.naturalOrder(), (_, _) -> true);
    }
    return difference;
  }

  private static <E> Difference<E> empty() {
    return new Difference<>(new ArrayList<>(), new ArrayList<>());
  }

  static <K, V> void each(List<Map.Entry<K, V>> entries, BiConsumer<K, V> consumer) {
    entries.forEach(entry -> consumer.accept(entry.getKey(), entry.getValue()));
  }

  /** Walks both in step, as both are in the same order. */
  private void walk(
      Iterator<E> from, Iterator<E> to, Comparator<? super E> order, BiPredicate<E, E> sameValue) {
    E old = nextOf(from);
    E wanted = nextOf(to);
    while (old != null || wanted != null) {
      int comparison = old == null ? 1 : wanted == null ? -1 : order.compare(old, wanted);
      boolean same = comparison == 0 && sameValue.test(old, wanted);
      if (comparison <= 0) {
        if (!same) {
          removed.add(old);
        }
        old = nextOf(from);
      }
      if (comparison >= 0) {
        if (!same) {
          added.add(wanted);
        }
        wanted = nextOf(to);
      }
    }
  }

  private static <E> E nextOf(Iterator<E> iterator) {
    return iterator.hasNext() ? iterator.next() : null;
  }
}

package io.sluice.agent.core;

import io.sluice.model.Cidr;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedSet;
import java.util.TreeSet;

/** The fewest disjoint networks that cover the same addresses: one spelling for each cover. */
final class CidrCover {

  private CidrCover() {}

  static SortedSet<Cidr> of(SortedSet<Cidr> networks) {
    if (isCover(networks)) {
      return KernelTables.frozen(networks);
    }
    Deque<Cidr> cover = new ArrayDeque<>();
    for (Cidr network : new TreeSet<>(networks)) {
      Cidr last = cover.peekLast();
      if (last != null && last.contains(network)) {
        continue;
      }
      cover.addLast(network);
      joinTail(cover);
    }
    return KernelTables.frozen(new TreeSet<>(cover));
  }

  /** Most sets have been reduced before; keeping the instance keeps comparisons of values cheap. */
  private static boolean isCover(SortedSet<Cidr> networks) {
    Cidr previous = null;
    for (Cidr network : networks) {
      if (previous != null && (previous.contains(network) || areHalves(previous, network))) {
        return false;
      }
      previous = network;
    }
    return true;
  }

  private static boolean areHalves(Cidr lower, Cidr upper) {
    return upper.prefixLength() == lower.prefixLength()
        && upper.prefixLength() > 0
        && new Cidr(lower.network(), lower.prefixLength() - 1).contains(upper);
  }

  /** Two halves of one network become that network, again and again. */
  private static void joinTail(Deque<Cidr> cover) {
    while (cover.size() > 1) {
      Cidr upper = cover.removeLast();
      Cidr lower = cover.removeLast();
      if (!areHalves(lower, upper)) {
        cover.addLast(lower);
        cover.addLast(upper);
        return;
      }
      cover.addLast(new Cidr(lower.network(), lower.prefixLength() - 1));
    }
  }
}

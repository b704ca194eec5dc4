package io.sluice.agent.core;

import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Turns overlapping destinations into disjoint ranges, so that the kernel needs one look-up per
 * packet. The most specific destination wins; of equal ones the older policy, then the name
 * (design, section 6).
 *
 * <p>Two networks are disjoint or one lies in the other. In order of their first address, wider
 * ones first, they can therefore be swept once with a stack of those that are open.
 */
final class Flattening {

  /**
   * One destination of one policy.
   *
   * @param createdAtMillis when the policy was created
   */
  record Rule(Cidr destination, long createdAtMillis, String policy, Verdict verdict) {}

  private static final Comparator<Rule> SWEEP_ORDER =
      Comparator.comparing(Rule::destination)
          .thenComparingLong(Rule::createdAtMillis)
          .thenComparing(Rule::policy);

  private final List<DestinationRange> ranges = new ArrayList<>();
  private final Deque<Rule> open = new ArrayDeque<>();

  /** The first address not covered yet; null once the last address of a family is covered. */
  private IpAddress cursor;

  private Flattening() {}

  /** The disjoint ranges in order; neighbours with one verdict are one range. */
  static List<DestinationRange> flatten(Collection<Rule> rules) {
    Flattening sweep = new Flattening();
    Cidr previous = null;
    for (Rule rule : rules.stream().sorted(SWEEP_ORDER).toList()) {
      // Of equal destinations the first one has won.
      if (!rule.destination().equals(previous)) {
        sweep.enter(rule);
      }
      previous = rule.destination();
    }
    while (!sweep.open.isEmpty()) {
      sweep.leave();
    }
    return List.copyOf(sweep.ranges);
  }

  private void enter(Rule rule) {
    while (!open.isEmpty() && !open.peek().destination().contains(rule.destination())) {
      leave();
    }
    IpAddress first = rule.destination().first();
    if (!open.isEmpty() && cursor.compareTo(first) < 0) {
      emit(cursor, first.previous(), open.peek().verdict());
    }
    cursor = first;
    open.push(rule);
  }

  private void leave() {
    Rule rule = open.pop();
    IpAddress last = rule.destination().last();
    if (cursor != null && cursor.compareTo(last) <= 0) {
      emit(cursor, last, rule.verdict());
    }
    IpAddress next = last.next();
    cursor = next.compareTo(last) < 0 ? null : next;
  }

  private void emit(IpAddress first, IpAddress last, Verdict verdict) {
    if (!ranges.isEmpty()) {
      DestinationRange before = ranges.getLast();
      boolean adjacent =
          before.last().family() == first.family() && before.last().next().equals(first);
      if (adjacent && before.verdict().equals(verdict)) {
        ranges.removeLast();
        ranges.add(new DestinationRange(before.first(), last, verdict));
        return;
      }
    }
    ranges.add(new DestinationRange(first, last, verdict));
  }
}

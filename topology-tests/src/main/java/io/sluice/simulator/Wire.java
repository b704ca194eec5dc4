package io.sluice.simulator;

import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.model.AgentReport.Nic;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The network segment as an observer outside sees it: who answers for which address, at every
 * instant of global time.
 */
final class Wire {

  /** The longest that two may answer in mode available. */
  private static final long LONGEST_OVERLAP = TimeUnit.MILLISECONDS.toNanos(50);

  private final Timeline timeline;
  private final Dice dice;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final Map<IpAddress, Long> overlapsSince = new TreeMap<>();
  private final long leaseNanos;
  private boolean changed;

  Wire(Timeline timeline, Dice dice, AllocationSettings settings) {
    this.leaseNanos = TimeUnit.MILLISECONDS.toNanos(settings.leaseMillis());
    this.timeline = timeline;
    this.dice = dice;
  }

  void connect(SimulatedNode node) {
    nodes.add(node);
  }

  /** Everybody else hears it, if the announcer may say it at all. */
  void announce(SimulatedNode from, IpAddress ip) {
    // The frame leaves after the lease has been opened for a fresh address.
    timeline.after(
        TimeUnit.MICROSECONDS.toNanos(100),
        () -> {
          if (from.answers(ip)) {
            for (SimulatedNode node : nodes) {
              if (node != from) {
                timeline.after(dice.millis(0.05, 0.3), () -> hear(node, ip, from.nic()));
              }
            }
          }
        });
  }

  /** Whoever has the address tells the one who asks. */
  void ask(SimulatedNode from, IpAddress ip) {
    if (!from.isOnTheWire()) {
      return;
    }
    for (SimulatedNode node : nodes) {
      if (node != from) {
        timeline.after(dice.millis(0.05, 0.3), () -> answer(node, from, ip));
      }
    }
  }

  private void answer(SimulatedNode node, SimulatedNode to, IpAddress ip) {
    if (node.answers(ip)) {
      timeline.after(dice.millis(0.05, 0.3), () -> hear(to, ip, node.nic()));
    }
  }

  /** A machine that is none of the nodes announces the address. */
  void announceFalsely(IpAddress ip) {
    Nic stranger = new Nic("eth0", "02:00:00:00:00:99", List.of());
    nodes.forEach(node -> hear(node, ip, stranger));
  }

  private static void hear(SimulatedNode node, IpAddress ip, Nic from) {
    if (node.isOnTheWire()) {
      node.agent().ifPresent(run -> run.hearClaim(ip, from.macAddress()));
    }
  }

  /** Whether anybody else has had the address on the wire for so long without a gap. */
  boolean heldByOtherFor(long nanos, IpAddress ip, SimulatedNode asker) {
    return nodes.stream()
        .anyMatch(node -> node != asker && node.answers(ip) && node.openNanos(ip) >= nanos);
  }

  List<SimulatedNode> answering(IpAddress ip) {
    return nodes.stream().filter(node -> node.answers(ip)).toList();
  }

  /**
   * Somebody may answer who did not before. Without that the set of those who answer only shrinks
   * as time passes, so between two such moments there is nothing to check.
   */
  void changed() {
    changed = true;
  }

  /** Checks that no address has two holders, but for what mode available allows. */
  void check(List<IpAddress> addresses) {
    if (!changed && overlapsSince.isEmpty()) {
      return;
    }
    changed = false;
    SortedMap<IpAddress, Long> overlaps = new TreeMap<>();
    for (IpAddress ip : addresses) {
      int count = 0;
      for (SimulatedNode node : nodes) {
        count += node.answers(ip) ? 1 : 0;
      }
      if (count > 1) {
        overlaps.put(ip, overlapsSince.getOrDefault(ip, timeline.now()));
        judge(ip, answering(ip), timeline.now() - overlaps.get(ip));
      }
    }
    overlapsSince.clear();
    overlapsSince.putAll(overlaps);
  }

  private void judge(IpAddress ip, List<SimulatedNode> holders, long nanos) {
    boolean strict = holders.stream().allMatch(node -> node.mode(ip) == LeaseMode.STRICT);
    long connected = holders.stream().filter(node -> !node.wasCutOffRecently()).count();
    // Who is cut off and frozen or gone, or has a kernel that refuses, cannot yield: there the
    // lease
    // is the bound.
    long ableToYield =
        holders.stream()
            .filter(SimulatedNode::wasCutOffRecently)
            .mapToLong(SimulatedNode::runningNanos)
            .min()
            .orElse(nanos);
    boolean tooLong = nanos > leaseNanos + LONGEST_OVERLAP;
    if (strict || connected > 1 || tooLong || Math.min(nanos, ableToYield) > LONGEST_OVERLAP) {
      throw new InvariantViolation(
          String.format(
              Locale.ROOT,
              "%s is held by %s at once, for %.3f ms so far, in mode %s, %d of them connected",
              ip,
              holders.stream().map(SimulatedNode::name).toList(),
              nanos / 1e6,
              strict ? "strict" : "available",
              connected));
    }
  }
}

package io.sluice.cli.chaos.core;

import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Who had which address when, as far as signs on the wire tell.
 *
 * <p>A node has an address from its first sign to its last one, unless it gives no sign for longer
 * than {@link #STEADY_NANOS}: then the time between does not count. An address has two holders
 * while two nodes have it. That is to the disadvantage of what is measured: a node that falls
 * silent for a moment, or whose signs were not asked for, counts as having the address all the
 * time, and any sign of one node between two signs of another is an overlap, which is never shorter
 * than the sampling interval. What lies wholly between two signs is not seen.
 */
public final class WireHistory {

  /** The longest silence within which a node is believed to go on having an address. */
  public static final long STEADY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final SortedMap<IpAddress, List<Tenure>> tenures = new TreeMap<>();
  private final long samplingNanos;

  /**
   * @param sightings in any order
   * @param samplingNanos how often each node was asked, or sent something, at the least
   */
  public WireHistory(List<Sighting> sightings, long samplingNanos) {
    this.samplingNanos = samplingNanos;
    Map<IpAddress, Map<String, List<Long>>> times = new HashMap<>();
    for (Sighting sighting : sightings) {
      times
          .computeIfAbsent(sighting.address(), _ -> new HashMap<>())
          .computeIfAbsent(sighting.node(), _ -> new ArrayList<>())
          .add(sighting.atNanos());
    }
    times.forEach((address, byNode) -> {
      List<Tenure> all = new ArrayList<>();
      byNode.forEach((node, at) -> all.addAll(tenures(node, at)));
      all.sort(Comparator.comparingLong(Tenure::fromNanos).thenComparing(Tenure::node));
      tenures.put(address, all);
    });
  }

  private static List<Tenure> tenures(String node, List<Long> unsorted) {
    List<Long> times = unsorted.stream().sorted().toList();
    List<Tenure> tenures = new ArrayList<>();
    int first = 0;
    for (int i = 1; i <= times.size(); i++) {
      if (i == times.size() || times.get(i) - times.get(i - 1) > STEADY_NANOS) {
        tenures.add(new Tenure(node, times.get(first), times.get(i - 1), i - first));
        first = i;
      }
    }
    return tenures;
  }

  /** The addresses that anybody had. */
  public SortedSet<IpAddress> addresses() {
    return new TreeSet<>(tenures.keySet());
  }

  /** Who had an address, by their first signs. */
  public List<Tenure> tenures(IpAddress address) {
    return List.copyOf(tenures.getOrDefault(address, List.of()));
  }

  /** Each pair of nodes that had an address at one time, and when. */
  public List<Overlap> overlaps(IpAddress address) {
    List<Tenure> all = tenures(address);
    List<Overlap> overlaps = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      for (Tenure later : all.subList(i + 1, all.size())) {
        Tenure earlier = all.get(i);
        long from = later.fromNanos();
        long to = Math.min(earlier.toNanos(), later.toNanos());
        if (!earlier.node().equals(later.node()) && from <= to) {
          overlaps.add(
              new Overlap(
                  address, earlier.node(), later.node(), from, Math.max(to, from + samplingNanos)));
        }
      }
    }
    overlaps.sort(Comparator.comparingLong(Overlap::fromNanos));
    return overlaps;
  }

  /** For how long in all an address had two holders or more. */
  public long twoHolderNanos(IpAddress address) {
    return unionNanos(overlaps(address));
  }

  /**
   * The length of their union.
   *
   * @param overlaps of one address, by their beginnings
   */
  static long unionNanos(List<Overlap> overlaps) {
    long total = 0;
    long covered = Long.MIN_VALUE;
    for (Overlap overlap : overlaps) {
      long from = Math.max(overlap.fromNanos(), covered);
      if (overlap.toNanos() > from) {
        total += overlap.toNanos() - from;
        covered = overlap.toNanos();
      }
    }
    return total;
  }

  /**
   * How the address left a node.
   *
   * @param sinceNanos only a holder that appeared later than this is the new one
   * @return empty if no other node had the address since, or the node never had it
   */
  public Optional<Handover> handover(IpAddress address, String from, long sinceNanos) {
    Optional<Tenure> heir =
        tenures(address).stream()
            .filter(tenure -> !tenure.node().equals(from) && tenure.fromNanos() > sinceNanos)
            .findFirst();
    if (heir.isEmpty()) {
      return Optional.empty();
    }
    long firstSign = heir.get().fromNanos();
    return tenures(address).stream()
        .filter(tenure -> tenure.node().equals(from) && tenure.fromNanos() <= firstSign)
        .max(Comparator.comparingLong(Tenure::toNanos))
        .map(old -> new Handover(from, old.toNanos(), heir.get().node(), firstSign));
  }

  /** The last sign of anybody that lies in a time, both ends included. */
  static OptionalLong lastSign(List<Sighting> sightings, IpAddress address, long from, long to) {
    return sightings.stream()
        .filter(sighting -> sighting.address().equals(address))
        .mapToLong(Sighting::atNanos)
        .filter(at -> at >= from && at <= to)
        .max();
  }
}

package io.sluice.agent.core;

import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What happens to the packets of all Pods to which the same policies apply. Destinations outside
 * the ranges are nobody's business: such packets go the way they would without Sluice.
 *
 * @param ranges disjoint; sorted on construction, and neighbours with one verdict are joined, so
 *     two spellings of one class are equal
 */
public record PodClass(List<DestinationRange> ranges) {

  public PodClass {
    ranges = joined(ranges.stream().sorted().toList());
  }

  /** What happens to a packet to this address, empty if no policy speaks of it. */
  public Optional<Verdict> verdict(IpAddress destination) {
    int low = 0;
    int high = ranges.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      DestinationRange range = ranges.get(middle);
      if (range.contains(destination)) {
        return Optional.of(range.verdict());
      }
      if (range.first().compareTo(destination) < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return Optional.empty();
  }

  private static List<DestinationRange> joined(List<DestinationRange> sorted) {
    List<DestinationRange> joined = new ArrayList<>(sorted.size());
    for (DestinationRange range : sorted) {
      DestinationRange previous = joined.isEmpty() ? null : joined.getLast();
      if (previous == null || previous.first().family() != range.first().family()) {
        joined.add(range);
      } else if (range.first().compareTo(previous.last()) <= 0) {
        throw new IllegalArgumentException(previous + " and " + range + " overlap");
      } else if (range.first().equals(previous.last().next())
          && range.verdict().equals(previous.verdict())) {
        joined.set(
            joined.size() - 1,
            new DestinationRange(previous.first(), range.last(), range.verdict()));
      } else {
        joined.add(range);
      }
    }
    return List.copyOf(joined);
  }
}

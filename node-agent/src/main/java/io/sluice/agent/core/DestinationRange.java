package io.sluice.agent.core;

import io.sluice.model.IpAddress;
import java.util.Objects;

/**
 * What happens to packets to a run of destination addresses, both ends included.
 *
 * @param first the lowest address
 * @param last the highest address, of the same family
 */
public record DestinationRange(IpAddress first, IpAddress last, Verdict verdict)
    implements Comparable<DestinationRange> {

  public DestinationRange {
    Objects.requireNonNull(verdict, "verdict");
    if (first.family() != last.family() || first.compareTo(last) > 0) {
      throw new IllegalArgumentException(first + "-" + last + " is not a range of addresses");
    }
  }

  public boolean contains(IpAddress address) {
    return address.family() == first.family()
        && first.compareTo(address) <= 0
        && address.compareTo(last) <= 0;
  }

  /** By the first address; the ranges of one class are disjoint, so no more is needed. */
  @Override
  public int compareTo(DestinationRange other) {
    return first.compareTo(other.first);
  }
}

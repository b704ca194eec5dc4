package io.sluice.agent.kernel;

import io.sluice.model.IpFamily;
import io.sluice.model.LeaseMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * A set or map of {@code sluice.nft} or {@code fence.nft}.
 *
 * @param content what it holds
 * @param shard which of several with such content, 0 if there is only one
 */
record NftSet(Content content, int shard) implements Comparable<NftSet> {

  /** What a set holds. The name in lower case is the set's name in the kernel. */
  enum Content {
    POD_CLASS_V4,
    POD_CLASS_V6,
    DESTINATION_V4,
    DESTINATION_V6,
    EGRESS_ROUTE,
    EGRESS_WAITING,
    SNAT_V4,
    SNAT_V6,
    BOUND_V4,
    BOUND_V6,
    POOL_V4,
    POOL_V6,
    CLUSTER_V4,
    CLUSTER_V6,
    OWN_PODS_V4,
    OWN_PODS_V6,
    ALL_PODS_V4,
    ALL_PODS_V6,
    CLEARED_V4,
    CLEARED_V6,
    // Those of fence.nft:
    GUARDED_V4,
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
    STRICT_UNTIL;

    /** Whether it belongs to the lease and not to the tables. */
    boolean isOfFence() {
      return compareTo(GUARDED_V4) >= 0;
    }

    boolean isSharded() {
      return this == DESTINATION_V4 || this == DESTINATION_V6;
    }
  }

  /**
   * Into how many sets the destinations of the classes are divided, by class number; a power of
   * two. Removing an element takes the kernel a time that grows with the square of a concatenated
   * interval set (17 ms of 10,000, 1.5 ms of 1,000, 0.3 ms of 100).
   */
  static final int SHARDS = 32;

  static final NftSet EGRESS_ROUTE = new NftSet(Content.EGRESS_ROUTE, 0);
  static final NftSet EGRESS_WAITING = new NftSet(Content.EGRESS_WAITING, 0);

  private static final List<NftSet> ALL = everySet();

  private static List<NftSet> everySet() {
    List<NftSet> sets = new ArrayList<>();
    for (Content content : Content.values()) {
      if (content.isOfFence()) {
        continue;
      }
      for (int shard = 0; shard < (content.isSharded() ? SHARDS : 1); shard++) {
        sets.add(new NftSet(content, shard));
      }
    }
    return Collections.unmodifiableList(sets);
  }

  /** All sets of {@code sluice.nft}. */
  static List<NftSet> all() {
    return ALL;
  }

  /** Its name in the kernel. */
  String kernelName() {
    String name = content.name().toLowerCase(Locale.ROOT);
    return content.isSharded() ? name + "_" + shard : name;
  }

  static NftSet podClass(IpFamily family) {
    return of(family, Content.POD_CLASS_V4, Content.POD_CLASS_V6, 0);
  }

  static NftSet destination(IpFamily family, int classNumber) {
    return of(family, Content.DESTINATION_V4, Content.DESTINATION_V6, classNumber & (SHARDS - 1));
  }

  static NftSet snat(IpFamily family) {
    return of(family, Content.SNAT_V4, Content.SNAT_V6, 0);
  }

  static NftSet bound(IpFamily family) {
    return of(family, Content.BOUND_V4, Content.BOUND_V6, 0);
  }

  static NftSet pool(IpFamily family) {
    return of(family, Content.POOL_V4, Content.POOL_V6, 0);
  }

  static NftSet cluster(IpFamily family) {
    return of(family, Content.CLUSTER_V4, Content.CLUSTER_V6, 0);
  }

  /** The networks of this node's Pods. */
  static NftSet ownPods(IpFamily family) {
    return of(family, Content.OWN_PODS_V4, Content.OWN_PODS_V6, 0);
  }

  /** The networks of all Pods. */
  static NftSet allPods(IpFamily family) {
    return of(family, Content.ALL_PODS_V4, Content.ALL_PODS_V6, 0);
  }

  /** The addresses of this node's Pods that are known. */
  static NftSet cleared(IpFamily family) {
    return of(family, Content.CLEARED_V4, Content.CLEARED_V6, 0);
  }

  static NftSet guarded(IpFamily family) {
    return of(family, Content.GUARDED_V4, Content.GUARDED_V6, 0);
  }

  /** The same IPv4 addresses once more, for another table. */
  static NftSet guardedArp() {
    return new NftSet(Content.GUARDED_ARP, 0);
  }

  /** The addresses of a mode that this node has admitted. */
  static NftSet admitted(LeaseMode mode, IpFamily family) {
    return switch (mode) {
      case AVAILABLE -> of(family, Content.AVAILABLE_V4, Content.AVAILABLE_V6, 0);
      case STRICT -> of(family, Content.STRICT_V4, Content.STRICT_V6, 0);
    };
  }

  /** The addresses that were handed over a moment ago: elements that time out. */
  static NftSet handedOver(IpFamily family) {
    return of(family, Content.HANDED_OVER_V4, Content.HANDED_OVER_V6, 0);
  }

  /** The relative end of a mode's lease: elements that time out. */
  static NftSet alive(LeaseMode mode) {
    return new NftSet(
        switch (mode) {
          case AVAILABLE -> Content.AVAILABLE_ALIVE;
          case STRICT -> Content.STRICT_ALIVE;
        },
        0);
  }

  /** The absolute end of a mode's lease: one interval of time. */
  static NftSet until(LeaseMode mode) {
    return new NftSet(
        switch (mode) {
          case AVAILABLE -> Content.AVAILABLE_UNTIL;
          case STRICT -> Content.STRICT_UNTIL;
        },
        0);
  }

  private static NftSet of(IpFamily family, Content ipv4, Content ipv6, int shard) {
    return new NftSet(
        switch (family) {
          case IPV4 -> ipv4;
          case IPV6 -> ipv6;
        },
        shard);
  }

  @Override
  public int compareTo(NftSet other) {
    int byContent = content.compareTo(other.content);
    return byContent != 0 ? byContent : Integer.compare(shard, other.shard);
  }
}

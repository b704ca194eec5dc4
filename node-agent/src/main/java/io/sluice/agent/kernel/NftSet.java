package io.sluice.agent.kernel;

import io.sluice.model.IpFamily;
import java.util.Locale;

/** The sets and maps of {@code sluice.nft}. */
enum NftSet {
  POD_CLASS_V4,
  POD_CLASS_V6,
  DESTINATION_V4,
  DESTINATION_V6,
  EGRESS_ROUTE,
  SNAT_V4,
  SNAT_V6,
  BOUND_V4,
  BOUND_V6,
  POOL_V4,
  POOL_V6,
  CLUSTER_V4,
  CLUSTER_V6;

  /** Its name in the kernel. */
  String kernelName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static NftSet podClass(IpFamily family) {
    return of(family, POD_CLASS_V4, POD_CLASS_V6);
  }

  static NftSet destination(IpFamily family) {
    return of(family, DESTINATION_V4, DESTINATION_V6);
  }

  static NftSet snat(IpFamily family) {
    return of(family, SNAT_V4, SNAT_V6);
  }

  static NftSet bound(IpFamily family) {
    return of(family, BOUND_V4, BOUND_V6);
  }

  static NftSet pool(IpFamily family) {
    return of(family, POOL_V4, POOL_V6);
  }

  static NftSet cluster(IpFamily family) {
    return of(family, CLUSTER_V4, CLUSTER_V6);
  }

  private static NftSet of(IpFamily family, NftSet ipv4, NftSet ipv6) {
    return switch (family) {
      case IPV4 -> ipv4;
      case IPV6 -> ipv6;
    };
  }
}

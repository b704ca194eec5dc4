package io.sluice.allocator.core.allocation;

import io.sluice.model.IpAddress;
import java.util.Collection;
import java.util.stream.Collectors;

/** Sentences for people. */
final class Reasons {

  private static final int MAX_LISTED = 10;

  private Reasons() {}

  /** Why an address of a gateway has no holder. */
  static String whyNowhere(IpAddress ip, FloatingIpPool pool) {
    if (pool.subnets().isEmpty()) {
      return "no node has reported its network interface yet";
    }
    if (!pool.inSomeSubnet(ip)) {
      return "outside the subnets of all nodes, which are " + list(pool.subnets());
    }
    return "no node may carry it at present";
  }

  /** The first of them, and how many there are besides. */
  static String list(Collection<?> things) {
    if (things.isEmpty()) {
      return "none";
    }
    String first =
        things.stream().limit(MAX_LISTED).map(Object::toString).collect(Collectors.joining(", "));
    int more = things.size() - MAX_LISTED;
    return more > 0 ? first + " and " + more + " more" : first;
  }
}

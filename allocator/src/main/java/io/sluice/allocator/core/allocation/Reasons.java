package io.sluice.allocator.core.allocation;

import io.sluice.model.Assignment.Holder;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange.HoldOffChanged;
import io.sluice.model.StateChange.LivenessChanged;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;

/** Sentences for people. */
public final class Reasons {

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

  /** Why a node that may carry addresses gets none at present; completes "node-1 ...". */
  public static String heldOff(HoldOffChanged holdOff) {
    return ("is held off until %s, for it fell silent soon after it had come back, or did not carry"
            + " out a grant, %s: it gets only addresses that no other node can carry")
        .formatted(
            Instant.ofEpochMilli(holdOff.untilMillis().orElseThrow()),
            holdOff.flaps() == 1 ? "once" : holdOff.flaps() + " times in a row");
  }

  /**
   * Why an address leaves a node that is alive.
   *
   * @param error what its agent says is wrong
   */
  static String notCarriedOut(String node, long afterMillis, Optional<String> error) {
    return "%s has not carried out its grant for %d ms: %s"
        .formatted(node, afterMillis, error.orElse("its agent does not say why; see its log"));
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

  /** Why the session that an address was granted to cannot hold it any more; empty if it can. */
  static Optional<String> whyLost(AllocationState state, Holder holder, long nowMillis) {
    LivenessChanged node = state.liveness().get(holder.node());
    if (node == null) {
      return Optional.of(holder.node() + " never beat");
    }
    return switch (node.liveness()) {
      case SILENT ->
          Optional.of("%s silent for %d ms".formatted(node.node(), nowMillis - node.sinceMillis()));
      case LEFT -> Optional.of(node.node() + " left");
      case ALIVE, RESTARTING ->
          node.session() == holder.session()
              ? Optional.empty()
              : Optional.of(node.node() + " began session " + node.session());
    };
  }
}

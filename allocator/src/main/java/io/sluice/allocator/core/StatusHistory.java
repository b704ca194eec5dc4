package io.sluice.allocator.core;

import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import java.util.Optional;

/** Gives conditions the time since which they hold. */
public final class StatusHistory {

  private StatusHistory() {}

  /**
   * The fresh status with the time of each condition: that of the previous one while the truth is
   * the same, else now.
   */
  public static Status carrySince(Optional<Status> previous, Status fresh, long nowMillis) {
    return new Status(
        fresh.observedGeneration(),
        fresh.conditions().stream().map(c -> since(previous, c, nowMillis)).toList(),
        fresh.nodes(),
        fresh.floatingIps(),
        fresh.egressIps(),
        fresh.gatewayNode(),
        fresh.matchedPods());
  }

  private static Condition since(Optional<Status> previous, Condition fresh, long nowMillis) {
    long sinceMillis =
        previous.stream()
            .flatMap(status -> status.conditions().stream())
            .filter(old -> old.type().equals(fresh.type()) && old.truth() == fresh.truth())
            .mapToLong(Condition::sinceMillis)
            .findFirst()
            .orElse(nowMillis);
    return new Condition(fresh.type(), fresh.truth(), fresh.reason(), fresh.message(), sinceMillis);
  }
}

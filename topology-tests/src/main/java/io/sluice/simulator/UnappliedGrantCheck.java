package io.sluice.simulator;

import io.sluice.allocator.core.allocation.AllocationState;
import io.sluice.allocator.core.allocation.Eligibility;
import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.IpAddress;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange.LivenessChanged;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * That no node which says that something is wrong keeps a grant that it does not carry out, nor one
 * that nobody can reach, whatever it says.
 */
final class UnappliedGrantCheck {

  /** The bound, and what take-overs, outages and clocks that are set back may add. */
  private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(9);

  private final Predicate<String> unplugged;
  private final LongSupplier globalNanos;
  private final LongSupplier takenOverNanos;
  private final Map<IpAddress, Long> sinceNanos = new TreeMap<>();

  /**
   * @param unplugged whether this node talks to Kafka, but with nobody else
   * @param globalNanos the time of the simulation
   * @param takenOverNanos when the active task began
   */
  UnappliedGrantCheck(
      Predicate<String> unplugged, LongSupplier globalNanos, LongSupplier takenOverNanos) {
    this.unplugged = unplugged;
    this.globalNanos = globalNanos;
    this.takenOverNanos = takenOverNanos;
  }

  /** A whole entry was taken, and led to this state. */
  void taken(AllocationState state) {
    long now = globalNanos.getAsLong();
    Eligibility eligibility = new Eligibility(state);
    state
        .assignments()
        .forEach((ip, assignment) -> {
          if (shouldMove(state, eligibility, ip, assignment)) {
            sinceNanos.putIfAbsent(ip, now);
          } else {
            sinceNanos.remove(ip);
          }
        });
    sinceNanos.forEach((ip, since) -> {
      long waited = now - Math.max(since, takenOverNanos.getAsLong());
      if (waited >= LONGEST_WAIT) {
        throw new InvariantViolation(
            "%s has been granted for %d ms to a node that does not carry it out: %s"
                .formatted(
                    ip,
                    TimeUnit.NANOSECONDS.toMillis(waited),
                    Words.of(ip, state.assignments().get(ip))));
      }
    });
  }

  private boolean shouldMove(
      AllocationState state, Eligibility eligibility, IpAddress ip, Assignment assignment) {
    Optional<ObjectId> owner = Optional.ofNullable(state.pool().owners().get(ip));
    if (assignment.state() != Assignment.State.GRANTED || owner.isEmpty()) {
      return false;
    }
    Holder holder = assignment.holder().orElseThrow();
    LivenessChanged liveness = state.liveness().get(holder.node());
    AgentReport report = state.reports().get(holder.node());
    boolean isThere =
        liveness != null
            && liveness.isAlive()
            && liveness.session() == holder.session()
            && report != null
            && report.session() == holder.session();
    return isThere
        && (unplugged.test(holder.node()) || saysThatItIsNot(report, ip, assignment.epoch()))
        && eligibility.preferred(ip, state.gateways().get(owner.get())).stream()
            .anyMatch(node -> !node.equals(holder.node()));
  }

  private static boolean saysThatItIsNot(AgentReport report, IpAddress ip, long epoch) {
    return report.lastError().isPresent()
        && report.applied().stream()
            .noneMatch(applied ->
                applied.floatingIp().equals(ip)
                    && applied.state() == AppliedState.HELD
                    && applied.epoch() == epoch);
  }
}

package io.sluice.simulator;

import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.allocator.core.allocation.AllocationState;
import io.sluice.allocator.core.allocation.Eligibility;
import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.AuditEntry;
import io.sluice.model.IpAddress;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * That a holder which is well is asked to let go only when its successor is ready, or has had its
 * time; and that no move waits for ever.
 */
final class MoveCheck {

  /** The bound, and what take-overs, outages and clocks that are set back may add. */
  private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(5);

  /** By so much the commits of two decisions may be nearer to each other than the decisions. */
  private static final long COMMIT_MILLIS = 30;

  private static final long CATCHES_UP_WITHIN = TimeUnit.SECONDS.toNanos(1);

  private static final long LONG_AGO = Long.MIN_VALUE / 2;

  private final AllocationSettings settings;
  private final LongSupplier globalNanos;
  private final LongSupplier takenOverNanos;
  private final Map<IpAddress, Long> sinceMillis = new TreeMap<>();
  private final Map<IpAddress, Long> sinceNanos = new TreeMap<>();

  /**
   * @param globalNanos the time of the simulation
   * @param takenOverNanos when the active task began
   */
  MoveCheck(AllocationSettings settings, LongSupplier globalNanos, LongSupplier takenOverNanos) {
    this.settings = settings;
    this.globalNanos = globalNanos;
    this.takenOverNanos = takenOverNanos;
  }

  /**
   * Takes a change.
   *
   * @param state as it is before the change
   */
  void changing(AllocationState state, AuditEntry entry, StateChange change) {
    // When the log's time has stepped back meanwhile, it does not tell how long somebody waited.
    sinceMillis.replaceAll((_, since) -> since > entry.timeMillis() ? LONG_AGO : since);
    if (!(change instanceof AssignmentChanged(var ip, var now))) {
      return;
    }
    Optional<Assignment> before = Optional.ofNullable(state.assignments().get(ip));
    if (now.state() == Assignment.State.RELEASING) {
      before
          .filter(then -> then.state() == Assignment.State.GRANTED)
          .filter(then -> isWell(state, then.holder().orElseThrow()))
          .ifPresent(then -> asked(state, entry, ip, then, now));
    }
    if (now.isBeingPrepared()) {
      sinceMillis.putIfAbsent(ip, entry.timeMillis());
      sinceNanos.putIfAbsent(ip, globalNanos.getAsLong());
    } else {
      sinceMillis.remove(ip);
      sinceNanos.remove(ip);
    }
  }

  /** A whole entry was taken. */
  void taken() {
    sinceNanos.forEach((ip, since) ->
        require(
            globalNanos.getAsLong() - since < LONGEST_WAIT,
            "the move of %s has waited %d ms for the successor",
            ip,
            TimeUnit.NANOSECONDS.toMillis(globalNanos.getAsLong() - since)));
  }

  private void asked(
      AllocationState state, AuditEntry entry, IpAddress ip, Assignment before, Assignment now) {
    Optional<ObjectId> owner = Optional.ofNullable(state.pool().owners().get(ip));
    if (owner.isEmpty()) {
      return;
    }
    String holder = before.holder().orElseThrow().node();
    if (now.successor().isEmpty()) {
      List<String> others =
          new Eligibility(state)
              .preferred(ip, state.gateways().get(owner.get())).stream()
                  .filter(node -> !node.equals(holder))
                  .toList();
      require(
          others.isEmpty(),
          "%s is asked back from %s before %s could get ready for it",
          ip,
          holder,
          others);
      return;
    }
    Long since = sinceMillis.get(ip);
    boolean hadItsTime =
        since != null
            && (entry.timeMillis() - since >= settings.handoverMillis()
                || waitedNanos(ip) >= shortestWaitNanos()
                || isCatchingUp(ip));
    require(
        hadItsTime
            || !isInPlace(state, ip, before)
            || isReady(state, ip, before.epoch(), now.successor().get()),
        "%s is asked back from %s before its successor is ready: %s",
        ip,
        holder,
        Words.of(ip, now));
  }

  /** The log's time may have stepped back meanwhile without an entry that shows it. */
  private long waitedNanos(IpAddress ip) {
    return globalNanos.getAsLong() - sinceNanos.get(ip);
  }

  /** A task that reads the beats it has missed sees time pass in an instant. */
  private boolean isCatchingUp(IpAddress ip) {
    return sinceNanos.get(ip) - takenOverNanos.getAsLong() < CATCHES_UP_WITHIN;
  }

  private long shortestWaitNanos() {
    return TimeUnit.MILLISECONDS.toNanos(settings.handoverMillis() - COMMIT_MILLIS);
  }

  private static boolean isWell(AllocationState state, Holder holder) {
    var liveness = state.liveness().get(holder.node());
    return liveness != null && liveness.isAlive() && liveness.session() == holder.session();
  }

  /** Whether the holder has said that its kernel carries the address. */
  private static boolean isInPlace(AllocationState state, IpAddress ip, Assignment granted) {
    Holder holder = granted.holder().orElseThrow();
    return reported(state, ip, AppliedState.HELD, granted.epoch(), holder);
  }

  private static boolean isReady(
      AllocationState state, IpAddress ip, long epoch, Holder successor) {
    return reported(state, ip, AppliedState.PREPARED, epoch, successor);
  }

  private static boolean reported(
      AllocationState state, IpAddress ip, AppliedState what, long epoch, Holder by) {
    AgentReport report = state.reports().get(by.node());
    return report != null
        && report.session() == by.session()
        && report.applied().stream()
            .anyMatch(applied ->
                applied.floatingIp().equals(ip)
                    && applied.state() == what
                    && applied.epoch() >= epoch);
  }

  @SuppressWarnings("AnnotateFormatMethod")
  private static void require(boolean holds, String message, Object... arguments) {
    if (!holds) {
      throw new InvariantViolation(message.formatted(arguments));
    }
  }
}

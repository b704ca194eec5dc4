package io.sluice.simulator;

import io.sluice.allocator.core.allocation.AllocationState;
import io.sluice.allocator.core.allocation.Eligibility;
import io.sluice.allocator.core.allocation.HoldOffSettings;
import io.sluice.model.Assignment;
import io.sluice.model.AuditEntry;
import io.sluice.model.Gateway;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.HoldOffChanged;
import io.sluice.model.StateChange.Liveness;
import io.sluice.model.StateChange.LivenessChanged;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * That nodes which flap are held off, by the silences and returns in the log, and that who is held
 * off is given nothing that another node could carry.
 */
final class HoldOffCheck {

  private final HoldOffSettings settings;
  private final Map<String, Long> cameBack = new HashMap<>();
  private final Set<String> relapsed = new HashSet<>();

  HoldOffCheck(HoldOffSettings settings) {
    this.settings = settings;
  }

  /**
   * Takes a change.
   *
   * @param state as it is before the change
   */
  void changing(AllocationState state, AuditEntry entry, StateChange change) {
    if (change instanceof LivenessChanged liveness) {
      liveness(state, entry, liveness);
    } else if (change instanceof HoldOffChanged holdOff && holdOff.untilMillis().isEmpty()) {
      ends(state, entry, holdOff);
    } else if (change instanceof StateChange.AssignmentChanged(var ip, var now)
        && now.state() == Assignment.State.GRANTED) {
      granted(state, ip, now);
    }
  }

  private void liveness(AllocationState state, AuditEntry entry, LivenessChanged change) {
    String node = change.node();
    if (change.liveness() == Liveness.SILENT) {
      Long since = cameBack.get(node);
      long aliveMillis = since == null ? -1 : change.sinceMillis() - since;
      relapsed.remove(node);
      if (aliveMillis >= 0 && aliveMillis < settings.stableAfterMillis()) {
        relapsed.add(node);
      }
      return;
    }
    boolean back =
        change.isAlive()
            && Optional.ofNullable(state.liveness().get(node))
                .filter(before -> before.liveness() == Liveness.SILENT)
                .isPresent();
    if (!back) {
      return;
    }
    cameBack.put(node, change.sinceMillis());
    boolean heldOff =
        entry.changes().stream()
            .filter(HoldOffChanged.class::isInstance)
            .map(HoldOffChanged.class::cast)
            .filter(holdOff -> holdOff.node().equals(node))
            .flatMapToLong(holdOff -> holdOff.untilMillis().stream())
            .anyMatch(until -> until - change.sinceMillis() >= settings.firstMillis());
    require(
        heldOff || !relapsed.contains(node),
        "%s fell silent soon after it had come back, and is not held off",
        node);
  }

  private void ends(AllocationState state, AuditEntry entry, HoldOffChanged holdOff) {
    Optional<HoldOffChanged> before = state.heldOff(holdOff.node());
    boolean silent =
        Optional.ofNullable(state.liveness().get(holdOff.node()))
            .filter(node -> node.liveness() == Liveness.SILENT)
            .isPresent();
    before.ifPresent(known -> {
      long restMillis = known.untilMillis().getAsLong() - entry.timeMillis();
      require(
          silent || restMillis <= 0 || restMillis > settings.longestMillis(),
          "the hold-off of %s ends %d ms too early",
          holdOff.node(),
          restMillis);
    });
  }

  private static void granted(AllocationState state, IpAddress ip, Assignment now) {
    String node = now.holder().orElseThrow().node();
    Optional<String> before =
        Optional.ofNullable(state.assignments().get(ip))
            .flatMap(Assignment::holder)
            .map(Assignment.Holder::node);
    if (state.heldOff(node).isEmpty() || before.equals(Optional.of(node))) {
      return;
    }
    Gateway gateway = state.gateways().get(now.gateway().orElseThrow());
    Eligibility eligibility = new Eligibility(state);
    Optional<String> better =
        state.nodes().keySet().stream()
            .filter(other -> state.heldOff(other).isEmpty())
            .filter(other -> eligibility.unfitFor(ip, gateway, other).isEmpty())
            .findFirst();
    require(
        better.isEmpty(),
        "%s is granted to %s, which is held off, though %s could carry it",
        ip,
        node,
        better.orElse(""));
  }

  @SuppressWarnings("AnnotateFormatMethod")
  private static void require(boolean holds, String message, Object... arguments) {
    if (!holds) {
      throw new InvariantViolation(message.formatted(arguments));
    }
  }
}

package io.sluice.allocator.core.allocation;

import io.sluice.allocator.core.AuditTrail;
import io.sluice.allocator.core.Decider;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.HoldOffChanged;
import io.sluice.model.StateChange.ResourceObserved;
import io.sluice.model.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;

/** Decides on the floating IPs of one cluster. */
public final class Allocation implements Decider<AllocationInput> {

  private final AllocationSettings settings;
  private final AllocationState state = new AllocationState();
  private final Liveness liveness;
  private final Handovers handovers = new Handovers();
  private final UnappliedGrants unapplied;
  private boolean resumed;
  private AuditTrail audit = new AuditTrail(0);
  private long lastRebalanceMillis = Long.MIN_VALUE / 2;
  private long planDeadlineMillis = NO_DEADLINE;

  /** What the policies' decisions were made for: as long as it is this one, they stand. */
  private SortedMap<String, PolicyOutcome> plannedOutcomes;

  public Allocation(AllocationSettings settings) {
    this.settings = settings;
    this.liveness = new Liveness(settings);
    this.unapplied = new UnappliedGrants(settings.applyMillis());
  }

  @Override
  public void restore(StateChange change) {
    state.apply(change);
  }

  @Override
  public void resume(long lastSequence) {
    audit = new AuditTrail(lastSequence);
    liveness.restart(state.liveness().values());
    resumed = true;
    planDeadlineMillis = nextPlanMillis(Long.MIN_VALUE);
  }

  @Override
  public List<AuditEntry> on(AllocationInput input, Cause cause, long nowMillis) {
    boolean first = resumed;
    startTimers(nowMillis);
    forgetTheFuture(nowMillis);
    List<AuditEntry> judged =
        first
            ? decide(List.copyOf(LeaseRules.judgedAnew(state, settings)), cause, nowMillis)
            : List.of();
    List<AuditEntry> decided = decideUpon(input, cause, nowMillis);
    return judged.isEmpty() ? decided : Stream.concat(judged.stream(), decided.stream()).toList();
  }

  private List<AuditEntry> decideUpon(AllocationInput input, Cause cause, long nowMillis) {
    List<StateChange> facts =
        new ArrayList<>(Observation.of(state, settings, liveness, input, nowMillis));
    if (!(input instanceof AllocationInput.Beat)) {
      facts.addAll(liveness.tick(nowMillis));
    }
    return decide(facts, cause, nowMillis);
  }

  /**
   * The log's time steps back when a leader with a slower clock takes over, or when the first beat
   * shows that a new task's own clock was ahead. Moves for balance must not wait until then.
   */
  private void forgetTheFuture(long nowMillis) {
    boolean ahead = handovers.heard(nowMillis, settings.restartGraceMillis());
    ahead |= unapplied.heard(nowMillis, settings.restartGraceMillis());
    if (lastRebalanceMillis > nowMillis) {
      lastRebalanceMillis = nowMillis;
      ahead = true;
    }
    if (ahead) {
      planDeadlineMillis = nextPlanMillis(nowMillis);
    }
  }

  /** What was restored says what is waited for, not since when: everybody has the full time. */
  private void startTimers(long nowMillis) {
    if (resumed) {
      resumed = false;
      handovers.restart(state.assignments(), nowMillis);
      unapplied.restart(state, nowMillis);
      planDeadlineMillis = Math.min(planDeadlineMillis, nextPlanMillis(nowMillis));
    }
  }

  @Override
  public List<AuditEntry> tick(long nowMillis) {
    startTimers(nowMillis);
    return decide(List.copyOf(liveness.tick(nowMillis)), Cause.tick(nowMillis), nowMillis);
  }

  private List<AuditEntry> decide(List<StateChange> facts, Cause cause, long nowMillis) {
    if (facts.isEmpty() && nowMillis < planDeadlineMillis) {
      return List.of();
    }
    List<StateChange> changes = new ArrayList<>(facts);
    changes.addAll(HoldOffs.after(state, settings.holdOff(), facts, nowMillis));
    changes.forEach(state::apply);
    boolean onlyPolicies = !changes.isEmpty() && changes.stream().allMatch(Allocation::isOfPolicy);
    if (!onlyPolicies) {
      // Carrying out what was asked for comes before doubts about whether it was.
      unapplied.decided(state, facts, nowMillis);
      List<HoldOffChanged> failing =
          HoldOffs.ofFailing(state, settings, handovers, unapplied, nowMillis);
      failing.forEach(state::apply);
      changes.addAll(failing);
    }
    int applied = changes.size();
    if (!onlyPolicies) {
      changes.addAll(moves(nowMillis));
    }
    if (!areEgressDecisionsUpToDate()) {
      changes.addAll(Plan.egress(state));
    }
    List<AuditEntry> entries = audit.record(cause, nowMillis, changes);
    entries.stream().flatMap(entry -> entry.changes().stream()).skip(applied).forEach(state::apply);
    handovers.decided(changes, nowMillis);
    unapplied.decided(state, changes.subList(applied, changes.size()), nowMillis);
    plannedOutcomes = state.policyOutcomes();
    if (!onlyPolicies) {
      planDeadlineMillis = nextPlanMillis(nowMillis);
    }
    return entries;
  }

  /** By identity: the state makes new outcomes when something they follow from has changed. */
  @SuppressWarnings("ReferenceEquality")
  private boolean areEgressDecisionsUpToDate() {
    return state.policyOutcomes() == plannedOutcomes;
  }

  /** Policies say what addresses are used for, which does not move any. */
  private static boolean isOfPolicy(StateChange fact) {
    return fact instanceof ResourceObserved(var id, _) && id.kind() == Kind.EGRESS_NAT_POLICY;
  }

  private List<StateChange> moves(long nowMillis) {
    Plan.Moves moves =
        Plan.moves(state, settings, handovers, unapplied, lastRebalanceMillis, nowMillis);
    if (moves.forBalance()) {
      lastRebalanceMillis = nowMillis;
    }
    return moves.changes();
  }

  /** When time alone next leads to a decision. */
  private long nextPlanMillis(long nowMillis) {
    long firstPlacement = AssignmentPlan.firstPlacementMillis(state, settings);
    long rebalance =
        Rebalance.next(state, settings, lastRebalanceMillis)
            .map(Rebalance::dueMillis)
            .orElse(NO_DEADLINE);
    long holdOffEnds = HoldOffs.nextEndMillis(state).orElse(NO_DEADLINE);
    long handover =
        handovers.firstMillis().isPresent()
            ? handovers.firstMillis().getAsLong() + settings.handoverMillis()
            : NO_DEADLINE;
    return Math.min(
        Math.min(handover, firstPlacement > nowMillis ? firstPlacement : NO_DEADLINE),
        Math.min(Math.min(rebalance, holdOffEnds), unapplied.nextMillis(nowMillis)));
  }

  @Override
  public long nextDeadlineMillis() {
    return Math.min(liveness.nextDeadlineMillis(), planDeadlineMillis);
  }

  @Override
  public SortedMap<ObjectId, Status> statuses() {
    return Statuses.of(state);
  }

  /** What is known and decided; only for reading. */
  public AllocationState state() {
    return state;
  }
}

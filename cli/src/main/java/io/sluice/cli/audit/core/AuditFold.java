package io.sluice.cli.audit.core;

import io.sluice.allocator.core.allocation.Allocation;
import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.allocator.core.allocation.AllocationState;
import io.sluice.allocator.core.selection.Selection;
import io.sluice.allocator.core.selection.SelectionState;
import io.sluice.cli.audit.core.AssignmentRules.BrokenRuleException;
import io.sluice.model.Assignment;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey.Stream;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.IpAddress;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import io.sluice.model.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Turns an audit log back into the state that the allocator had, with the allocator's own code, and
 * refuses a log that the allocator cannot have written. Not for several threads at once.
 */
public final class AuditFold {

  static final Comparator<BindingId.OfPod> BY_POLICY_AND_POD =
      Comparator.comparing(BindingId.OfPod::policy)
          .thenComparing(BindingId.OfPod::namespace)
          .thenComparing(BindingId.OfPod::pod);

  /** The settings only matter to decisions, and here nothing is decided. */
  private final Allocation allocation = new Allocation(AllocationSettings.DEFAULT);

  private final Selection selection = new Selection();
  private final Map<Stream, StreamCheck> checks = new EnumMap<>(Stream.class);
  private final Map<Stream, Decision> latest = new EnumMap<>(Stream.class);
  private final Map<Stream, Map<String, Decision>> origins = new EnumMap<>(Stream.class);
  private final Map<Move.Kind, Long> moves = new EnumMap<>(Move.Kind.class);
  private final List<AuditObserver> observers;
  private final long untilMillis;
  private long decisions;

  private AuditFold(long untilMillis, List<AuditObserver> observers) {
    this.untilMillis = untilMillis;
    this.observers = List.copyOf(observers);
    for (Stream stream : Stream.values()) {
      checks.put(stream, new StreamCheck(stream));
      origins.put(stream, new HashMap<>());
    }
  }

  /** Of the whole log. */
  public static AuditFold whole(AuditObserver... observers) {
    return new AuditFold(Long.MAX_VALUE, List.of(observers));
  }

  /** Of the log up to this time: each stream ends before its first later entry. */
  public static AuditFold until(long millis) {
    return new AuditFold(millis, List.of());
  }

  /**
   * Takes the next record of the log.
   *
   * @return whether it changed the state; false if it is later than that goes
   * @throws BrokenLogException if the allocator cannot have written it there
   */
  public boolean accept(LoggedEntry logged) {
    StreamCheck check = checks.get(logged.stream());
    boolean continues = check.continues(logged.entry());
    check.take(logged);
    if (check.latestMillis() > untilMillis) {
      return false;
    }
    Decision decision = decision(logged, continues);
    latest.put(logged.stream(), decision);
    for (StateChange change : logged.entry().changes()) {
      try {
        apply(decision, change, check.isFromBeginning());
      } catch (BrokenRuleException | IllegalArgumentException e) {
        throw new BrokenLogException(logged.stream(), logged.entry().sequence(), e.getMessage());
      }
    }
    return true;
  }

  private Decision decision(LoggedEntry logged, boolean continues) {
    AuditEntry entry = logged.entry();
    List<StateChange> facts = new ArrayList<>();
    if (continues) {
      facts.addAll(latest.get(logged.stream()).facts());
    }
    entry.changes().stream().filter(Decision::isFact).forEach(facts::add);
    return new Decision(
        logged.stream(),
        entry.sequence(),
        logged.offset(),
        entry.timeMillis(),
        entry.cause(),
        facts);
  }

  private void apply(Decision decision, StateChange change, boolean fromBeginning) {
    Optional<Move> move =
        change instanceof AssignmentChanged(var ip, var assignment)
                && decision.stream() == Stream.ALLOCATION
            ? Optional.of(move(decision, ip, assignment, fromBeginning))
            : Optional.empty();
    observers.forEach(observer -> observer.changing(this, decision, change));
    switch (decision.stream()) {
      case ALLOCATION -> allocation.restore(change);
      case SELECTION -> selection.restore(change);
    }
    origins.get(decision.stream()).put(change.entity(), decision);
    decisions += Decision.isFact(change) ? 0 : 1;
    move.ifPresent(made -> {
      moves.merge(made.kind(), 1L, Long::sum);
      observers.forEach(observer -> observer.moved(made));
    });
  }

  /** Without its beginning a log does not tell enough to judge its steps. */
  private Move move(Decision decision, IpAddress ip, Assignment after, boolean fromBeginning) {
    AllocationState state = allocation.state();
    Optional<Assignment> before = Optional.ofNullable(state.assignments().get(ip));
    Move.Kind kind =
        fromBeginning
            ? AssignmentRules.check(state, ip, after)
            : AssignmentRules.kind(state, before, after);
    return new Move(ip, before, after, kind, decision);
  }

  /**
   * Refuses a log whose beginning is gone.
   *
   * @throws BrokenLogException naming the first sequence
   */
  public void requireBeginning() {
    for (StreamSummary summary : summaries()) {
      if (summary.firstSequence() != 1) {
        throw new BrokenLogException(
            summary.stream(),
            1,
            "it and all up to %d are missing: the log begins with %d. Retention or somebody deleted"
                    .formatted(summary.firstSequence() - 1, summary.firstSequence())
                + " its beginning; set retention.ms=-1 on the topic and bring the records back from"
                + " a copy");
      }
    }
  }

  /** Whether nothing was read at all. */
  public boolean isEmpty() {
    return checks.values().stream().allMatch(StreamCheck::isEmpty);
  }

  /** The time of the first entry; empty if there is none. */
  public OptionalLong firstMillis() {
    return summaries().stream().mapToLong(StreamSummary::firstMillis).min();
  }

  /** The streams that have entries, also those that are later than the state. */
  public List<StreamSummary> summaries() {
    return checks.values().stream()
        .filter(check -> !check.isEmpty())
        .map(StreamCheck::summary)
        .toList();
  }

  /** How many changes were decisions and not facts. */
  public long decisions() {
    return decisions;
  }

  /** How often floating IPs moved in this way. */
  public long moves(Move.Kind kind) {
    return moves.getOrDefault(kind, 0L);
  }

  /** What allocation knew and had decided. */
  public AllocationState allocation() {
    return allocation.state();
  }

  /** What selection knew and had decided. */
  public SelectionState selection() {
    return selection.state();
  }

  /** What the allocator said of each gateway and policy; computed anew with each call. */
  public SortedMap<ObjectId, Status> statuses() {
    return allocation.statuses();
  }

  /** All bindings, of both streams. */
  public Map<BindingId, Binding> bindings() {
    Map<BindingId, Binding> all = new HashMap<>(selection.state().bindings());
    allocation
        .state()
        .bindings()
        .forEach((policy, binding) -> all.put(new BindingId.OfPolicy(policy), binding));
    return all;
  }

  /** The Pods that a policy matches. */
  public SortedMap<BindingId.OfPod, Binding.OfPod> podsOf(String policy) {
    SortedMap<BindingId.OfPod, Binding.OfPod> pods = new TreeMap<>(BY_POLICY_AND_POD);
    selection
        .state()
        .bindings()
        .forEach((id, binding) -> {
          if (id instanceof BindingId.OfPod of
              && of.policy().equals(policy)
              && binding instanceof Binding.OfPod pod) {
            pods.put(of, pod);
          }
        });
    return pods;
  }

  /** The policies whose packets leave with the address. */
  public SortedMap<String, Binding.OfPolicy> policiesOf(IpAddress ip) {
    SortedMap<String, Binding.OfPolicy> policies = new TreeMap<>();
    allocation
        .state()
        .bindings()
        .forEach((policy, binding) -> {
          if (binding instanceof Binding.OfPolicy of && of.egressIps().contains(ip)) {
            policies.put(policy, of);
          }
        });
    return policies;
  }

  /** The decision that last changed an entity of a stream. */
  public Optional<Decision> origin(Stream stream, String entity) {
    return Optional.ofNullable(origins.get(stream).get(entity));
  }

  /** The decision that last changed where the address is. */
  public Optional<Decision> origin(IpAddress ip) {
    return Optional.ofNullable(allocation.state().assignments().get(ip))
        .flatMap(it -> origin(Stream.ALLOCATION, new AssignmentChanged(ip, it).entity()));
  }

  /** The decision that last changed what agents are told about this. */
  public Optional<Decision> origin(BindingId id) {
    Stream stream = id instanceof BindingId.OfPolicy ? Stream.ALLOCATION : Stream.SELECTION;
    return origin(stream, new StateChange.BindingChanged(id, Optional.empty()).entity());
  }
}

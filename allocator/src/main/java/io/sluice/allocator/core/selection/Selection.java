package io.sluice.allocator.core.selection;

import io.sluice.allocator.core.AuditTrail;
import io.sluice.allocator.core.Decider;
import io.sluice.allocator.core.Meaning;
import io.sluice.allocator.core.NodeNetworks;
import io.sluice.allocator.core.selection.SelectionInput.ResourceRead;
import io.sluice.allocator.core.selection.SelectionInput.WorkloadRead;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.Kind;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.Resource;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.ResourceObserved;
import io.sluice.model.StateChange.WorkloadObserved;
import io.sluice.model.Status;
import io.sluice.model.Workload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** Decides which Pods of one cluster its policies match. */
public final class Selection implements Decider<SelectionInput> {

  /**
   * The networks of all nodes are one record. While nodes come in one after the other it is written
   * at most this often, else a start with thousands of nodes would write it thousands of times.
   */
  static final long NETWORKS_INTERVAL_MILLIS = 100;

  private final SelectionState state = new SelectionState();
  private AuditTrail audit = new AuditTrail(0);

  /** Pods of an earlier version's state, which knew no clearances. */
  private final Deque<PodName> uncleared = new ArrayDeque<>();

  private boolean networksOutdated;
  private long networksWrittenMillis = Long.MIN_VALUE / 2;

  @Override
  public void restore(StateChange change) {
    state.apply(change);
  }

  @Override
  public void resume(long lastSequence) {
    audit = new AuditTrail(lastSequence);
    networksOutdated = true;
    state.pods().stream()
        .filter(pod -> !SelectionPlan.ofPod(state, pod).isEmpty())
        .forEach(uncleared::add);
  }

  @Override
  public List<AuditEntry> on(SelectionInput input, Cause cause, long nowMillis) {
    // A clock that was set back must not put off what is due.
    networksWrittenMillis = Math.min(networksWrittenMillis, nowMillis);
    Optional<StateChange> fact = observe(input);
    if (fact.isEmpty()) {
      return tick(nowMillis);
    }
    boolean anyPolicy = !state.policies().isEmpty();
    state.apply(fact.get());
    ObjectId changed =
        switch (input) {
          case ResourceRead(var id, _) -> id;
          case WorkloadRead(var id, _) -> id;
        };
    networksOutdated |= changed.kind() == Kind.NODE;
    if (anyPolicy == state.policies().isEmpty()) {
      networksOutdated = true;
      networksWrittenMillis = nowMillis - NETWORKS_INTERVAL_MILLIS;
    }
    List<StateChange> decisions = new ArrayList<>(SelectionPlan.after(state, changed));
    decisions.addAll(networksIfDue(nowMillis));
    List<StateChange> changes = new ArrayList<>();
    changes.add(fact.get());
    changes.addAll(decisions);
    decisions.forEach(state::apply);
    return audit.record(cause, nowMillis, changes);
  }

  @Override
  public List<AuditEntry> tick(long nowMillis) {
    List<StateChange> decisions = new ArrayList<>(clearSome());
    decisions.addAll(networksIfDue(nowMillis));
    decisions.forEach(state::apply);
    return audit.record(Cause.tick(nowMillis), nowMillis, decisions);
  }

  private List<StateChange> clearSome() {
    List<StateChange> changes = new ArrayList<>();
    while (!uncleared.isEmpty() && changes.size() < AuditTrail.MAX_CHANGES) {
      changes.addAll(SelectionPlan.ofPod(state, uncleared.remove()));
    }
    return changes;
  }

  private List<StateChange> networksIfDue(long nowMillis) {
    // A guard for Pods that have no clearance yet would shut them out.
    if (!uncleared.isEmpty() || nowMillis < nextDeadlineMillis()) {
      return List.of();
    }
    networksOutdated = false;
    Optional<? extends StateChange> change =
        SelectionPlan.networks(state, !state.policies().isEmpty());
    if (change.isEmpty()) {
      return List.of();
    }
    networksWrittenMillis = nowMillis;
    return List.of(change.get());
  }

  @Override
  public long nextDeadlineMillis() {
    if (!uncleared.isEmpty()) {
      return Long.MIN_VALUE;
    }
    return networksOutdated ? networksWrittenMillis + NETWORKS_INTERVAL_MILLIS : NO_DEADLINE;
  }

  private Optional<StateChange> observe(SelectionInput input) {
    return switch (input) {
      case ResourceRead(var id, var resource) -> observe(id, resource);
      case WorkloadRead(var id, var workload) -> {
        Optional<Workload> known = known(id);
        boolean unchanged =
            (known.isPresent() && workload.isPresent())
                ? Meaning.same(known.get(), workload.get())
                : known.isEmpty() && workload.isEmpty();
        yield unchanged ? Optional.empty() : Optional.of(new WorkloadObserved(id, workload));
      }
    };
  }

  private Optional<StateChange> observe(ObjectId id, Optional<Resource> resource) {
    Optional<Resource> known =
        id.kind() == Kind.NODE
            ? Optional.ofNullable(state.nodes().get(id.name()))
            : Optional.ofNullable(state.policies().get(id.name()));
    boolean unchanged =
        switch (id.kind()) {
          case EGRESS_NAT_POLICY ->
              (known.isPresent() && resource.isPresent())
                  ? Meaning.same(known.get(), resource.get())
                  : known.isEmpty() && resource.isEmpty();
          case NODE -> networks(known).equals(networks(resource));
          case ANTHOS_NETWORK_GATEWAY, NETWORK_GATEWAY_GROUP, NAMESPACE, POD, MANIFEST_FILE -> true;
        };
    return unchanged ? Optional.empty() : Optional.of(new ResourceObserved(id, resource));
  }

  /** All of a node that matters here; it may become ready and not ready as it likes. */
  private static Optional<NodeNetworks> networks(Optional<Resource> resource) {
    return resource.map(
        known -> known instanceof Node node ? NodeNetworks.of(node) : NodeNetworks.NONE);
  }

  private Optional<Workload> known(ObjectId id) {
    return Optional.ofNullable(
        id.kind() == Kind.POD
            ? state.pods(id.namespace()).get(id.name())
            : state.namespaces().get(id.name()));
  }

  @Override
  public SortedMap<ObjectId, Status> statuses() {
    SortedMap<ObjectId, Status> statuses = new TreeMap<>();
    state
        .policies()
        .forEach((name, policy) ->
            statuses.put(
                ObjectId.policy(name),
                new Status(
                    policy.metadata().generation(),
                    List.of(),
                    Map.of(),
                    Map.of(),
                    List.of(),
                    Optional.empty(),
                    OptionalInt.of(state.matchedPods(name)))));
    return statuses;
  }

  /** What is known and decided; only for reading. */
  public SelectionState state() {
    return state;
  }
}

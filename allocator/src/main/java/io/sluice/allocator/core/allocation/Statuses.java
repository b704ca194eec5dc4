package io.sluice.allocator.core.allocation;

import io.sluice.model.Gateway;
import io.sluice.model.MalformedResource;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What to show on every gateway and policy, computed from the state alone. */
final class Statuses {

  static final String READY = "Ready";

  /** A node was chosen, and its agent has not said yet that it has done its part. */
  static final String APPLYING = "Applying";

  private Statuses() {}

  static SortedMap<ObjectId, Status> of(AllocationState state) {
    SortedMap<ObjectId, Status> statuses = new TreeMap<>();
    InPlace inPlace = InPlace.of(state);
    state
        .resources()
        .forEach((id, resource) -> {
          switch (resource) {
            case Gateway gateway -> statuses.put(id, GatewayStatus.of(state, inPlace, id, gateway));
            case Policy _ -> statuses.put(id, PolicyStatus.of(state, inPlace, id.name()));
            case MalformedResource malformed -> statuses.put(id, malformed(malformed));
            case Node _ -> {}
          }
        });
    return statuses;
  }

  private static Status malformed(MalformedResource malformed) {
    String errors =
        malformed.errors().stream().map(Object::toString).collect(Collectors.joining("; "));
    return Status.ofConditions(
        malformed.metadata().generation(), condition(READY, Truth.FALSE, "Malformed", errors));
  }

  /** A condition whose time is filled in when it is published. */
  static Condition condition(String type, Truth truth, String reason, String message) {
    return new Condition(type, truth, reason, message, 0);
  }

  static Truth truth(boolean holds) {
    return holds ? Truth.TRUE : Truth.FALSE;
  }
}

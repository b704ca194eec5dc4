package io.sluice.watcher.core.events;

import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Assignment.State;
import io.sluice.model.IpAddress;
import io.sluice.model.ObjectId;
import io.sluice.watcher.core.events.Event.Type;
import java.util.Optional;

/** What a new assignment of an address means for people who know the one before. */
record Turn(Happening happening, String what) {

  enum Happening {
    ASSIGNED(Type.NORMAL, "Assigned", "Assign"),
    MOVED(Type.NORMAL, "Moved", "Move"),
    FAILED_OVER(Type.WARNING, "FailedOver", "FailOver"),
    UNASSIGNED(Type.WARNING, "Unassigned", "Unassign"),
    WITHDRAWN(Type.NORMAL, "Withdrawn", "Withdraw");

    final Type type;
    final String reason;
    final String action;

    Happening(Type type, String reason, String action) {
      this.type = type;
      this.reason = reason;
      this.action = action;
    }
  }

  /**
   * Where an address was.
   *
   * @param node the last node that had it, also if no node has it now
   * @param gateway the last gateway that listed it
   */
  record Stay(State state, Optional<String> node, Optional<ObjectId> gateway) {

    static Stay after(Optional<Stay> before, Assignment now) {
      return new Stay(
          now.state(),
          now.holder().map(Holder::node).or(() -> before.flatMap(Stay::node)),
          now.gateway().or(() -> before.flatMap(Stay::gateway)));
    }
  }

  /** Empty if nothing happened that anybody needs to know. */
  static Optional<Turn> between(Optional<Stay> before, IpAddress ip, Assignment now) {
    return switch (now.state()) {
      case GRANTED -> granted(before, ip, now.holder().orElseThrow().node());
      // The move is told when it has come to its end.
      case RELEASING -> Optional.empty();
      case UNASSIGNED -> unassigned(before, ip, now);
    };
  }

  private static Optional<Turn> granted(Optional<Stay> before, IpAddress ip, String node) {
    Optional<String> last = before.flatMap(Stay::node);
    State state = before.map(Stay::state).orElse(State.UNASSIGNED);
    if (last.isEmpty() || state == State.UNASSIGNED) {
      return Optional.of(new Turn(Happening.ASSIGNED, ip + " to " + node));
    }
    if (last.get().equals(node)) {
      return Optional.empty();
    }
    Happening happening = state == State.RELEASING ? Happening.MOVED : Happening.FAILED_OVER;
    return Optional.of(new Turn(happening, "%s from %s to %s".formatted(ip, last.get(), node)));
  }

  private static Optional<Turn> unassigned(Optional<Stay> before, IpAddress ip, Assignment now) {
    boolean hadNode = before.filter(stay -> stay.state() != State.UNASSIGNED).isPresent();
    if (!hadNode) {
      return Optional.empty();
    }
    String what = "%s from %s".formatted(ip, before.flatMap(Stay::node).orElseThrow());
    return Optional.of(
        new Turn(now.gateway().isPresent() ? Happening.UNASSIGNED : Happening.WITHDRAWN, what));
  }
}

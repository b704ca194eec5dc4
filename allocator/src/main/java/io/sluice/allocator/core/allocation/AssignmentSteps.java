package io.sluice.allocator.core.allocation;

import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Assignment.State;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange.AssignmentChanged;
import java.util.Optional;

/**
 * The steps that an assignment takes without a new grant; none of them raises the epoch. The audit
 * sequence is put in when the entry is written.
 */
final class AssignmentSteps {

  private AssignmentSteps() {}

  /** The holder goes on, and the successor, if there is one, is to get ready. */
  static AssignmentChanged preparing(
      IpAddress ip, Assignment assignment, Optional<Holder> successor, String reason) {
    return step(ip, assignment, State.GRANTED, assignment.holder(), successor, reason);
  }

  /** Its holder is asked to let go, for this successor. */
  static AssignmentChanged asked(
      IpAddress ip, Assignment assignment, Holder successor, String reason) {
    return releasing(
        ip, assignment, assignment.holder().orElseThrow(), Optional.of(successor), reason);
  }

  /**
   * Somebody is asked to let go.
   *
   * @param holder who may have the address, in the session that has to say so
   */
  static AssignmentChanged releasing(
      IpAddress ip,
      Assignment assignment,
      Holder holder,
      Optional<Holder> successor,
      String reason) {
    return step(ip, assignment, State.RELEASING, Optional.of(holder), successor, reason);
  }

  private static AssignmentChanged step(
      IpAddress ip,
      Assignment assignment,
      State state,
      Optional<Holder> holder,
      Optional<Holder> successor,
      String reason) {
    return new AssignmentChanged(
        ip,
        new Assignment(
            state,
            holder,
            assignment.epoch(),
            assignment.gateway(),
            assignment.leaseMode(),
            0,
            reason,
            successor));
  }

  /** No gateway has it any more. The entity stays for ever, so that its epoch never falls. */
  static AssignmentChanged withdrawn(IpAddress ip, Assignment assignment) {
    return nowhere(
        ip, assignment.epoch(), Optional.empty(), LeaseMode.AVAILABLE, "no gateway lists it");
  }

  /** No node has it. */
  static AssignmentChanged nowhere(
      IpAddress ip, long epoch, Optional<ObjectId> gateway, LeaseMode leaseMode, String reason) {
    return new AssignmentChanged(
        ip,
        new Assignment(State.UNASSIGNED, Optional.empty(), epoch, gateway, leaseMode, 0, reason));
  }
}

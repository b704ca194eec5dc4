package io.sluice.model;

import java.util.List;
import java.util.Optional;

/**
 * Where a floating IP is, by decision of the allocator.
 *
 * @param state whether it is held, on its way, or nowhere
 * @param holder the node that has or is leaving it; empty exactly when the address is nowhere
 * @param epoch rises with every grant and never falls
 * @param gateway the gateway the address belongs to; empty once no gateway lists it
 * @param leaseMode the mode of that gateway
 * @param auditSequence the record of the audit log that says why
 * @param reason one sentence for people
 */
public record Assignment(
    State state,
    Optional<Holder> holder,
    long epoch,
    Optional<ObjectId> gateway,
    LeaseMode leaseMode,
    long auditSequence,
    String reason) {

  public Assignment {
    if (holder.isPresent() != (state != State.UNASSIGNED)) {
      throw new IllegalArgumentException(state + " with holder " + holder);
    }
  }

  /** The same assignment, caused by this record of the audit log. */
  public Assignment withAuditSequence(long sequence) {
    return new Assignment(state, holder, epoch, gateway, leaseMode, sequence, reason);
  }

  /** A floating IP is held by one node, is being let go of by one node, or is nowhere. */
  public enum State {
    GRANTED,
    RELEASING,
    UNASSIGNED
  }

  /**
   * To whom a grant is made: not to a node, but to one lease session of it.
   *
   * @param addresses the node's addresses on the interface that carries floating IPs: with them a
   *     grant is all that another node needs to send packets to the holder
   */
  public record Holder(String node, long session, List<InterfaceAddress> addresses) {

    public Holder {
      addresses = List.copyOf(addresses);
    }
  }
}

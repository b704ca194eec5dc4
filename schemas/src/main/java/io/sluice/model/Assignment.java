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
 * @param successor who is to have the address next, in a planned move. As long as the address is
 *     granted, the successor gets ready for it and the holder goes on; only then is the holder
 *     asked to let go. Nobody may use an address because it is named as the successor
 */
public record Assignment(
    State state,
    Optional<Holder> holder,
    long epoch,
    Optional<ObjectId> gateway,
    LeaseMode leaseMode,
    long auditSequence,
    String reason,
    Optional<Holder> successor) {

  public Assignment {
    if (holder.isPresent() != (state != State.UNASSIGNED)) {
      throw new IllegalArgumentException(state + " with holder " + holder);
    }
    if (successor.isPresent() && state == State.UNASSIGNED) {
      throw new IllegalArgumentException("nobody can take over what nobody has: " + successor);
    }
  }

  /** Without a successor. */
  public Assignment(
      State state,
      Optional<Holder> holder,
      long epoch,
      Optional<ObjectId> gateway,
      LeaseMode leaseMode,
      long auditSequence,
      String reason) {
    this(state, holder, epoch, gateway, leaseMode, auditSequence, reason, Optional.empty());
  }

  /** Whether the holder goes on while its successor gets ready. */
  public boolean isBeingPrepared() {
    return state == State.GRANTED && successor.isPresent();
  }

  /** Whether this is the very grant that the other one is, with another successor or none. */
  public boolean isSameGrant(Assignment other) {
    return state == State.GRANTED
        && other.state == State.GRANTED
        && epoch == other.epoch
        && holder.equals(other.holder)
        && !successor.equals(other.successor);
  }

  /** The same assignment, caused by this record of the audit log. */
  public Assignment withAuditSequence(long sequence) {
    return new Assignment(state, holder, epoch, gateway, leaseMode, sequence, reason, successor);
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

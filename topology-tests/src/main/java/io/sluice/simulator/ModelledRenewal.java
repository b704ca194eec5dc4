package io.sluice.simulator;

import io.sluice.agent.core.Assignments;
import io.sluice.agent.core.Input;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The edge that keeps the kernel's lease alive (design, section 4.3 to 4.5): available grants by
 * beats that were sent, strict ones by beats that were acknowledged, each until its beat's sending
 * plus the lease. What was granted to a former session may stay open, but never opens again.
 */
final class ModelledRenewal {

  /** Deadlines of a session, on the clock of the lease. */
  private static final class Session {
    private long aliveUntil;
    private boolean sent;
    private long acknowledgedUntil;
    private boolean acknowledged;
    private boolean lapsed;
  }

  private final String node;
  private final long leaseNanos;
  private final Behaviour behaviour;
  private final Assignments assignments = new Assignments();
  private long number;
  private Session session = new Session();

  ModelledRenewal(String node, long leaseNanos, Behaviour behaviour) {
    this.node = node;
    this.leaseNanos = leaseNanos;
    this.behaviour = behaviour;
  }

  /** Beats carry this session from now on. */
  void begin(long newNumber) {
    if (newNumber != number) {
      number = newNumber;
      session = new Session();
    }
  }

  long session() {
    return number;
  }

  /** Takes in what the agent's core takes in too. */
  void take(Input input) {
    switch (input) {
      case Input.TopicsRead read -> read.assignments().forEach(assignments::put);
      case Input.AssignmentRead(var ip, var assignment) ->
          assignment.ifPresent(value -> assignments.put(ip, value));
      case Input.BeatSent(long ofSession, long sentAt, _) -> sent(ofSession, sentAt);
      case Input.BeatAcknowledged beat ->
          acknowledged(beat.session(), beat.sentAt(), beat.receivedAt());
      case Input.BindingRead _, Input.DriftNoticed _, Input.StopRequested _ -> {
        // They have no part in the lease.
      }
    }
  }

  private void sent(long ofSession, long sentAt) {
    if (ofSession == number && (!session.sent || sentAt < session.aliveUntil)) {
      session.sent = true;
      session.aliveUntil = sentAt + leaseNanos;
    }
  }

  private void acknowledged(long ofSession, long sentAt, long receivedAt) {
    if (ofSession != number) {
      return;
    }
    long until = sentAt + leaseNanos;
    session.lapsed |= receivedAt >= (session.acknowledged ? session.acknowledgedUntil : until);
    session.acknowledgedUntil =
        session.acknowledged ? Math.max(session.acknowledgedUntil, until) : until;
    session.acknowledged = true;
  }

  /** Until when the addresses in this kernel may be used, on the clock of the lease. */
  SortedMap<IpAddress, Long> deadlines(SimulatedKernel kernel, NodeClock clock) {
    SortedMap<IpAddress, Long> deadlines = new TreeMap<>();
    for (IpAddress ip : kernel.tables().held()) {
      boolean open = kernel.fence().isOpen(ip, clock);
      deadline(ip, open).ifPresent(until -> deadlines.put(ip, until));
    }
    return deadlines;
  }

  private OptionalLong deadline(IpAddress ip, boolean open) {
    Optional<Assignment> grant =
        assignments.of(ip).filter(newest -> newest.state() == Assignment.State.GRANTED);
    Optional<Holder> holder =
        grant.flatMap(Assignment::holder).filter(some -> some.node().equals(node));
    if (holder.isEmpty()) {
      return OptionalLong.empty();
    }
    boolean strict = grant.get().leaseMode() == LeaseMode.STRICT;
    boolean former = holder.get().session() != number;
    if (former && (strict || !behaviour.renewsFormerSession(open))) {
      return OptionalLong.empty();
    }
    return strict && behaviour.strictNeedsAcknowledgement() ? strictDeadline() : aliveDeadline();
  }

  private OptionalLong strictDeadline() {
    return session.acknowledged && !session.lapsed
        ? OptionalLong.of(session.acknowledgedUntil)
        : OptionalLong.empty();
  }

  private OptionalLong aliveDeadline() {
    return session.sent ? OptionalLong.of(session.aliveUntil) : OptionalLong.empty();
  }

  /** The mode of the newest grant that was read. */
  Optional<LeaseMode> mode(IpAddress ip) {
    return assignments.of(ip).map(Assignment::leaseMode);
  }
}

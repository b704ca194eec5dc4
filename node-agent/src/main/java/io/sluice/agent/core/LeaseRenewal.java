package io.sluice.agent.core;

import io.sluice.agent.core.LeaseFence.Deadline;
import io.sluice.model.AgentReport.Leases;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.LeaseMode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Until when the kernel is to keep the leases of this node alive (design, section 4.3 to 4.5). The
 * available one ends a lease after the newest beat that was <em>sent</em>: this process was alive.
 * The strict one ends a lease after the newest beat that was sent <em>and acknowledged</em>: nobody
 * can have been told to take over.
 *
 * <p>Every deadline counts from the moment a beat was sent. Whatever is stalled afterwards, the
 * beat, its acknowledgement, this process or the system call, cannot move it. A deadline that has
 * passed is never renewed within its session: the decision that took the addresses away may be on
 * its way.
 */
public final class LeaseRenewal {

  private final long leaseNanos;
  private final long restartLeaseNanos;
  private long session;
  private long aliveUntil;
  private long firstHeardBy;
  private Optional<Deadline> acknowledged = Optional.empty();
  private boolean strictLapsed;

  /**
   * @param lease the lease {@code L}
   * @param restartLease how long available addresses stay open after an announced restart was
   *     acknowledged; shorter than the grace that the allocator gives to a restart
   */
  public LeaseRenewal(Duration lease, Duration restartLease) {
    this.leaseNanos = lease.toNanos();
    this.restartLeaseNanos = restartLease.toNanos();
  }

  /** How long the leases are, for the allocator to compare with what it waits for. */
  public Leases leases() {
    return new Leases(
        TimeUnit.NANOSECONDS.toMillis(leaseNanos),
        TimeUnit.NANOSECONDS.toMillis(restartLeaseNanos));
  }

  /** Beats carry this session from now on; the first one is expected within the lease. */
  public void begin(long newSession, long now) {
    session = newSession;
    aliveUntil = now + leaseNanos;
    firstHeardBy = now + leaseNanos;
    acknowledged = Optional.empty();
    strictLapsed = false;
  }

  /** The available lease after this beat; empty if the session had lapsed before it was sent. */
  public Optional<Deadline> sent(Input.BeatSent beat) {
    if (beat.session() != session || beat.sentAt() - aliveUntil >= 0) {
      return Optional.empty();
    }
    aliveUntil = beat.sentAt() + leaseNanos;
    return Optional.of(Deadline.after(beat.sentAt(), beat.sentAtWall(), leaseNanos));
  }

  /**
   * What an acknowledged beat entitles to: the strict lease of its session, or with the
   * announcement of a restart, the longer available one. Empty if it was late, or older than
   * another one, or announces a restart after a gap in the acknowledgements.
   */
  public Optional<Deadline> acknowledged(Input.BeatAcknowledged beat) {
    if (beat.session() != session) {
      return Optional.empty();
    }
    return switch (beat.intent()) {
      case RUNNING -> strict(beat);
      // After a gap the addresses may be elsewhere, and nobody would be here to yield.
      case RESTARTING ->
          isProven(beat.receivedAt())
              ? Optional.of(Deadline.after(beat.sentAt(), beat.sentAtWall(), restartLeaseNanos))
              : Optional.empty();
      case STOPPING -> Optional.empty();
    };
  }

  /**
   * Whether nobody can have been told to take over what was granted to this session: its beats have
   * been acknowledged without a gap as long as the lease.
   */
  public boolean isProven(long now) {
    return !strictLapsed
        && acknowledged.filter(until -> now - until.monotonicNanos() < 0).isPresent();
  }

  /** Which lease an acknowledged beat of this intent is about. */
  public static LeaseMode mode(Intent intent) {
    return intent == Intent.RUNNING ? LeaseMode.STRICT : LeaseMode.AVAILABLE;
  }

  private Optional<Deadline> strict(Input.BeatAcknowledged beat) {
    Deadline until = Deadline.after(beat.sentAt(), beat.sentAtWall(), leaseNanos);
    Deadline before = acknowledged.orElse(until);
    strictLapsed |= beat.receivedAt() - before.monotonicNanos() >= 0;
    // A beat before this one may have counted though its acknowledgement was lost.
    strictLapsed |= acknowledged.isEmpty() && beat.receivedAt() - firstHeardBy >= 0;
    boolean newer = acknowledged.isEmpty() || until.monotonicNanos() > before.monotonicNanos();
    if (strictLapsed || !newer) {
      return Optional.empty();
    }
    acknowledged = Optional.of(until);
    return acknowledged;
  }
}

package io.sluice.agent.core;

import java.util.Optional;

/**
 * The lease of a node (design, section 4.3 to 4.5) as a state machine over monotonic time in
 * nanoseconds.
 *
 * <p>Two deadlines say how long floating IPs may be held. A beat that was <em>sent</em> at {@code
 * s} shows that this process was alive: grants of mode {@code AVAILABLE} live until {@code s + L}.
 * A beat that was sent at {@code s} <em>and acknowledged</em> shows that nobody can have been told
 * to take over: grants of mode {@code STRICT} live until {@code s + L}. These two deadlines are
 * what a fence in the kernel is to be renewed with.
 *
 * <p>A deadline that has passed ends the session for what depended on it, and no later beat or
 * acknowledgement revives it: the decision that took the addresses away may be on its way.
 */
public final class LeaseSession {

  /** Why a session ended. */
  public enum Lapse {
    /** No beat left this process for longer than the lease: it was frozen. Nothing may be kept. */
    STALLED,
    /** Beats were sent, but none was acknowledged in time. Strict grants may not be kept. */
    UNACKNOWLEDGED,
    /** Another machine has an address of ours. That one may not be kept, nor strict grants. */
    YIELDED
  }

  private final long leaseNanos;
  private long session;
  private long aliveUntil;

  /** Later, and a beat whose acknowledgement was lost may have been the last for long. */
  private long firstHeardBy;

  private boolean acknowledgedOnce;
  private long acknowledgedUntil;
  private boolean strictLapsed;

  /** Like the acknowledged deadline, but of all sessions. */
  private long heardUntil;

  private boolean heard;

  /**
   * @param session the first session's number
   * @param leaseNanos the lease {@code L}
   * @param now when beating begins; the first beat is expected within the lease
   */
  public LeaseSession(long session, long leaseNanos, long now) {
    this.leaseNanos = leaseNanos;
    begin(session, now);
  }

  /** The number that beats carry and grants must name. */
  public long session() {
    return session;
  }

  /** A beat left this process. It does not revive a session that had stalled before. */
  public void beatSent(long ofSession, long sentAt) {
    if (ofSession == session && !stalled(sentAt)) {
      aliveUntil = sentAt + leaseNanos;
    }
  }

  /**
   * A beat was acknowledged.
   *
   * @param ofSession the session it carried; those of former sessions mean nothing any more
   * @param sentAt when it was sent
   * @param receivedAt when the acknowledgement arrived
   */
  public void acknowledged(long ofSession, long sentAt, long receivedAt) {
    if (ofSession != session) {
      return;
    }
    expire(receivedAt);
    strictLapsed |= !acknowledgedOnce && receivedAt - firstHeardBy >= 0;
    long until = sentAt + leaseNanos;
    if (!heard || until - heardUntil > 0) {
      heard = true;
      heardUntil = until;
    }
    if (!acknowledgedOnce || until - acknowledgedUntil > 0) {
      acknowledgedOnce = true;
      acknowledgedUntil = until;
    }
    expire(receivedAt);
  }

  /**
   * Lets time pass; ends the session and begins the next one if it has lapsed.
   *
   * @param needsAcknowledgements whether the session has strict grants, or is to have one: without,
   *     missing acknowledgements end nothing, and a session goes on with the gap
   */
  public Optional<Lapse> step(long now, boolean needsAcknowledgements) {
    expire(now);
    if (stalled(now)) {
      begin(session + 1, now);
      return Optional.of(Lapse.STALLED);
    }
    if (strictLapsed && needsAcknowledgements) {
      begin(session + 1, now);
      return Optional.of(Lapse.UNACKNOWLEDGED);
    }
    return Optional.empty();
  }

  /** Another machine has what this session was granted: begins the next one. */
  public Lapse yield(long now) {
    begin(session + 1, now);
    return Lapse.YIELDED;
  }

  /** Whether strict grants to this session may be held now. */
  public boolean strictLive(long now) {
    return acknowledgedOnce && !strictLapsed && now - acknowledgedUntil < 0;
  }

  /** Whether no beat of any session was acknowledged in time: Kafka, or the way to it, is gone. */
  public boolean unacknowledged(long now) {
    return !heard || now - heardUntil >= 0;
  }

  /**
   * Whether the next acknowledgement does more than move deadlines on: the first of a session does,
   * and the first after a silence.
   */
  public boolean awaitsAcknowledgement(long now) {
    return !acknowledgedOnce || unacknowledged(now);
  }

  /** How long until one of the deadlines, which no fresh beat may have moved until then. */
  public long nanosUntilDeadline(long now) {
    long nanos = aliveUntil - now;
    if (strictLive(now)) {
      nanos = Math.min(nanos, acknowledgedUntil - now);
    }
    if (!unacknowledged(now)) {
      nanos = Math.min(nanos, heardUntil - now);
    }
    return Math.max(nanos, 0);
  }

  private void begin(long newSession, long now) {
    session = newSession;
    aliveUntil = now + leaseNanos;
    firstHeardBy = now + leaseNanos;
    acknowledgedOnce = false;
    acknowledgedUntil = now;
    strictLapsed = false;
  }

  private boolean stalled(long now) {
    return now - aliveUntil >= 0;
  }

  private void expire(long now) {
    if (acknowledgedOnce && now - acknowledgedUntil >= 0) {
      strictLapsed = true;
    }
  }
}

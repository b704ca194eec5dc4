package io.sluice.agent.core;

import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The newest assignment of each floating IP. Epochs never go back (design, section 4.6): what is
 * older than something already known is refused, also after the record itself was deleted.
 */
public final class Assignments {

  /** What became of a record. */
  public enum Reading {
    /** It is the newest now. */
    ACCEPTED,
    /** It says what was known. */
    UNCHANGED,
    /** A newer one is known; it was refused. */
    STALE
  }

  private final SortedMap<IpAddress, Assignment> newest = new TreeMap<>();
  private final Map<IpAddress, Long> epochs = new HashMap<>();

  /** Takes in a record. */
  public Reading put(IpAddress floatingIp, Assignment assignment) {
    Assignment known = newest.get(floatingIp);
    if (assignment.equals(known)) {
      return Reading.UNCHANGED;
    }
    Long knownEpoch = epochs.get(floatingIp);
    if (knownEpoch != null && !mayFollow(knownEpoch, Optional.ofNullable(known), assignment)) {
      return Reading.STALE;
    }
    epochs.put(floatingIp, assignment.epoch());
    newest.put(floatingIp, assignment);
    return Reading.ACCEPTED;
  }

  /** Takes in a tombstone: the address is nowhere, its epoch stays known. */
  public Reading remove(IpAddress floatingIp) {
    return newest.remove(floatingIp) == null ? Reading.UNCHANGED : Reading.ACCEPTED;
  }

  /** The newest assignment of an address. */
  public Optional<Assignment> of(IpAddress floatingIp) {
    return Optional.ofNullable(newest.get(floatingIp));
  }

  /** All of them, by address. */
  public SortedMap<IpAddress, Assignment> all() {
    return Collections.unmodifiableSortedMap(newest);
  }

  /**
   * Whether this may be believed after what is known. A grant needs a higher epoch, unless it only
   * repeats the one in force, perhaps with another successor; to end a grant its own epoch is
   * enough.
   */
  private static boolean mayFollow(
      long knownEpoch, Optional<Assignment> known, Assignment assignment) {
    if (assignment.epoch() != knownEpoch) {
      return assignment.epoch() > knownEpoch;
    }
    return switch (assignment.state()) {
      case RELEASING, UNASSIGNED -> true;
      case GRANTED ->
          known.isPresent()
              && grantsTheSame(known.get(), assignment)
              && assignment.auditSequence() >= known.get().auditSequence();
    };
  }

  private static boolean grantsTheSame(Assignment known, Assignment assignment) {
    return known.state() == Assignment.State.GRANTED
        && known
            .holder()
            .map(Assignment.Holder::node)
            .equals(assignment.holder().map(Assignment.Holder::node))
        && known
            .holder()
            .map(Assignment.Holder::session)
            .equals(assignment.holder().map(Assignment.Holder::session));
  }

  /** What it says, on a line of a log. */
  public static String text(Assignment assignment) {
    String holder =
        assignment
            .holder()
            .map(some -> "%s session %d".formatted(some.node(), some.session()))
            .orElse("no holder");
    String successor =
        assignment.successor().map(some -> ", to be taken over by " + some.node()).orElse("");
    return "%s, %s, epoch %d, audit %d%s"
        .formatted(
            assignment.state(), holder, assignment.epoch(), assignment.auditSequence(), successor);
  }
}

package io.sluice.cli.audit.core;

import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import java.util.Optional;

/**
 * A decision on where a floating IP is.
 *
 * @param before empty if the log had not named the address so far
 */
public record Move(
    IpAddress ip, Optional<Assignment> before, Assignment after, Kind kind, Decision decision) {

  /** What kind of move it is. */
  public enum Kind {
    /** Nobody had it, now a node has. */
    PLACED("placed"),
    /** Its holder fell silent or lost its lease session, another node has it. */
    FAILED_OVER("failed over"),
    /** Its holder let go of it, another node has it. */
    MOVED("moved"),
    /** The same node has it under a new grant. */
    RENEWED("granted again"),
    /** Another node gets ready to take it over from its holder. */
    PREPARED("about to move"),
    /** It stays where it is, though another node was getting ready for it. */
    CALLED_OFF("move called off"),
    /** Its holder is to let go of it. */
    ASKED_BACK("asked back"),
    /** Its holder has lost it and no other node may have it. */
    LOST("left without a node"),
    /** It has no node, as before. */
    NOT_PLACED("without a node");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** In words. */
    public String text() {
      return text;
    }
  }

  /** Whether this node has, had or is to let go of the address. */
  boolean concerns(String node) {
    return isOn(before, node)
        || isOn(Optional.of(after), node)
        || after.successor().filter(holder -> holder.node().equals(node)).isPresent();
  }

  private static boolean isOn(Optional<Assignment> assignment, String node) {
    return assignment
        .flatMap(Assignment::holder)
        .filter(holder -> holder.node().equals(node))
        .isPresent();
  }
}

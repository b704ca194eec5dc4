package io.sluice.cli.chaos.core;

import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one run showed. Times are nanoseconds since the epoch.
 *
 * @param number from 1, among the runs of its fault and mode
 * @param victim the node that carried the address, to which it was done
 * @param address the floating IP under watch; others of the gateway count for overlaps too
 * @param begunNanos when the fault was about to be made
 * @param completeNanos when it was
 * @param healedNanos when it was about to be undone
 * @param handover how the address left the victim; empty if it stayed
 * @param lastSignInFaultNanos the last sign of anybody between begin and healing
 * @param overlaps two holders of one address
 * @param twoHolderNanos for how long in all, of the address that had them longest
 */
public record RunResult(
    Fault fault,
    LeaseMode mode,
    int number,
    String victim,
    IpAddress address,
    long begunNanos,
    long completeNanos,
    long healedNanos,
    Optional<Handover> handover,
    OptionalLong lastSignInFaultNanos,
    List<Overlap> overlaps,
    long twoHolderNanos,
    Traffic traffic,
    Observation observation) {

  public RunResult {
    overlaps = List.copyOf(overlaps);
  }

  /** Puts together what the wire tells. */
  public static RunResult of(Subject subject, Times times, Traffic traffic, Wire wire) {
    WireHistory history = new WireHistory(wire.sightings(), wire.samplingNanos());
    return new RunResult(
        subject.fault(),
        subject.mode(),
        subject.number(),
        subject.victim(),
        subject.address(),
        times.begunNanos(),
        times.completeNanos(),
        times.healedNanos(),
        history.handover(subject.address(), subject.victim(), times.begunNanos()),
        WireHistory.lastSign(
            wire.sightings(), subject.address(), times.begunNanos(), times.healedNanos()),
        history.addresses().stream().flatMap(ip -> history.overlaps(ip).stream()).toList(),
        history.addresses().stream().mapToLong(history::twoHolderNanos).max().orElse(0),
        traffic,
        new Observation(wire.sightings().size(), wire.framesLost(), wire.longestPauseNanos()));
  }

  /** What was done to whom. */
  public record Subject(
      Fault fault, LeaseMode mode, int number, String victim, IpAddress address) {}

  /** When. */
  public record Times(long begunNanos, long completeNanos, long healedNanos) {}

  /**
   * What was seen on the wire.
   *
   * @param samplingNanos how often every node was asked for every address
   */
  public record Wire(
      List<Sighting> sightings, long samplingNanos, long framesLost, long longestPauseNanos) {

    public Wire {
      sightings = List.copyOf(sightings);
    }
  }
}

package io.sluice.agent.core;

import io.sluice.model.Assignment;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.IpAddress;
import java.util.Map;
import java.util.Optional;

/** What happens to an agent. Times are monotonic, in nanoseconds. */
public sealed interface Input {

  /**
   * Both topics have been read to their end; this is what they hold. Comes once at the start, and
   * again whenever reading had to begin anew.
   */
  record TopicsRead(Map<IpAddress, Assignment> assignments, Map<BindingId, Binding> bindings)
      implements Input {}

  /** A record of {@code sluice.assignments} after that; empty is a tombstone. */
  record AssignmentRead(IpAddress floatingIp, Optional<Assignment> assignment) implements Input {}

  /** A record of {@code sluice.bindings} after that; empty is a tombstone. */
  record BindingRead(BindingId id, Optional<Binding> binding) implements Input {}

  /**
   * A beat is about to be handed to the network.
   *
   * @param sentAtWall nanoseconds since the epoch, read before {@code sentAt}
   */
  record BeatSent(long session, long sentAt, long sentAtWall) implements Input {}

  /**
   * A beat was acknowledged by all copies in sync.
   *
   * @param sentAtWall nanoseconds since the epoch, read before {@code sentAt}
   */
  record BeatAcknowledged(
      long session, Intent intent, long sentAt, long sentAtWall, long receivedAt)
      implements Input {}

  /**
   * Another machine was heard to have an address of ours.
   *
   * @param macAddress the other machine's
   * @param response what is done about it
   */
  record AddressClaimed(IpAddress floatingIp, String macAddress, WireWatch.Response response)
      implements Input {}

  /** Somebody else changed something of ours in the kernel, or may have. */
  record DriftNoticed() implements Input {}

  /**
   * The agent is to end.
   *
   * @param keep whether it will be back at once, so that everything stays in the kernel
   */
  record StopRequested(boolean keep) implements Input {}
}

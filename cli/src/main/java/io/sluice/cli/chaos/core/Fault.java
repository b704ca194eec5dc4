package io.sluice.cli.chaos.core;

import io.sluice.model.LeaseMode;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be done to a cluster; each is done to the node that carries the address under watch. */
public enum Fault {
  AGENT_KILLED("kill -9 of the agent; started again when the address has moved", Course.FAILOVER),
  AGENT_FROZEN_1S("the agent is stopped (SIGSTOP) for 1 s", Course.FAILOVER, 1),
  AGENT_FROZEN_10S("the agent is stopped for 10 s", Course.FAILOVER, 10),
  AGENT_FROZEN("the agent is stopped for good; after 15 s it is replaced", Course.FAILOVER, 15),
  NIC_DOWN("the cable is pulled, the agent goes on; plugged in again after 3 s", Course.CUT_OFF, 3),
  NODE_CRASH("power cut: the cable is dead and the agent too", Course.CRASH),
  KAFKA_CUT("the node and Kafka do not reach each other, for 5 s", Course.CUT_OFF, 5),
  KAFKA_CUT_SENDING("what the node sends to Kafka is lost, for 5 s", Course.CUT_OFF, 5),
  KAFKA_CUT_HEARING("what Kafka sends to the node is lost, for 5 s", Course.CUT_OFF, 5),
  KAFKA_FROZEN("the broker is stopped (SIGSTOP) for 30 s", Course.NO_KAFKA, 30),
  KAFKA_KILLED("kill -9 of the broker; back after 30 s with its data", Course.NO_KAFKA, 30),
  DRAIN("the node is labelled to be drained", Course.PLANNED),
  GRACEFUL_STOP("the agent is told to stop (SIGTERM)", Course.FAILOVER),
  ANNOUNCED_RESTART("the agent restarts with --keep-on-stop", Course.RESTART),
  ALLOCATOR_KILLED(
      "kill -9 of the allocator that decides; started again after 3 s", Course.NO_DECISIONS, 3),
  ALLOCATOR_AND_NODE("allocator and gateway node die together", Course.BOTH);

  /** How long both an allocator and a node may be missed that die together (design, section 8). */
  private static final long BOTH_MILLIS = 2_000;

  /** For how long an address of a holder that was cut off may have two (design, section 9). */
  private static final long CUT_OFF_MILLIS = 50;

  /** What kind of thing happens. */
  private enum Course {
    /** The node lives and its agent does not do its part. */
    FAILOVER,
    CRASH,
    /** The agent lives and cannot reach Kafka. */
    CUT_OFF,
    NO_KAFKA,
    PLANNED,
    RESTART,
    NO_DECISIONS,
    BOTH
  }

  private final String description;
  private final Course course;
  private final int seconds;

  Fault(String description, Course course) {
    this(description, course, 0);
  }

  Fault(String description, Course course, int seconds) {
    this.description = description;
    this.course = course;
    this.seconds = seconds;
  }

  /** What is done, in words. */
  public String description() {
    return description;
  }

  /** How long it lasts at the least. */
  public Duration lasting() {
    return Duration.ofSeconds(seconds);
  }

  /** Whether the address is to be on another node before the fault is healed. */
  public boolean movesTheAddress() {
    return switch (course) {
      case FAILOVER, CRASH, CUT_OFF, PLANNED, BOTH -> true;
      case NO_KAFKA, RESTART, NO_DECISIONS -> false;
    };
  }

  /** What must hold. */
  public Promise promise(LeaseMode mode, Profile profile) {
    Promise one = Promise.oneHolder();
    boolean strict = mode == LeaseMode.STRICT;
    return switch (course) {
      case FAILOVER -> one;
      case CRASH -> one.outage(profile.nodeCrashMillis());
      case BOTH -> one.outage(BOTH_MILLIS);
      case CUT_OFF -> strict ? one : one.twoHolders(CUT_OFF_MILLIS);
      case NO_KAFKA ->
          strict
              ? one.silentAfter(profile.leaseMillis() + Promise.FENCE_SLACK_MILLIS)
              : one.losesNothing().nobodyMoves();
      case PLANNED -> one.losesNothing();
      case RESTART -> strict ? one.nobodyMoves() : one.losesNothing().nobodyMoves();
      case NO_DECISIONS -> one.losesNothing().nobodyMoves();
    };
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The fault of a name; empty if there is none. */
  public static Optional<Fault> named(String name) {
    return Arrays.stream(values()).filter(fault -> fault.toString().equals(name)).findFirst();
  }
}

package io.sluice.simulator;

import io.sluice.agent.AgentLoop.Phase;
import io.sluice.agent.core.Input;
import io.sluice.model.AgentReport.Nic;
import io.sluice.model.Assignment;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A machine: power, clocks, kernel, cable, its ways to Kafka, and the agent that runs on it. */
final class SimulatedNode {

  /** For so long after trouble a node may still be declared silent for it. */
  private static final long AFTERMATH = TimeUnit.SECONDS.toNanos(4);

  private static final long RECENTLY = TimeUnit.SECONDS.toNanos(5);
  private static final long LONG_AGO = Long.MIN_VALUE / 2;

  private final World world;
  private final String name;
  private final Nic nic;
  private final Link toKafka;
  private final Link fromKafka;
  private final Map<IpAddress, Assignment> newestRead = new HashMap<>();

  private NodeClock clock;
  private SimulatedKernel kernel;
  private boolean powered;
  private boolean attached = true;
  private long attachedSince;
  private Optional<AgentRun> agent = Optional.empty();
  private int incarnations;
  private long startAgentAfter;
  private long acknowledgedSentAt;
  private long cutOffEndedAt = LONG_AGO;
  private long troubleUntil = LONG_AGO;

  SimulatedNode(World world, int number) {
    this.world = world;
    this.name = "node-" + number;
    this.nic =
        new Nic(
            "eth0",
            "02:00:00:00:00:%02d".formatted(number),
            List.of(InterfaceAddress.parse("10.40.0.%d/16".formatted(10 + number))));
    this.toKafka = link();
    this.fromKafka = link();
  }

  private Link link() {
    return new Link(world.timeline(), world.dice(), world.kafka()::isUp, Link.GIVES_UP_AFTER);
  }

  String name() {
    return name;
  }

  Nic nic() {
    return nic;
  }

  NodeClock clock() {
    return clock;
  }

  SimulatedKernel kernel() {
    return kernel;
  }

  Link toKafka() {
    return toKafka;
  }

  Link fromKafka() {
    return fromKafka;
  }

  Optional<AgentRun> agent() {
    return agent;
  }

  /** What its wall clock shows, milliseconds since the epoch. */
  long wallMillis() {
    return SimulatedKafka.START_MILLIS + TimeUnit.NANOSECONDS.toMillis(clock.wall());
  }

  // ---- power ------------------------------------------------------------------------------------

  void boot() {
    if (powered) {
      return;
    }
    powered = true;
    clock =
        new NodeClock(
            world.timeline(),
            world.dice().between(-100, 100),
            world.dice().millis(0, 1e6),
            world.dice().millis(-500, 500));
    kernel =
        new SimulatedKernel(
            world.timeline(),
            world.behaviour(),
            clock,
            nic,
            () -> attached,
            ip -> world.wire().announce(this, ip),
            ip -> world.wire().ask(this, ip));
    kernel.onRelease(this::checkRelease);
    startAgent();
  }

  void crash(long downNanos) {
    killAgent();
    powered = false;
    world.timeline().after(downNanos, this::boot);
  }

  boolean isPowered() {
    return powered;
  }

  // ---- the agent --------------------------------------------------------------------------------

  void startAgent() {
    if (powered && agent.isEmpty()) {
      newestRead.clear();
      acknowledgedSentAt = world.timeline().now();
      AgentRun started = new AgentRun(world, this, ++incarnations);
      agent = Optional.of(started);
      world.trace().note(name, () -> "agent starts, process " + incarnations);
      started.start();
    }
  }

  private void killAgent() {
    agent.ifPresent(AgentRun::kill);
    agent = Optional.empty();
  }

  /** The process is killed and started again after a while. */
  void crashAgent(long downNanos) {
    killAgent();
    world.timeline().after(downNanos, this::startAgent);
  }

  /** The process is asked to end and is started again a while after it has ended. */
  void stopAgent(boolean keep, long downNanos) {
    startAgentAfter = downNanos;
    agent.ifPresent(run -> run.stop(keep));
  }

  void agentEnded() {
    world.trace().note(name, () -> "agent has ended");
    agent = Optional.empty();
    world.timeline().after(startAgentAfter, this::startAgent);
  }

  // ---- the network ------------------------------------------------------------------------------

  void attach(boolean toTheWire) {
    if (toTheWire && !attached) {
      attachedSince = world.timeline().now();
    }
    boolean changes = attached != toTheWire;
    attached = toTheWire;
    world.wire().changed();
    if (changes) {
      agent.ifPresent(AgentRun::notice);
    }
  }

  /** Whether its agent talks to Kafka, and nobody at all can be reached with what it holds. */
  boolean isUnplugged() {
    return powered && !attached && !isCutOff();
  }

  /** Whether others can see what it sends, and it them. */
  boolean isOnTheWire() {
    return powered && attached;
  }

  boolean canFetch() {
    return powered && toKafka.isOpen() && fromKafka.isOpen();
  }

  long fetchDelay() {
    return toKafka.delay() + fromKafka.delay();
  }

  /** The way to Kafka is whole again, or the broker is back. */
  void reconnect() {
    toKafka.reconnect();
    fromKafka.reconnect();
    world.timeline().after(world.dice().millis(1, 60), this::poke);
  }

  void heal() {
    cutOffEndedAt = world.timeline().now();
    attach(true);
    toKafka.heal();
    fromKafka.heal();
    if (powered) {
      kernel.refuse(false);
    }
    world.timeline().after(world.dice().millis(1, 60), this::poke);
  }

  void poke() {
    agent.ifPresent(run -> run.reader().poke());
  }

  /** Whether, seen from outside, this machine has the address. */
  boolean answers(IpAddress ip) {
    return isOnTheWire() && kernel.answers(ip);
  }

  // ---- what the invariants need to know ---------------------------------------------------------

  LeaseMode mode(IpAddress ip) {
    return powered ? kernel.fence().mode(ip) : LeaseMode.AVAILABLE;
  }

  /** For how long it has had the address without a gap, seen from outside. */
  long openNanos(IpAddress ip) {
    return Math.min(kernel.fence().openNanos(ip), world.timeline().now() - attachedSince);
  }

  /** Who goes on with what nobody granted anew has asked for it, and would have been answered. */
  void checkOpened(Set<IpAddress> before, Set<IpAddress> after) {
    boolean couldAsk =
        isOnTheWire() && world.timeline().now() - attachedSince >= leaseNanos() && isCutOff();
    for (IpAddress ip : after) {
      Assignment newest = newestRead.get(ip);
      if (!before.contains(ip)
          && couldAsk
          && newest.holder().orElseThrow().session() < agent.orElseThrow().session()
          && world.wire().heldByOtherFor(leaseNanos(), ip, this)) {
        throw new InvariantViolation(
            "%s goes on with %s, which another one has had for long".formatted(name, ip));
      }
    }
  }

  void noteAcknowledged(long sentAt) {
    if (sentAt - acknowledgedSentAt >= leaseNanos()) {
      cutOffEndedAt = world.timeline().now();
    }
    acknowledgedSentAt = Math.max(acknowledgedSentAt, sentAt);
  }

  /** Whether no beat of the last lease was acknowledged. */
  boolean isCutOff() {
    return world.timeline().now() - acknowledgedSentAt >= leaseNanos();
  }

  boolean wasCutOffRecently() {
    boolean hinderedNow = isCutOff() || toKafka.isHindered() || fromKafka.isHindered();
    if (hinderedNow) {
      cutOffEndedAt = world.timeline().now();
    }
    return world.timeline().now() - cutOffEndedAt < RECENTLY;
  }

  /** For how long its agent has been able to yield. */
  long runningNanos() {
    return agent.map(run -> Math.min(run.runningNanos(), kernel.obeyingNanos())).orElse(0L);
  }

  private long leaseNanos() {
    return TimeUnit.MILLISECONDS.toNanos(world.settings().leaseMillis());
  }

  /** Something is wrong with this very node for so long. */
  void trouble(long nanos) {
    troubleUntil = Math.max(troubleUntil, world.timeline().now() + nanos);
  }

  boolean isBlameless() {
    return world.timeline().now() - troubleUntil > AFTERMATH;
  }

  /** Remembers what its agent has read, whatever the agent makes of it. */
  void notedDecision(Input input) {
    switch (input) {
      case Input.TopicsRead read -> read.assignments().forEach(this::noteRead);
      case Input.AssignmentRead(var ip, var assignment) ->
          assignment.ifPresent(value -> noteRead(ip, value));
      case Input.BindingRead _,
          Input.BeatSent _,
          Input.BeatAcknowledged _,
          Input.AddressClaimed _,
          Input.DriftNoticed _,
          Input.StopRequested _ -> {
        // They say nothing of who holds what.
      }
    }
  }

  private void noteRead(IpAddress ip, Assignment assignment) {
    newestRead.merge(ip, assignment, (old, read) -> isOlder(read, old) ? old : read);
  }

  private static boolean isOlder(Assignment one, Assignment other) {
    return one.epoch() != other.epoch()
        ? one.epoch() < other.epoch()
        : one.state() != other.state()
            ? one.state().compareTo(other.state()) < 0
            : one.auditSequence() < other.auditSequence();
  }

  /** What, as far as it was read, is granted to this node. */
  Map<IpAddress, Assignment> newestGrants() {
    Map<IpAddress, Assignment> grants = new TreeMap<>(newestRead);
    grants.values().removeIf(one -> !isGrantedHere(one));
    return grants;
  }

  private boolean isGrantedHere(Assignment assignment) {
    return assignment.state() == Assignment.State.GRANTED
        && assignment.holder().orElseThrow().node().equals(name);
  }

  /**
   * The kernel holds nothing but what the newest decision read grants to this node, or has it get
   * ready for with a shut fence.
   */
  void checkHeld(Phase phase) {
    if (phase != Phase.RUNNING || kernel.isBehind()) {
      return;
    }
    for (IpAddress ip : kernel.tables().held()) {
      Assignment newest = newestRead.get(ip);
      boolean granted = newest != null && isGrantedHere(newest);
      boolean successor =
          newest != null && newest.successor().filter(s -> s.node().equals(name)).isPresent();
      if (!granted && !(successor && !kernel.fence().isOpen(ip))) {
        throw new InvariantViolation(
            "%s holds %s, but has read: %s"
                .formatted(name, ip, newest == null ? "nothing" : Words.of(ip, newest)));
      }
    }
  }

  /** Somebody sets its wall clock. */
  void stepClock(long nanos) {
    clock.stepWall(nanos);
    world.wire().changed();
  }

  private void checkRelease(Set<IpAddress> released) {
    world.wire().changed();
    world.trace().note(name, () -> "kernel lets go of " + released);
    agent
        .filter(run -> run.phase() == Phase.STARTING || run.phase() == Phase.RUNNING)
        .filter(run -> !run.reader().hasEverRead())
        .ifPresent(_ -> {
          throw new InvariantViolation(
              "%s lets go of %s before it has read its topics".formatted(name, released));
        });
  }
}

package io.sluice.simulator;

import io.sluice.agent.core.Input;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Does one harm after another to the cluster, chosen by dice. Each is over after a while. */
final class Faults {

  /** What can go wrong. */
  enum Kind {
    NODE_CRASH,
    AGENT_CRASH,
    AGENT_RESTART,
    AGENT_STOP,
    FREEZE,
    FREEZE_IN_BEAT,
    FREEZE_IN_RENEWAL,
    CUT_FROM_KAFKA,
    ONE_WAY_CUT,
    CABLE_CUT,
    NIC_UNPLUGGED,
    CUT_THEN_FREEZE,
    CUT_THEN_RESTART,
    DEAF_FREEZE,
    SLOW_LINK,
    SLOW_ANSWERS_THEN_CUT,
    READER_STALL,
    READER_REOPENED,
    RECORDS_REPEATED,
    LATE_RECORD,
    DUPLICATED_RECORDS,
    KERNEL_REFUSAL,
    KERNEL_REFUSES_FOR_LONG,
    DRAIN_WITH_STUCK_SUCCESSORS,
    KERNEL_DRIFT,
    NODE_CLOCK_STEP,
    FREEZE_AND_CLOCK_STEP,
    ALLOCATOR_CLOCK_STEP,
    BROKER_OUTAGE,
    LEADER_MOVE,
    LEADER_MOVE_AND_CUT,
    ALLOCATOR_CRASH,
    ALLOCATOR_FREEZE,
    ALLOCATOR_REBALANCE,
    FALSE_ANNOUNCEMENT,
    OPERATOR_CHANGE,
    OPERATOR_CHANGE_AND_RESTART
  }

  private static final long STUCK = TimeUnit.MILLISECONDS.toNanos(4_500);

  /** Another one announces what it was granted at once, after 100 ms and after a second. */
  private static final long TWICE_DEAF = TimeUnit.MILLISECONDS.toNanos(3_600);

  private static final long LONG_REFUSAL = TimeUnit.SECONDS.toNanos(14);

  private static final List<Kind> KINDS = List.of(Kind.values());

  private final World world;
  private final Dice dice;
  private final List<SimulatedNode> nodes;
  private final AllocatorGroup allocators;
  private final Operator operator;
  private int brokerOutages;
  private long smallSkewUntil;

  Faults(
      World world,
      Dice dice,
      List<SimulatedNode> nodes,
      AllocatorGroup allocators,
      Operator operator) {
    this.world = world;
    this.dice = dice;
    this.nodes = nodes;
    this.allocators = allocators;
    this.operator = operator;
  }

  /** The next one, now. */
  void strike() {
    Kind kind = dice.pick(KINDS);
    SimulatedNode node = dice.pick(nodes);
    long nanos = dice.chance(0.5) ? dice.millis(20, 900) : dice.millis(300, 3_000);
    world.trace().note("FAULT", () -> text(kind, node, nanos));
    switch (kind) {
      case NODE_CRASH,
          AGENT_CRASH,
          AGENT_RESTART,
          AGENT_STOP,
          FREEZE,
          FREEZE_IN_BEAT,
          FREEZE_IN_RENEWAL ->
          process(kind, node, nanos);
      case CUT_FROM_KAFKA,
          ONE_WAY_CUT,
          CABLE_CUT,
          NIC_UNPLUGGED,
          CUT_THEN_FREEZE,
          DEAF_FREEZE,
          SLOW_LINK,
          SLOW_ANSWERS_THEN_CUT ->
          network(kind, node, nanos);
      case READER_STALL, READER_REOPENED, RECORDS_REPEATED, LATE_RECORD, DUPLICATED_RECORDS ->
          records(kind, node, nanos);
      case KERNEL_REFUSAL, KERNEL_DRIFT, NODE_CLOCK_STEP, ALLOCATOR_CLOCK_STEP ->
          machine(kind, node, nanos);
      case CUT_THEN_RESTART -> cutThenRestart(node, nanos);
      case FREEZE_AND_CLOCK_STEP -> {
        process(Kind.FREEZE, node, nanos);
        world
            .timeline()
            .after(dice.millis(1, 300), () -> machine(Kind.NODE_CLOCK_STEP, node, nanos));
      }
      case KERNEL_REFUSES_FOR_LONG -> refuseWhatIsGrantedNext(node, nanos);
      case DRAIN_WITH_STUCK_SUCCESSORS -> drainWithStuckSuccessors(node);
      case BROKER_OUTAGE -> brokerOutage(nanos);
      case LEADER_MOVE -> moveLeader();
      case LEADER_MOVE_AND_CUT -> {
        moveLeader();
        world
            .timeline()
            .after(dice.millis(0, 250), () -> network(Kind.CUT_FROM_KAFKA, node, nanos));
      }
      case ALLOCATOR_CRASH -> allocators.crash();
      case ALLOCATOR_FREEZE -> allocators.freeze(nanos);
      case ALLOCATOR_REBALANCE -> allocators.rebalance();
      case FALSE_ANNOUNCEMENT -> announceFalsely();
      case OPERATOR_CHANGE -> operate();
      case OPERATOR_CHANGE_AND_RESTART -> {
        operate();
        world.timeline().after(dice.millis(0, 5), () -> process(Kind.AGENT_CRASH, node, nanos / 6));
      }
    }
  }

  private static String text(Kind kind, SimulatedNode node, long nanos) {
    return String.format(
        Locale.ROOT,
        "%s (on %s, for %.1f ms, where that matters)",
        kind.name().toLowerCase(Locale.ROOT).replace('_', ' '),
        node.name(),
        nanos / 1e6);
  }

  private void operate() {
    String change = operator.change();
    world.trace().note("operator", () -> change);
  }

  private void process(Kind kind, SimulatedNode node, long nanos) {
    node.trouble(nanos + TimeUnit.SECONDS.toNanos(2));
    switch (kind) {
      case NODE_CRASH -> node.crash(nanos + dice.millis(200, 1_500));
      case AGENT_CRASH -> node.crashAgent(nanos);
      case AGENT_RESTART -> {
        // With a clock that was set back its sessions count lower, and are heard after the grace.
        long grace = TimeUnit.MILLISECONDS.toNanos(world.settings().restartGraceMillis());
        node.trouble(nanos + grace + TimeUnit.SECONDS.toNanos(2));
        node.stopAgent(true, nanos);
      }
      case AGENT_STOP -> node.stopAgent(false, nanos);
      case FREEZE -> node.agent().ifPresent(run -> run.process().freeze(nanos));
      case FREEZE_IN_BEAT -> node.agent().ifPresent(run -> run.process().freezeInBeat(nanos));
      default -> {
        LeaseMode mode = dice.pick(List.of(LeaseMode.values()));
        node.agent().ifPresent(run -> run.process().freezeInRenewal(mode, nanos));
      }
    }
  }

  private void network(Kind kind, SimulatedNode node, long nanos) {
    if (kind == Kind.DEAF_FREEZE) {
      deafFreeze(node, TWICE_DEAF + nanos / 2);
      return;
    }
    if (kind == Kind.NIC_UNPLUGGED) {
      unplug(node, dice.chance(0.6) ? LONG_REFUSAL : nanos);
      return;
    }
    node.trouble(nanos + TimeUnit.SECONDS.toNanos(1));
    boolean loses = dice.chance(0.5);
    // It may wake up with Kafka still away.
    double part = dice.between(30, 101) / 100.0;
    switch (kind) {
      case ONE_WAY_CUT -> (dice.chance(0.5) ? node.toKafka() : node.fromKafka()).cut(loses);
      case SLOW_LINK -> {
        node.toKafka().slow(dice.millis(1, 700));
        node.fromKafka().slow(dice.millis(1, 700));
      }
      case SLOW_ANSWERS_THEN_CUT -> {
        node.fromKafka().slow(dice.millis(20, 0.9 * (double) world.settings().leaseMillis()));
        world.timeline().after(nanos / 2, () -> node.toKafka().cut(loses));
      }
      default -> {
        node.toKafka().cut(loses);
        node.fromKafka().cut(loses);
      }
    }
    if (kind == Kind.CABLE_CUT) {
      node.attach(false);
    }
    if (kind == Kind.CUT_THEN_FREEZE) {
      world
          .timeline()
          .after(
              dice.millis(10, (double) world.settings().leaseMillis()),
              () -> node.agent().ifPresent(run -> run.process().freeze((long) (nanos * part))));
    }
    world.timeline().after(nanos, node::heal);
  }

  /**
   * Its cable is out while another node announces what it had, and it stands still; when it goes on
   * it is on the wire again, and Kafka is still away.
   */
  private void deafFreeze(SimulatedNode node, long nanos) {
    node.trouble(nanos + TimeUnit.SECONDS.toNanos(1));
    node.toKafka().cut(true);
    node.fromKafka().cut(true);
    node.attach(false);
    world
        .timeline()
        .after(
            dice.millis(10, (double) world.settings().leaseMillis()),
            () -> node.agent().ifPresent(run -> run.process().freeze(nanos / 2)));
    world.timeline().after(nanos / 2, () -> node.attach(true));
    world.timeline().after(nanos, node::heal);
  }

  /** Told to be back at once while nobody hears that, or a moment after it is heard again. */
  private void cutThenRestart(SimulatedNode node, long nanos) {
    network(Kind.CUT_FROM_KAFKA, node, nanos);
    double lease = world.settings().leaseMillis();
    world
        .timeline()
        .after(dice.millis(0, 2 * lease), () -> process(Kind.AGENT_RESTART, node, nanos / 2));
  }

  /** Kafka is reached by another network. */
  private void unplug(SimulatedNode node, long nanos) {
    node.trouble(nanos + TimeUnit.SECONDS.toNanos(1));
    node.attach(false);
    world.timeline().after(nanos, () -> node.attach(true));
  }

  private void records(Kind kind, SimulatedNode node, long nanos) {
    switch (kind) {
      case READER_STALL -> node.agent().ifPresent(run -> run.reader().stall(nanos));
      case READER_REOPENED -> node.agent().ifPresent(run -> run.reader().open());
      case RECORDS_REPEATED -> {
        int records = dice.between(1, 30);
        node.agent().ifPresent(run -> run.reader().rewind(records));
      }
      case DUPLICATED_RECORDS -> world.kafka().duplicate(dice.between(1, 20));
      default -> lateRecord(node);
    }
  }

  /** A decision of long ago arrives once more, alone. */
  private void lateRecord(SimulatedNode node) {
    List<Input> ofOld =
        world.kafka().decisions().stream().filter(Input.AssignmentRead.class::isInstance).toList();
    if (!ofOld.isEmpty()) {
      int index = ofOld.size() - 1 - dice.between(0, Math.min(ofOld.size(), 20));
      node.agent().ifPresent(run -> run.reader().deliverLate(ofOld.get(index)));
    }
  }

  private void machine(Kind kind, SimulatedNode node, long nanos) {
    switch (kind) {
      case KERNEL_REFUSAL -> refuse(node, nanos);
      case KERNEL_DRIFT -> drift(node);
      case NODE_CLOCK_STEP -> {
        // A freeze between reading the clock and the system call prolongs the relative deadline, a
        // step back the absolute one: together, within 30 microseconds, they beat the fence.
        if (node.isPowered()
            && node.agent().filter(run -> run.process().isStuckInRenewal()).isEmpty()) {
          node.stepClock(step());
        }
      }
      default -> allocators.clock().stepWall(step());
    }
  }

  private long step() {
    long size = dice.chance(0.5) ? dice.millis(20, 400) : dice.millis(400, 60_000);
    return dice.chance(0.5) ? size : -size;
  }

  /** An agent that starts does not beat before its kernel has taken in what it needs. */
  private void refuse(SimulatedNode node, long nanos) {
    node.trouble(nanos + TimeUnit.SECONDS.toNanos(1));
    if (node.isPowered()) {
      SimulatedKernel kernel = node.kernel();
      kernel.refuse(true);
      world.timeline().after(nanos, () -> kernel.refuse(false));
    }
  }

  /** A node dies while another one's kernel refuses what it is granted instead. */
  private void refuseWhatIsGrantedNext(SimulatedNode node, long nanos) {
    refuse(node, LONG_REFUSAL);
    List<SimulatedNode> others = nodes.stream().filter(other -> other != node).toList();
    process(Kind.NODE_CRASH, dice.pick(others), nanos);
  }

  /** Nobody can get ready for what has to leave the node, for longer than anybody should wait. */
  private void drainWithStuckSuccessors(SimulatedNode node) {
    nodes.stream().filter(other -> other != node).forEach(other -> refuse(other, STUCK));
    String change = operator.drain(node);
    world.trace().note("operator", () -> change);
  }

  /** One last thing that nothing else would put right by the way. */
  void lastDrift() {
    world.trace().note("run", () -> "a last kernel drift");
    drift(dice.pick(nodes));
  }

  private void drift(SimulatedNode node) {
    if (node.isPowered() && !node.kernel().tables().held().isEmpty()) {
      IpAddress lost = dice.pick(List.copyOf(node.kernel().tables().held()));
      node.kernel().lose(lost);
      node.agent().ifPresent(AgentRun::notice);
    }
  }

  /** Nobody is to lose an address to a stranger for longer than it takes to be granted anew. */
  private void announceFalsely() {
    List<IpAddress> decided = List.copyOf(world.kafka().assignments().keySet());
    if (!decided.isEmpty()) {
      nodes.forEach(node -> node.trouble(TimeUnit.SECONDS.toNanos(1)));
      world.wire().announceFalsely(dice.pick(decided));
    }
  }

  private void brokerOutage(long nanos) {
    long gap = TimeUnit.MILLISECONDS.toNanos(world.settings().silenceMillis()) / 2;
    if (nanos < gap) {
      // Too short for a gap, and long enough for one node's beats to be much later than another's.
      nodes.forEach(node -> node.trouble(gap));
    }
    brokerOutages++;
    world.kafka().up(false);
    world
        .timeline()
        .after(
            nanos,
            () -> {
              brokerOutages--;
              if (brokerOutages == 0) {
                world.kafka().up(true);
                nodes.forEach(SimulatedNode::reconnect);
                operator.reconnect();
              }
            });
  }

  /**
   * A leader with another clock. Leaders may differ by less than T - L, or by so much that it
   * counts as a gap; in between (T - L to T/2) a leader ahead would cost strict mode its promise,
   * which is why brokers have to keep their clocks.
   */
  private void moveLeader() {
    long margin = world.settings().silenceMillis() - world.settings().leaseMillis();
    long change =
        switch (dice.between(0, 3)) {
          case 0 -> -(long) dice.between(1, 3_000);
          case 1 -> world.settings().silenceMillis() + dice.between(1, 3_000);
          default -> smallSkew(margin);
        };
    world.trace().note("kafka", () -> "another leader, its clock " + change + " ms ahead");
    world.kafka().moveLeader(world.kafka().skewMillis() + change);
  }

  /** Two small steps ahead within one silence would add up to a large one. */
  private long smallSkew(long margin) {
    if (world.timeline().now() < smallSkewUntil) {
      return 0;
    }
    smallSkewUntil = world.timeline().now() + TimeUnit.SECONDS.toNanos(2);
    return dice.between(0, Math.toIntExact(margin / 2));
  }
}

package io.sluice.simulator;

import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.allocator.core.allocation.HoldOffSettings;
import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One run: the cluster comes up, faults strike it (safety: nothing may ever be wrong), the faults
 * stop (liveness: everything must come right within a bound).
 */
public final class Simulation {

  private static final long WARM_UP = TimeUnit.SECONDS.toNanos(3);
  private static final long LONGEST_FAULT = TimeUnit.SECONDS.toNanos(5);
  private static final long POLL = TimeUnit.MILLISECONDS.toNanos(50);

  private static final HoldOffSettings HOLD_OFF = new HoldOffSettings(1_000, 4_000, 5_000);

  /** As in the defaults, but what takes ten seconds takes less, so that a run sees it often. */
  private static final AllocationSettings DEFAULT =
      new AllocationSettings(100, 400, 500, 3_000, 2_000, 300, HOLD_OFF, 400, 800);

  private static final AllocationSettings FAST =
      new AllocationSettings(30, 90, 120, 3_000, 2_000, 300, HOLD_OFF, 400, 800);

  /** After faults have stopped: a restart's grace, a silence, and what it takes to read and do. */
  private static final long PLACED_WITHIN = TimeUnit.SECONDS.toNanos(6);

  /** Then addresses move one by one until they are even. */
  private static final long SETTLED_WITHIN = TimeUnit.SECONDS.toNanos(20);

  /**
   * How a run ended.
   *
   * @param violation what promise was broken; empty if none was
   * @param steps how many things happened
   * @param trace what happened, if that was asked for
   */
  public record Outcome(
      long seed, int faults, Optional<String> violation, long steps, List<String> trace) {}

  private final long seed;
  private final int faultCount;
  private final World world;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<IpAddress> addresses;
  private final AllocatorGroup allocators;
  private final Operator operator;
  private final Faults faults;
  private final LogCheck log;
  private final Convergence convergence;
  private long steps;

  private Simulation(long seed, int faultCount, Behaviour behaviour, boolean traced) {
    this.seed = seed;
    this.faultCount = faultCount;
    Dice dice = new Dice(seed);
    Timeline timeline = new Timeline();
    Trace trace = new Trace(timeline, traced);
    AllocationSettings settings = dice.chance(0.75) ? DEFAULT : FAST;
    SimulatedKafka kafka = new SimulatedKafka(timeline, dice.split(), behaviour);
    Wire wire = new Wire(timeline, dice.split(), settings);
    world = new World(timeline, dice.split(), trace, behaviour, settings, kafka, wire);
    int nodeCount = dice.between(3, 6);
    for (int number = 1; number <= nodeCount; number++) {
      SimulatedNode node = new SimulatedNode(world, number);
      nodes.add(node);
      wire.connect(node);
    }
    List<String> available = range(100, dice.between(2, 5));
    List<String> strict = range(200, dice.between(2, 5));
    addresses = Stream.concat(available.stream(), strict.stream()).map(IpAddress::parse).toList();
    allocators = new AllocatorGroup(timeline, dice.split(), kafka, behaviour, settings, trace);
    operator = new Operator(world, dice.split(), nodes, available, strict);
    faults = new Faults(world, dice.split(), nodes, allocators, operator);
    log =
        new LogCheck(
            this::isBlameless, this::isUnplugged, settings, timeline::now, allocators::startedAt);
    convergence = new Convergence(world, nodes, addresses, allocators);
  }

  private static List<String> range(int first, int count) {
    List<String> ips = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ips.add("10.40.1." + (first + i));
    }
    return ips;
  }

  /**
   * Runs.
   *
   * @param faultCount how many faults strike
   * @param bug what is wrong with the surroundings of the cores; empty for nothing
   * @param traced whether to write down what happens
   */
  public static Outcome run(long seed, int faultCount, Optional<Bug> bug, boolean traced) {
    Behaviour behaviour = bug.map(Bug::plant).orElseGet(Behaviour::new);
    return new Simulation(seed, faultCount, behaviour, traced).run();
  }

  private Outcome run() {
    Optional<String> violation = Optional.empty();
    try {
      comeUp();
      safetyPhase();
      livenessPhase();
    } catch (InvariantViolation broken) {
      violation = Optional.of(broken.getMessage());
    } catch (IllegalStateException | IllegalArgumentException | NullPointerException broken) {
      violation = Optional.of("a core failed: " + broken);
      world.trace().note("FAILED", () -> List.of(broken.getStackTrace()).toString());
    }
    violation.ifPresent(text -> world.trace().note("VIOLATION", () -> text));
    return new Outcome(seed, faultCount, violation, steps, world.trace().lines());
  }

  // ---- phases -----------------------------------------------------------------------------------

  private void comeUp() {
    world.trace().note("run", () -> "seed " + seed + ", " + world.settings() + ", " + addresses);
    world
        .kafka()
        .listen(
            allocators::arrived,
            this::pokeReaders,
            (_, entry) -> {
              world.trace().note("allocator", () -> Words.of(entry));
              log.committed(entry);
            });
    Dice dice = world.dice().split();
    nodes.forEach(node -> world.timeline().after(dice.millis(0, 300), node::boot));
    world.timeline().after(dice.millis(0, 100), operator::setUp);
    world.timeline().after(dice.millis(0, 100), operator::setUpWorkloads);
    world.timeline().after(dice.millis(0, 100), allocators::start);
    runFor(WARM_UP);
  }

  private void pokeReaders() {
    nodes.forEach(SimulatedNode::poke);
  }

  private void safetyPhase() {
    Dice dice = world.dice().split();
    for (int i = 0; i < faultCount; i++) {
      faults.strike();
      runFor(dice.chance(0.4) ? dice.millis(0, 150) : dice.millis(150, 1_500));
    }
    runFor(LONGEST_FAULT);
  }

  private void livenessPhase() {
    world.trace().note("run", () -> "the faults are over");
    nodes.forEach(SimulatedNode::heal);
    operator.setUp();
    faults.lastDrift();
    await(convergence::notPlaced, PLACED_WITHIN, "not every address is placed");
    await(convergence::notSettled, SETTLED_WITHIN, "the cluster does not settle");
    world.trace().note("run", () -> "settled");
  }

  private void await(Supplier<Optional<String>> obstacle, long within, String otherwise) {
    long end = world.timeline().now() + within;
    for (Optional<String> why = obstacle.get(); why.isPresent(); why = obstacle.get()) {
      if (world.timeline().now() >= end) {
        throw new InvariantViolation(
            otherwise + " within " + TimeUnit.NANOSECONDS.toMillis(within) + " ms: " + why.get());
      }
      runFor(POLL);
    }
  }

  private void runFor(long nanos) {
    long end = world.timeline().now() + nanos;
    while (world.timeline().step(end)) {
      steps++;
      world.wire().check(addresses);
      log.compare(allocators.committedState());
    }
  }

  private boolean isUnplugged(String name) {
    return nodes.stream().anyMatch(node -> node.name().equals(name) && node.isUnplugged());
  }

  private boolean isBlameless(String name) {
    return nodes.stream().anyMatch(node -> node.name().equals(name) && node.isBlameless());
  }
}

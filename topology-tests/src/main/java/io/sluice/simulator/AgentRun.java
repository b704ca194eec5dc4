package io.sluice.simulator;

import io.sluice.agent.AgentLoop;
import io.sluice.agent.AgentSettings;
import io.sluice.agent.Inbox;
import io.sluice.agent.Tenure;
import io.sluice.agent.core.BeatOrder;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.LeaseRenewal;
import io.sluice.agent.kafka.Beats;
import io.sluice.allocator.core.allocation.AllocationInput;
import io.sluice.model.AgentReport;
import io.sluice.model.Heartbeat;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** One process of the real agent on a node: its loop and its heart, stepped by the timeline. */
final class AgentRun {

  private static final Duration FAREWELL = Duration.ofSeconds(2);
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);
  private static final Duration NEVER_CHECK = Duration.ofDays(1);
  private static final long SHORTEST_REST = TimeUnit.MICROSECONDS.toNanos(200);
  private static final long SYSTEM_CALL = TimeUnit.MICROSECONDS.toNanos(30);
  private static final long LONGEST_WAIT_FOR_RENEWAL = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long NEVER = Long.MAX_VALUE;

  private final World world;
  private final SimulatedNode node;
  private final Inbox inbox = new Inbox();
  private final AgentLoop loop;
  private final Beats beats;
  private final DecisionReader reader;
  private final ReportSender reports;
  private final ModelledRenewal renewal;
  private final WireWatch watch;
  private final List<Runnable> backlog = new ArrayList<>();

  private boolean dead;
  private boolean frozen;
  private long runningSince;
  private long freezeInRenewal;
  private int renewalsUnderWay;
  private long workAt = NEVER;
  private long beatAt = NEVER;
  private long loopMovedAt;

  AgentRun(World world, SimulatedNode node, int incarnation) {
    this.world = world;
    this.node = node;
    Behaviour behaviour = world.behaviour();
    String instance = behaviour.instance(node.name(), incarnation);
    Duration lease = Duration.ofMillis(behaviour.leaseMillis(world.settings()));
    reports = new ReportSender(world, node, this);
    reader = new DecisionReader(world, node, this, this::read);
    renewal = new ModelledRenewal(node.name(), lease.toNanos(), behaviour);
    watch = new WireWatch(world, node, this);
    beats =
        new Beats(
            instance,
            Duration.ofMillis(world.settings().beatIntervalMillis()),
            lease,
            this::send,
            this::tell,
            this::leaseClock,
            () -> node.clock().wall(),
            () -> loopMovedAt);
    loop =
        new AgentLoop(
            new AgentSettings(
                node.name(),
                instance,
                "simulated",
                lease,
                behaviour.noticesDrift() ? CHECK_INTERVAL : NEVER_CHECK,
                FAREWELL),
            inbox,
            node.kernel(),
            new Tenure(
                new OpenFence(node.kernel()),
                new LeaseRenewal(lease, lease),
                this::leaseClock,
                () -> node.clock().wall()),
            this::order,
            this::report,
            node.wallMillis(),
            this::leaseClock);
    loopMovedAt = leaseClock();
  }

  void start() {
    reader.open();
    if (!world.behaviour().readsToTheEndFirst()) {
      tell(new Input.TopicsRead(new TreeMap<>(), Map.of()));
    }
    wakeAfter(0);
  }

  // ---- its life ---------------------------------------------------------------------------------

  boolean isAlive() {
    return !dead;
  }

  AgentLoop.Phase phase() {
    return loop.phase();
  }

  DecisionReader reader() {
    return reader;
  }

  LeaseMode mode(IpAddress ip) {
    return renewal.mode(ip).orElse(LeaseMode.AVAILABLE);
  }

  void kill() {
    dead = true;
    beats.close();
  }

  void freeze(long nanos) {
    frozen = true;
    world.timeline().after(nanos, this::thaw);
  }

  /**
   * Stands still at the worst moment: the clock is read, the kernel is not told yet. If there is
   * nothing to renew, at any moment.
   */
  void freezeInRenewal(long nanos) {
    freezeInRenewal = nanos;
    after(
        LONGEST_WAIT_FOR_RENEWAL,
        () -> {
          if (freezeInRenewal > 0) {
            freezeInRenewal = 0;
            freeze(nanos);
          }
        });
  }

  /** For how long it has been beating and not stood still. */
  long runningNanos() {
    return frozen || renewal.session() == 0 ? 0 : world.timeline().now() - runningSince;
  }

  /** Whether it stands still between reading the clock and telling the kernel. */
  boolean isStuckInRenewal() {
    return renewalsUnderWay > 0 || freezeInRenewal > 0;
  }

  private void thaw() {
    if (frozen && !dead) {
      world.trace().note(node.name(), () -> "agent goes on after a freeze");
    }
    runningSince = world.timeline().now();
    frozen = false;
    List<Runnable> late = List.copyOf(backlog);
    backlog.clear();
    late.forEach(this::whenRunning);
  }

  /** Asks it to end: to be back at once, or for good. */
  void stop(boolean keep) {
    long early = keep ? 0 : world.behaviour().farewellSaidEarlyNanos();
    if (early > 0 && renewal.session() > 0) {
      order(new BeatOrder(renewal.session(), Heartbeat.Intent.STOPPING));
    }
    after(early, () -> tell(new Input.StopRequested(keep)));
  }

  void notice() {
    if (world.behaviour().noticesDrift()) {
      after(world.dice().millis(0.1, 3), () -> tell(new Input.DriftNoticed()));
    }
  }

  void hearAnnouncement(IpAddress ip) {
    whenRunning(() -> watch.foreignAnnouncement(ip));
  }

  /** Plans something that this process does; it is late while the process stands still. */
  void after(long nanos, Runnable action) {
    world.timeline().after(nanos, () -> whenRunning(action));
  }

  private void whenRunning(Runnable action) {
    if (frozen && !dead) {
      backlog.add(action);
    } else if (!dead) {
      action.run();
    }
  }

  // ---- what it hears ----------------------------------------------------------------------------

  private void read(Input input) {
    node.notedDecision(input);
    Input delivered = world.behaviour().delivered(node.name(), input);
    long early = world.behaviour().releaseReportedEarlyNanos();
    if (early > 0 && EarlyRelease.asksBack(delivered, node.name())) {
      lastReport.ifPresent(last -> reports.send(EarlyRelease.pretend(last, delivered)));
      after(early, () -> tell(delivered));
    } else {
      tell(delivered);
    }
  }

  private Optional<AgentReport> lastReport = Optional.empty();

  /** Puts it before the loop and wakes it. */
  private void tell(Input input) {
    Input counted = counted(input);
    renewal.take(counted);
    inbox.accept(counted);
    wakeAfter(world.dice().millis(0.02, 0.4));
  }

  private Input counted(Input input) {
    return input instanceof Input.BeatAcknowledged beat
        ? new Input.BeatAcknowledged(
            beat.session(),
            beat.intent(),
            world.behaviour().leaseCountsFrom(beat.sentAt(), beat.receivedAt()),
            beat.sentAtWall(),
            beat.receivedAt())
        : input;
  }

  // ---- the loop ---------------------------------------------------------------------------------

  private void wakeAfter(long nanos) {
    long at = world.timeline().now() + Math.max(nanos, 0);
    if (at < workAt) {
      workAt = at;
      after(nanos, () -> work(at));
    }
  }

  private void work(long planned) {
    if (planned != workAt) {
      return;
    }
    workAt = NEVER;
    long now = leaseClock();
    loop.doWork(now);
    loopMovedAt = now;
    if (loop.phase() == AgentLoop.Phase.STOPPED) {
      kill();
      node.agentEnded();
      return;
    }
    watch.reconsider(reader);
    renew();
    node.checkHeld(loop.phase());
    wakeAfter(Math.max(loop.nanosUntilWork(now), SHORTEST_REST));
  }

  /** Reads the clock, then makes the system call: a process may stand still between the two. */
  private void renew() {
    SortedMap<IpAddress, Long> deadlines = renewal.deadlines(node.kernel(), node.clock());
    deadlines.keySet().removeAll(watch.yielded());
    if (deadlines.isEmpty()) {
      return;
    }
    long now = leaseClock();
    long wall = node.clock().wall();
    renewalsUnderWay++;
    after(SYSTEM_CALL, () -> tellKernel(deadlines, now, wall));
    if (freezeInRenewal > 0) {
      freeze(freezeInRenewal);
      freezeInRenewal = 0;
    }
  }

  private void tellKernel(SortedMap<IpAddress, Long> deadlines, long now, long wall) {
    renewalsUnderWay--;
    deadlines.forEach((ip, until) -> {
      if (node.kernel().tables().held().contains(ip) && !watch.yielded().contains(ip)) {
        node.kernel().fence().renew(ip, node.clock(), until - now, wall + until - now);
        node.noteMode(ip, mode(ip));
        world.wire().changed();
      }
    });
  }

  private long leaseClock() {
    return world.behaviour().leaseClock(node.clock());
  }

  // ---- what it says -----------------------------------------------------------------------------

  private void order(BeatOrder order) {
    world.trace().note(node.name(), () -> "agent beats " + order);
    if (renewal.session() == 0) {
      runningSince = world.timeline().now();
    }
    renewal.begin(order.session());
    beats.accept(order);
    beatAfter(0);
  }

  private void beatAfter(long nanos) {
    long at = world.timeline().now() + nanos;
    if (at < beatAt) {
      beatAt = at;
      after(nanos, () -> beat(at));
    }
  }

  private void beat(long planned) {
    if (planned != beatAt) {
      return;
    }
    beatAt = NEVER;
    long rest = beats.step();
    watch.beat();
    beatAfter(Math.max(rest, SHORTEST_REST));
  }

  private void send(Heartbeat beat, Consumer<Optional<Exception>> done) {
    Heartbeat told =
        new Heartbeat(
            beat.instance(),
            world.behaviour().sessionTold(node.name(), beat.session()),
            beat.sequence(),
            beat.intervalMillis(),
            beat.intent());
    long sentAt = world.timeline().now();
    node.toKafka()
        .send(
            () -> {
              world
                  .kafka()
                  .append(InputTopic.HEARTBEATS, new AllocationInput.Beat(node.name(), told));
              node.fromKafka().send(() -> acknowledge(sentAt, done), () -> {});
            },
            () -> whenRunning(() -> done.accept(Optional.of(new TimeoutException("lost")))));
  }

  private void acknowledge(long sentAt, Consumer<Optional<Exception>> done) {
    whenRunning(() -> {
      node.noteAcknowledged(sentAt);
      done.accept(Optional.empty());
    });
  }

  private void report(AgentReport report) {
    lastReport = Optional.of(report);
    world.trace().note(node.name(), () -> "agent reports " + Words.of(report));
    reports.send(report);
  }
}

package io.sluice.simulator;

import io.sluice.agent.AgentLoop;
import io.sluice.agent.AgentSettings;
import io.sluice.agent.Inbox;
import io.sluice.agent.Tenure;
import io.sluice.agent.core.BeatOrder;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.LeakGuardMode;
import io.sluice.agent.core.LeaseFence;
import io.sluice.agent.core.LeaseRenewal;
import io.sluice.agent.core.WireWatch;
import io.sluice.agent.kafka.Beats;
import io.sluice.allocator.core.allocation.AllocationInput;
import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.Leases;
import io.sluice.model.Heartbeat;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** One run of the real agent on a node: its loop and its heart, stepped by the timeline. */
final class AgentRun {

  private static final Duration FAREWELL = Duration.ofSeconds(2);
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);
  private static final Duration NEVER_CHECK = Duration.ofDays(1);
  private static final long SHORTEST_REST = TimeUnit.MICROSECONDS.toNanos(200);
  private static final long NEVER = Long.MAX_VALUE;

  private final World world;
  private final SimulatedNode node;
  private final Inbox inbox = new Inbox();
  private final AgentLoop loop;
  private final Beats beats;
  private final DecisionReader reader;
  private final ReportSender reports;
  private final Tenure tenure;
  private final SimulatedProcess process;

  private Optional<AgentReport> lastReport = Optional.empty();
  private long session;
  private long workAt = NEVER;
  private long beatAt = NEVER;
  private long loopMovedAt;

  AgentRun(World world, SimulatedNode node, int incarnation) {
    this.world = world;
    this.node = node;
    process = new SimulatedProcess(world, node.name());
    Behaviour behaviour = world.behaviour();
    String instance = behaviour.instance(node.name(), incarnation);
    Duration lease = Duration.ofMillis(behaviour.leaseMillis(world.settings()));
    reports = new ReportSender(world, node, this);
    reader = new DecisionReader(world, node, this, this::read);
    tenure =
        new Tenure(
            new FenceEdge(world, node, this),
            new LeaseRenewal(lease, world.restartLease()),
            new WireWatch(lease),
            this::leaseClock,
            () -> node.clock().wall());
    tenure.onTrouble(() -> after(0, () -> tell(new Input.DriftNoticed())));
    beats =
        new Beats(
            instance,
            Duration.ofMillis(world.settings().beatIntervalMillis()),
            lease,
            (beat, done) -> process.whenRunning(() -> send(beat, done)),
            input -> process.whenRunning(() -> heard(input)),
            this::beatClock,
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
                FAREWELL,
                LeakGuardMode.CLOSED),
            inbox,
            node.kernel(),
            tenure,
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
    return process.isAlive();
  }

  /** What it runs in: may stand still, and does late what fell due meanwhile. */
  SimulatedProcess process() {
    return process;
  }

  AgentLoop.Phase phase() {
    return loop.phase();
  }

  DecisionReader reader() {
    return reader;
  }

  /** The session that it beats with; 0 before. */
  long session() {
    return session;
  }

  void kill() {
    process.kill();
    beats.close();
  }

  /** For how long it has been beating and not stood still. */
  long runningNanos() {
    return session == 0 ? 0 : process.runningNanos();
  }

  /** Asks it to end: to be back at once, or for good. */
  void stop(boolean keep) {
    if (keep && world.behaviour().keepsForRestartWhenCutOff() && isUnheard()) {
      after(0, this::keepUnheard);
      return;
    }
    long early = keep ? 0 : world.behaviour().farewellSaidEarlyNanos();
    if (early > 0 && session > 0) {
      order(new BeatOrder(session, Heartbeat.Intent.STOPPING));
    }
    after(early, () -> tell(new Input.StopRequested(keep)));
  }

  private boolean isUnheard() {
    return session > 0 && node.isCutOff() && !node.kernel().refuses();
  }

  /** The kernel is told what only an announcement entitles to that was acknowledged. */
  private void keepUnheard() {
    world.trace().note(node.name(), () -> "agent is gone, unheard, and keeps what it holds");
    new FenceEdge(world, node, this)
        .renew(
            LeaseMode.AVAILABLE,
            LeaseFence.Deadline.after(
                leaseClock(), node.clock().wall(), world.restartLease().toNanos()));
    kill();
    node.agentEnded();
  }

  void notice() {
    if (world.behaviour().noticesDrift()) {
      after(world.dice().millis(0.1, 3), () -> tell(new Input.DriftNoticed()));
    }
  }

  /** Another machine has the address. */
  void hearClaim(IpAddress ip, String mac) {
    if (world.behaviour().watchesTheWire()) {
      after(world.dice().millis(0.05, 1), () -> claimed(ip, mac));
    }
  }

  private void claimed(IpAddress ip, String mac) {
    WireWatch.Response response = tenure.claimed(ip);
    if (response != WireWatch.Response.NONE) {
      world.trace().note(node.name(), () -> mac + " has " + ip + ": " + response);
      tell(new Input.AddressClaimed(ip, mac, response));
    }
  }

  private void after(long nanos, Runnable action) {
    process.after(nanos, action);
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

  /** Puts it before the loop and wakes it. */
  private void tell(Input input) {
    inbox.accept(input);
    wakeAfter(world.dice().millis(0.02, 0.4));
  }

  /** Of a beat, or of its acknowledgement. */
  private void heard(Input input) {
    Input counted = counted(input);
    tenure.heard(counted);
    tell(counted);
    if (input instanceof Input.BeatSent(long ofSession, long at, long wall)
        && !world.behaviour().strictNeedsAcknowledgement()) {
      heard(new Input.BeatAcknowledged(ofSession, Heartbeat.Intent.RUNNING, at, wall, at));
    }
  }

  private Input counted(Input input) {
    if (!(input instanceof Input.BeatAcknowledged beat)) {
      return input;
    }
    long from = world.behaviour().leaseCountsFrom(beat.sentAt(), beat.receivedAt());
    return new Input.BeatAcknowledged(
        beat.session(),
        beat.intent(),
        from,
        beat.sentAtWall() + from - beat.sentAt(),
        beat.receivedAt());
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
    node.checkHeld(loop.phase());
    wakeAfter(Math.max(loop.nanosUntilWork(now), SHORTEST_REST));
  }

  /** The clock by which this process measures its lease. */
  long leaseClock() {
    return world.behaviour().leaseClock(node.clock());
  }

  private long beatClock() {
    long now = leaseClock();
    process.clocksReadForBeat();
    return now;
  }

  // ---- what it says -----------------------------------------------------------------------------

  private void order(BeatOrder order) {
    world.trace().note(node.name(), () -> "agent beats " + order);
    if (session == 0) {
      process.noteRunning();
    }
    boolean isNew = order.session() > session;
    session = order.session();
    if (isNew && world.behaviour().formerGrantsCount()) {
      node.newestGrants().forEach((ip, grant) -> tell(FormerGrant.renewed(ip, grant, session)));
    }
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
            () ->
                process.whenRunning(() -> done.accept(Optional.of(new TimeoutException("lost")))));
  }

  private void acknowledge(long sentAt, Consumer<Optional<Exception>> done) {
    process.whenRunning(() -> {
      node.noteAcknowledged(sentAt);
      done.accept(Optional.empty());
    });
  }

  private void report(AgentReport ofCore) {
    Leases leases =
        new Leases(
            world.behaviour().leaseMillis(world.settings()), world.restartLease().toMillis());
    AgentReport report = world.behaviour().reported(ofCore.withLeases(Optional.of(leases)));
    lastReport = Optional.of(report);
    world.trace().note(node.name(), () -> "agent reports " + Words.of(report));
    process.whenRunning(() -> reports.send(report));
  }
}

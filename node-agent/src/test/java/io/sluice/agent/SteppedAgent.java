package io.sluice.agent;

import io.sluice.agent.core.BeatOrder;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.LeakGuardMode;
import io.sluice.agent.core.LeaseFence;
import io.sluice.agent.core.LeaseRenewal;
import io.sluice.agent.core.WireWatch;
import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.Assignment;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** An agent of node-1 whose time, beats, topics and kernel are in the hands of a test. */
final class SteppedAgent {

  static final long FIRST_SESSION = 1_000;

  static final long LEASE_MILLIS = 400;

  private static final long WALL_AHEAD_NANOS = 1_000_000_000_000L;
  private static final long BEAT_MILLIS = 100;
  private static final long STEP_MILLIS = 10;

  final List<String> journal = new ArrayList<>();
  final FakeDataPlane dataPlane;
  final FakeFence fence = new FakeFence(journal, this::nowNanos, this::wallNanos);
  final List<BeatOrder> orders = new ArrayList<>();
  final List<AgentReport> reports = new ArrayList<>();

  /** Whether beats are acknowledged. */
  boolean kafkaIsThere = true;

  private final Inbox inbox = new Inbox();
  private final AgentLoop loop;

  private final Tenure tenure =
      new Tenure(
          fence,
          new LeaseRenewal(Duration.ofMillis(LEASE_MILLIS), Duration.ofSeconds(8)),
          new WireWatch(Duration.ofMillis(LEASE_MILLIS)),
          this::nowNanos,
          this::wallNanos);
  private long nowMillis = 5_000;
  private long nextBeatMillis;

  /** When the loop has work to do though nothing happens. */
  private long wakesAt;

  SteppedAgent() {
    this(KernelTables.EMPTY);
  }

  /** An agent that finds this in its kernel. */
  SteppedAgent(KernelTables found) {
    dataPlane = new FakeDataPlane(journal);
    dataPlane.kernel = found;
    // What is found was open when the former process ended.
    fence.admitted.put(LeaseMode.AVAILABLE, new TreeSet<>(found.held()));
    fence.deadlines.put(
        LeaseMode.AVAILABLE,
        LeaseFence.Deadline.after(nowNanos(), wallNanos(), TimeUnit.SECONDS.toNanos(5)));
    AgentSettings settings =
        new AgentSettings(
            "node-1",
            "instance-1",
            "0.1.0",
            Duration.ofMillis(LEASE_MILLIS),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            LeakGuardMode.CLOSED);
    loop =
        new AgentLoop(
            settings,
            inbox,
            dataPlane,
            tenure,
            order -> {
              orders.add(order);
              journal.add("beat " + order);
              nextBeatMillis = nowMillis;
            },
            reports::add,
            FIRST_SESSION,
            this::nowNanos);
  }

  /** Reads both topics to their end and gets to run. */
  SteppedAgent started(Map<IpAddress, Assignment> assignments, Map<BindingId, Binding> bindings) {
    topicsRead(assignments, bindings);
    advance(STEP_MILLIS);
    return this;
  }

  void topicsRead(Map<IpAddress, Assignment> assignments, Map<BindingId, Binding> bindings) {
    inbox.accept(new Input.TopicsRead(assignments, bindings));
    wakesAt = nowNanos();
  }

  void read(IpAddress floatingIp, Assignment assignment) {
    tell(new Input.AssignmentRead(floatingIp, Optional.of(assignment)));
  }

  /** Something happens, and the loop does what follows at once. */
  void tell(Input input) {
    inbox.accept(input);
    work();
  }

  /** Two things happen before the loop gets to do anything. */
  void tellBoth(Input first, Input second) {
    inbox.accept(first);
    tell(second);
  }

  /** As the process drives it: until the loop has work to do, it rests. */
  private void work() {
    loop.doWork(nowNanos());
    wakesAt = nowNanos() + loop.nanosUntilWork(nowNanos());
  }

  /**
   * Time passes; beats are sent and, if Kafka is there, acknowledged a millisecond later. The loop
   * is woken up for an acknowledgement only if it waits for one.
   */
  void advance(long millis) {
    for (long end = nowMillis + millis; nowMillis < end; nowMillis += STEP_MILLIS) {
      if (nowNanos() - wakesAt >= 0) {
        work();
      }
      if (beat() && loop.awaitsAcknowledgement(nowNanos())) {
        work();
      }
    }
  }

  /** The process is frozen: time passes and nothing happens. */
  void freeze(long millis) {
    nowMillis += millis;
    nextBeatMillis = nowMillis;
    work();
  }

  /** Whether one was acknowledged. */
  private boolean beat() {
    if (orders.isEmpty() || nowMillis < nextBeatMillis) {
      return false;
    }
    BeatOrder order = orders.getLast();
    boolean farewell = order.intent() != Intent.RUNNING;
    nextBeatMillis = farewell ? Long.MAX_VALUE : nowMillis + BEAT_MILLIS;
    hear(new Input.BeatSent(order.session(), nowNanos(), wallNanos()));
    if (kafkaIsThere) {
      hear(
          new Input.BeatAcknowledged(
              order.session(), order.intent(), nowNanos(), wallNanos(), nowNanos() + 1_000_000));
    }
    return kafkaIsThere;
  }

  private void hear(Input input) {
    tenure.heard(input);
    inbox.accept(input);
  }

  /** Another machine has the address; told as the edge of the wire does. */
  WireWatch.Response claim(IpAddress floatingIp) {
    WireWatch.Response response = tenure.claimed(floatingIp);
    tell(new Input.AddressClaimed(floatingIp, "02:00:00:00:00:99", response));
    return response;
  }

  /** The thread that hears it is faster than the loop. */
  void claimBeforeTheLoop(IpAddress floatingIp) {
    tenure.claimed(floatingIp);
  }

  long session() {
    return orders.getLast().session();
  }

  AgentLoop.Phase phase() {
    return loop.phase();
  }

  long driftRepaired() {
    return loop.driftRepaired();
  }

  long millisUntilWork() {
    return TimeUnit.NANOSECONDS.toMillis(loop.nanosUntilWork(nowNanos()));
  }

  List<Applied> applied() {
    return reports.getLast().applied();
  }

  Optional<String> lastError() {
    return reports.getLast().lastError();
  }

  private long wallNanos() {
    return nowNanos() + WALL_AHEAD_NANOS;
  }

  private long nowNanos() {
    return TimeUnit.MILLISECONDS.toNanos(nowMillis);
  }
}

package io.sluice.cli.chaos;

import io.sluice.cli.chaos.ChaosLab.Decision;
import io.sluice.cli.chaos.core.Fault;
import io.sluice.cli.chaos.core.RunResult;
import io.sluice.cli.chaos.core.RunResult.Subject;
import io.sluice.cli.chaos.core.RunResult.Times;
import io.sluice.cli.chaos.core.RunResult.Wire;
import io.sluice.cli.chaos.core.Traffic;
import io.sluice.cli.lab.Lab;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.Probe;
import io.sluice.cli.lab.ProbeReport;
import io.sluice.cli.lab.ProbeReport.Outage;
import io.sluice.model.LeaseMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One fault, once: a Pod sends a packet every millisecond and an observer watches the wire while
 * the fault is made, takes its course, and is healed. Watching goes on after the healing: that is
 * when a former holder comes back.
 */
public final class ChaosRun {

  private static final Duration PROBE_INTERVAL = Duration.ofMillis(1);
  private static final Duration BEFORE = Duration.ofMillis(500);
  private static final Duration AFTERWARDS = Duration.ofMillis(1_500);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration RECENT = Duration.ofMillis(200);
  private static final Duration POLL = Duration.ofMillis(20);

  private final ChaosLab lab;
  private final Fault fault;
  private final LeaseMode mode;
  private final int number;

  /**
   * A run with what it was judged by.
   *
   * @param decisions about all addresses, while it ran
   */
  record Evidence(RunResult result, Wire wire, List<Decision> decisions) {}

  private ChaosRun(ChaosLab lab, Fault fault, LeaseMode mode, int number) {
    this.lab = lab;
    this.fault = fault;
    this.mode = mode;
    this.number = number;
  }

  /**
   * Runs a fault on a cluster, and leaves it healed but perhaps not settled yet.
   *
   * @param number among the runs of this fault and mode
   * @throws LabException if the cluster is not fit for a run, or cannot be healed
   */
  public static RunResult run(ChaosLab lab, Fault fault, LeaseMode mode, int number) {
    return evidence(lab, fault, mode, number).result();
  }

  static Evidence evidence(ChaosLab lab, Fault fault, LeaseMode mode, int number) {
    lab.settle(mode);
    Injection injection = new Injection(lab.cluster(), fault);
    if (injection.needsPreparation()) {
      injection.prepare(lab.holder());
      lab.settle(mode);
    }
    injection.chooseAllocator();
    return new ChaosRun(lab, fault, mode, number).go(injection);
  }

  private Evidence go(Injection injection) {
    String victim = lab.holder();
    Instant start = Instant.now();
    try (Probe probe = lab.podAwayFrom(victim).probe(Lab.MATCHED_DESTINATION, PROBE_INTERVAL);
        WireObserver observer = WireObserver.start(lab.cluster().lab(), lab.addresses())) {
      if (!within(LIMIT, () -> answeredAfter(probe, start.plus(BEFORE)))) {
        throw new LabException("no traffic before the fault");
      }
      Times times = takeCourse(injection, victim, probe);
      boolean returned = within(LIMIT, () -> answeredAfter(probe, Instant.now().minus(RECENT)));
      ChaosLab.pause(AFTERWARDS);
      returned &= answeredAfter(probe, Instant.now().minus(RECENT));
      Traffic traffic = traffic(probe.stop(), returned);
      Wire wire = observer.stop();
      injection.tidyUp(victim);
      Subject subject = new Subject(fault, mode, number, victim, ChaosLab.WATCHED);
      return new Evidence(
          RunResult.of(subject, times, traffic, wire), wire, lab.decisionsSince(start));
    }
  }

  private Times takeCourse(Injection injection, String victim, Probe probe) {
    Instant begun = Instant.now();
    injection.make(victim);
    Instant complete = Instant.now();
    if (fault.movesTheAddress()) {
      // Whether it came to that is judged by the end: traffic has to be back then.
      within(LIMIT, () -> lab.hasLeft(victim));
      Instant moved = Instant.now();
      within(LIMIT, () -> answeredAfter(probe, moved));
      ChaosLab.pause(RECENT);
    }
    Duration left = Duration.between(Instant.now(), begun.plus(fault.lasting()));
    if (left.isPositive()) {
      ChaosLab.pause(left);
    }
    Instant healed = Instant.now();
    injection.heal(victim);
    return new Times(nanos(begun), nanos(complete), nanos(healed));
  }

  private static boolean answeredAfter(Probe probe, Instant time) {
    return probe.newestAnswered().filter(sent -> sent.isAfter(time)).isPresent();
  }

  private static boolean within(Duration limit, BooleanSupplier condition) {
    Instant end = Instant.now().plus(limit);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        return false;
      }
      ChaosLab.pause(POLL);
    }
    return true;
  }

  private static Traffic traffic(ProbeReport report, boolean returned) {
    Optional<Outage> longest = report.longestOutage();
    TreeSet<String> strange = new TreeSet<>(report.sources());
    strange.remove(ChaosLab.WATCHED.toString());
    return new Traffic(
        report.sent(),
        report.lost(),
        longest.map(outage -> outage.duration().toNanos()).orElse(0L),
        longest.map(outage -> nanos(outage.lastBefore().sentAt())).orElse(0L),
        returned,
        strange);
  }

  static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }
}

package io.sluice.agent;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.agent.core.DataPlaneException;
import io.sluice.agent.core.LeaseSession.Lapse;
import io.sluice.agent.kernel.GuardCounter;
import io.sluice.model.AgentReport;
import io.sluice.operations.MetricFamily;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The metrics of the node agent. All names begin with {@code sluice_agent_}. */
public final class AgentMetrics {

  private static final Logger log = LoggerFactory.getLogger(AgentMetrics.class);

  /** What a renewal leaves of a lease of 400 ms, or of 90 ms: at rest, the lease less a beat. */
  private static final double[] MARGIN_SECONDS = {
    0, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 1
  };

  /** Around the figures of the design: 5 ms for one address, 20 ms for a hundred. */
  private static final double[] APPLY_SECONDS = {
    0.001, 0.0025, 0.005, 0.010, 0.020, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10
  };

  final Histogram leaseMargin;
  final Counter beatsSent;
  final Counter beatsAcknowledged;
  final Histogram apply;
  final Counter applyFailures;
  private final Counter lapses;
  private final Gauge session;
  private final Gauge floatingIps;
  private final Gauge failing;
  private final Counter driftRepairs;
  private final Gauge bindings;
  private final Gauge podsCleared;
  private final MetricFamily family;

  public AgentMetrics(PrometheusRegistry registry) {
    family = new MetricFamily(registry, "sluice_agent_");
    leaseMargin =
        family.seconds(
            "lease_margin",
            "What was left of a lease in the kernel when it was renewed, by lease mode; below zero"
                + " it had ended.",
            MARGIN_SECONDS,
            "mode");
    beatsSent = family.counter("beats_sent", "Beats handed to the network.");
    beatsAcknowledged = family.counter("beats_acknowledged", "Beats that Kafka acknowledged.");
    apply =
        family.seconds(
            "apply",
            "Time it took to bring a change of the tables into the kernel.",
            APPLY_SECONDS);
    applyFailures = family.counter("apply_failures", "Changes that the kernel refused.");
    lapses =
        family.counter(
            "sessions_lapsed",
            "Lease sessions that ended by themselves, by reason: stalled if no beat left in time,"
                + " unacknowledged if none was acknowledged in time and strict grants were held.",
            "reason");
    for (Lapse reason : Lapse.values()) {
      lapses.initLabelValues(label(reason));
    }
    session = family.gauge("session", "The lease session of now.");
    floatingIps = family.gauge("floating_ips", "Floating IPs that this node holds.");
    failing = family.gauge("failing", "Whether the newest report names an error: 1 or 0.");
    driftRepairs =
        family.counter(
            "drift_repairs", "Times that the kernel was found to differ, and was put right.");
    bindings = family.gauge("bindings", "Bindings known, of policies and of Pods.", "of");
    podsCleared =
        family.gauge(
            "pods_cleared",
            "Pods of this node that are known: the leak guard lets out those that no policy"
                + " matches.");
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /**
   * What the rule set has counted, which the kernel is asked for whenever metrics are read.
   *
   * @param guards what was dropped by a guard, by the name of the counter
   * @param fence the same of the fence
   * @param waiting what has waited for its floating IP, by the name of the counter
   */
  public void counted(
      Supplier<? extends Map<String, GuardCounter>> guards,
      Supplier<? extends Map<String, GuardCounter>> fence,
      Supplier<? extends Map<String, GuardCounter>> waiting) {
    family.askedCounter(
        "guard_dropped_packets",
        "Packets dropped by a guard of the rule set, since the rule set was made.",
        packets(guards),
        "guard");
    family.askedCounter(
        "fence_dropped_packets",
        "Packets dropped at the network interface since the fence was made: lease_over_leaving and"
            + " lease_over_arriving because this node held no live lease of the floating IP,"
            + " other_interface because ARP asked for it at another interface.",
        packets(fence),
        "reason");
    family.askedCounter(
        "waiting_packets",
        "Packets that came in a planned move before this node was granted their floating IP:"
            + " began_to_wait and let_out. The difference still waits, or waited for too long.",
        packets(waiting),
        "stage");
  }

  private static Consumer<MetricFamily.Answer> packets(
      Supplier<? extends Map<String, GuardCounter>> counters) {
    return answer -> {
      try {
        counters.get().forEach((name, count) -> answer.is(count.packets(), name));
      } catch (DataPlaneException e) {
        log.warn("cannot read the kernel's counters: {}", e.getMessage());
      }
    };
  }

  /** The loop has made a step. On its thread. */
  void stepped(AgentLoop loop) {
    loop.lapses()
        .forEach((reason, count) -> MetricFamily.raise(lapses.labelValues(label(reason)), count));
    MetricFamily.raise(driftRepairs, loop.driftRepaired());
    bindings.labelValues("policy").set(loop.policiesBound());
    bindings.labelValues("pod").set(loop.podsBound());
    podsCleared.set(loop.podsCleared());
  }

  /** The agent reports this. */
  void reported(AgentReport report) {
    session.set(report.session());
    failing.set(report.lastError().isPresent() ? 1 : 0);
    floatingIps.set(
        report.applied().stream()
            .filter(applied -> applied.state() == AgentReport.AppliedState.HELD)
            .count());
  }
}

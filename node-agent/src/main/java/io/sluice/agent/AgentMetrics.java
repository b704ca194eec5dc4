package io.sluice.agent;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import io.sluice.agent.core.DataPlaneException;
import io.sluice.agent.core.LeaseSession.Lapse;
import io.sluice.agent.kernel.GuardCounter;
import io.sluice.model.AgentReport;
import java.util.Locale;
import java.util.Map;
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
  private final PrometheusRegistry registry;

  public AgentMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    leaseMargin =
        seconds(
            "lease_margin",
            "What was left of a lease in the kernel when it was renewed, by lease mode; below zero"
                + " it had ended.",
            MARGIN_SECONDS,
            "mode");
    beatsSent = counter("beats_sent", "Beats handed to the network.");
    beatsAcknowledged = counter("beats_acknowledged", "Beats that Kafka acknowledged.");
    apply =
        seconds(
            "apply",
            "Time it took to bring a change of the tables into the kernel.",
            APPLY_SECONDS);
    applyFailures = counter("apply_failures", "Changes that the kernel refused.");
    lapses =
        counter(
            "sessions_lapsed",
            "Lease sessions that ended by themselves, by reason: stalled if no beat left in time,"
                + " unacknowledged if none was acknowledged in time and strict grants were held.",
            "reason");
    for (Lapse reason : Lapse.values()) {
      lapses.initLabelValues(label(reason));
    }
    session = gauge("session", "The lease session of now.");
    floatingIps = gauge("floating_ips", "Floating IPs that this node holds.");
    failing = gauge("failing", "Whether the newest report names an error: 1 or 0.");
    driftRepairs =
        counter("drift_repairs", "Times that the kernel was found to differ, and was put right.");
    bindings = gauge("bindings", "Bindings known, of policies and of Pods.", "of");
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** What the guards have dropped, which the kernel is asked for whenever metrics are read. */
  public void guards(Supplier<? extends Map<String, GuardCounter>> counters) {
    CounterWithCallback.builder()
        .name("sluice_agent_guard_dropped_packets")
        .help("Packets dropped by a guard of the rule set, since the rule set was made.")
        .labelNames("guard")
        .callback(callback -> {
          try {
            counters.get().forEach((guard, count) -> callback.call(count.packets(), guard));
          } catch (DataPlaneException e) {
            log.warn("cannot read the counters of the guards: {}", e.getMessage());
          }
        })
        .register(registry);
  }

  /** The loop has made a step. On its thread. */
  void stepped(AgentLoop loop) {
    loop.lapses().forEach((reason, count) -> raise(lapses.labelValues(label(reason)), count));
    raise(driftRepairs, loop.driftRepaired());
    bindings.labelValues("policy").set(loop.policiesBound());
    bindings.labelValues("pod").set(loop.podsBound());
  }

  private static void raise(CounterDataPoint counter, long total) {
    long missing = total - counter.getLongValue();
    if (missing > 0) {
      counter.inc(missing);
    }
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

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder()
        .name("sluice_agent_" + name)
        .help(help)
        .labelNames(labels)
        .register(registry);
  }

  private Gauge gauge(String name, String help, String... labels) {
    return Gauge.builder()
        .name("sluice_agent_" + name)
        .help(help)
        .labelNames(labels)
        .register(registry);
  }

  private Histogram seconds(String name, String help, double[] bounds, String... labels) {
    return Histogram.builder()
        .name("sluice_agent_" + name)
        .unit(Unit.SECONDS)
        .help(help)
        .labelNames(labels)
        .classicOnly()
        .classicUpperBounds(bounds)
        .register(registry);
  }
}

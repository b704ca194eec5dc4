package io.sluice.allocator.kafka;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.operations.MetricFamily;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** The metrics of the allocator. All names begin with {@code sluice_allocator_}. */
public final class AllocatorMetrics {

  /** The name under which Kafka Streams hands this object to the handlers that it makes itself. */
  static final String PROPERTY = "sluice.metrics";

  /** Around the figures of the design: 6 ms and 15 ms for a decision, some ms for noticing. */
  private static final double[] SECONDS = {
    0.001, 0.002, 0.004, 0.006, 0.010, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10
  };

  final Counter decisions;
  final Counter failovers;
  final Counter silentNodes;
  final Histogram detectionDelay;
  final Histogram latency;
  final Histogram duration;
  final Counter deadLetters;
  final Counter takeovers;
  final Gauge tasks;
  final Counter commitRequests;
  final Counter threadFailures;
  final Gauge floatingIps;
  final Gauge nodes;
  final AllocationSettings times;
  private final MetricFamily family;

  /**
   * @param times when a node counts as silent
   */
  public AllocatorMetrics(PrometheusRegistry registry, AllocationSettings times) {
    this.family = new MetricFamily(registry, "sluice_allocator_");
    this.times = times;
    decisions =
        family.counter(
            "decisions",
            "Changes of state that were decided or observed, by kind as in the audit log.",
            "application",
            "kind");
    failovers =
        family.counter(
            "failovers",
            "Floating IPs granted elsewhere because their node fell silent.",
            "cluster");
    silentNodes =
        family.counter("silent_nodes", "Times that a node was declared silent.", "cluster");
    detectionDelay =
        family.seconds(
            "detection_delay",
            "Time from the deadline of a node's next beat to the decision that it is silent, by the"
                + " clock of the log.",
            SECONDS);
    latency =
        family.seconds(
            "decision_latency",
            "Time from the timestamp of a record to what was decided upon it, by the clock of this"
                + " machine. Of records that led to something only.",
            SECONDS,
            "application");
    duration =
        family.seconds(
            "decision_duration",
            "Time it took to decide and to hand the decision to the producer. Of inputs that led to"
                + " something only.",
            SECONDS,
            "application");
    deadLetters =
        family.counter(
            "dead_letters",
            "Records that could not be used and were put aside on sluice.dead-letters.",
            "topic");
    takeovers =
        family.counter(
            "takeovers",
            "Tasks that this instance began to run: at its start, or in place of another one.",
            "application");
    tasks = family.gauge("active_tasks", "Tasks that this instance runs now.", "application");
    commitRequests =
        family.counter(
            "commit_requests", "Commits asked for because of a decision.", "application");
    threadFailures =
        family.counter("thread_failures", "Stream threads that failed.", "application");
    floatingIps =
        family.gauge(
            "floating_ips",
            "Floating IPs of gateways by state: granted, releasing or unassigned.",
            "cluster",
            "state");
    nodes =
        family.gauge("nodes", "Nodes by liveness: alive, silent or left.", "cluster", "liveness");
  }

  /** What is asked of the applications themselves whenever metrics are read. */
  public void observe(List<Application> applications) {
    family.askedGauge(
        "running",
        "Whether the application is RUNNING: 1 or 0.",
        ofEach(applications, application -> application.isNotRunning().isEmpty() ? 1 : 0),
        "application");
    family.askedGauge(
        "input_lag_records",
        "Records of the input topics that are not read yet, in the partition furthest behind.",
        ofEach(applications, Application::inputLag),
        "application");
    family.askedCounter(
        "fenced_producers",
        "Producers of instances that were gone, which were fenced to end their transactions.",
        ofEach(applications, Application::fencedProducers),
        "application");
    family.askedCounter(
        "fencing_failures",
        "Times that fencing was given up; until the broker does it, readers wait.",
        ofEach(applications, Application::fencingFailures),
        "application");
  }

  private static Consumer<MetricFamily.Answer> ofEach(
      List<Application> applications, ToDoubleFunction<Application> figure) {
    return answer ->
        applications.forEach(
            application -> answer.is(figure.applyAsDouble(application), application.kind()));
  }
}

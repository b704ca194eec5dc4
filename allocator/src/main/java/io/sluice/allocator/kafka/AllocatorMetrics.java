package io.sluice.allocator.kafka;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import io.sluice.allocator.core.allocation.AllocationSettings;
import java.util.List;
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
  private final PrometheusRegistry registry;

  /**
   * @param times when a node counts as silent
   */
  public AllocatorMetrics(PrometheusRegistry registry, AllocationSettings times) {
    this.registry = registry;
    this.times = times;
    decisions =
        counter(
            "decisions",
            "Changes of state that were decided or observed, by kind as in the audit log.",
            "application",
            "kind");
    failovers =
        counter(
            "failovers",
            "Floating IPs granted elsewhere because their node fell silent.",
            "cluster");
    silentNodes = counter("silent_nodes", "Times that a node was declared silent.", "cluster");
    detectionDelay =
        seconds(
            "detection_delay",
            "Time from the deadline of a node's next beat to the decision that it is silent, by the"
                + " clock of the log.");
    latency =
        seconds(
            "decision_latency",
            "Time from the timestamp of a record to what was decided upon it, by the clock of this"
                + " machine. Of records that led to something only.",
            "application");
    duration =
        seconds(
            "decision_duration",
            "Time it took to decide and to hand the decision to the producer. Of inputs that led to"
                + " something only.",
            "application");
    deadLetters =
        counter(
            "dead_letters",
            "Records that could not be used and were put aside on sluice.dead-letters.",
            "topic");
    takeovers =
        counter(
            "takeovers",
            "Tasks that this instance began to run: at its start, or in place of another one.",
            "application");
    tasks = gauge("active_tasks", "Tasks that this instance runs now.", "application");
    commitRequests =
        counter("commit_requests", "Commits asked for because of a decision.", "application");
    threadFailures = counter("thread_failures", "Stream threads that failed.", "application");
    floatingIps =
        gauge(
            "floating_ips",
            "Floating IPs of gateways by state: granted, releasing or unassigned.",
            "cluster",
            "state");
    nodes = gauge("nodes", "Nodes by liveness: alive, silent or left.", "cluster", "liveness");
  }

  /** What is asked of the applications themselves whenever metrics are read. */
  public void observe(List<Application> applications) {
    ask(
        "running",
        "Whether the application is RUNNING: 1 or 0.",
        applications,
        application -> application.isNotRunning().isEmpty() ? 1 : 0);
    ask(
        "input_lag_records",
        "Records of the input topics that are not read yet, in the partition furthest behind.",
        applications,
        Application::inputLag);
    count(
        "fenced_producers",
        "Producers of instances that were gone, which were fenced to end their transactions.",
        applications,
        Application::fencedProducers);
    count(
        "fencing_failures",
        "Times that fencing was given up; until the broker does it, readers wait.",
        applications,
        Application::fencingFailures);
  }

  private void count(
      String name,
      String help,
      List<Application> applications,
      ToDoubleFunction<Application> figure) {
    CounterWithCallback.builder()
        .name("sluice_allocator_" + name)
        .help(help)
        .labelNames("application")
        .callback(callback ->
            applications.forEach(application ->
                callback.call(figure.applyAsDouble(application), application.kind())))
        .register(registry);
  }

  private void ask(
      String name,
      String help,
      List<Application> applications,
      ToDoubleFunction<Application> figure) {
    GaugeWithCallback.builder()
        .name("sluice_allocator_" + name)
        .help(help)
        .labelNames("application")
        .callback(callback ->
            applications.forEach(application ->
                callback.call(figure.applyAsDouble(application), application.kind())))
        .register(registry);
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder()
        .name("sluice_allocator_" + name)
        .help(help)
        .labelNames(labels)
        .register(registry);
  }

  private Gauge gauge(String name, String help, String... labels) {
    return Gauge.builder()
        .name("sluice_allocator_" + name)
        .help(help)
        .labelNames(labels)
        .register(registry);
  }

  private Histogram seconds(String name, String help, String... labels) {
    return Histogram.builder()
        .name("sluice_allocator_" + name)
        .unit(Unit.SECONDS)
        .help(help)
        .labelNames(labels)
        .classicOnly()
        .classicUpperBounds(SECONDS)
        .register(registry);
  }
}

package io.sluice.allocator.kafka;

import io.prometheus.metrics.model.snapshots.Unit;
import io.sluice.model.Assignment;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey;
import io.sluice.model.IpAddress;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import io.sluice.model.StateChange.Liveness;
import io.sluice.model.StateChange.LivenessChanged;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Counts what one task decides. For its thread alone. */
final class TaskMetrics {

  private final AllocatorMetrics metrics;
  private final AuditKey.Stream stream;
  private final String application;
  private final Map<String, Cluster> clusters = new HashMap<>();

  /** What the gauges of a cluster are made of. */
  private record Cluster(
      Map<IpAddress, Assignment.State> floatingIps, Map<String, Liveness> nodes) {}

  TaskMetrics(AllocatorMetrics metrics, AuditKey.Stream stream) {
    this.metrics = metrics;
    this.stream = stream;
    this.application = label(stream);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  void begin() {
    metrics.takeovers.labelValues(application).inc();
    metrics.tasks.labelValues(application).inc();
    clusters.forEach(this::show);
  }

  /** The state of its clusters is another instance's to tell from now on. */
  void end() {
    metrics.tasks.labelValues(application).dec();
    if (stream != AuditKey.Stream.ALLOCATION) {
      return;
    }
    for (String cluster : clusters.keySet()) {
      for (Assignment.State state : Assignment.State.values()) {
        metrics.floatingIps.remove(cluster, label(state));
      }
      for (Liveness liveness : Liveness.values()) {
        metrics.nodes.remove(cluster, label(liveness));
      }
    }
  }

  /** What was decided before this task began. */
  void restore(String cluster, StateChange change) {
    note(cluster, change);
  }

  /**
   * What one input led to.
   *
   * @param tookNanos how long it took
   */
  void decided(String cluster, List<AuditEntry> entries, long tookNanos) {
    if (entries.isEmpty()) {
      return;
    }
    metrics.duration.labelValues(application).observe(tookNanos / 1e9);
    boolean silence = false;
    long granted = 0;
    for (AuditEntry entry : entries) {
      for (StateChange change : entry.changes()) {
        metrics.decisions.labelValues(application, change.getClass().getSimpleName()).inc();
        note(cluster, change);
        if (change instanceof LivenessChanged node && node.liveness() == Liveness.SILENT) {
          silence = true;
          fellSilent(cluster, entry.timeMillis() - node.sinceMillis());
        }
        if (change instanceof AssignmentChanged(_, var assignment)
            && assignment.state() == Assignment.State.GRANTED) {
          granted++;
        }
      }
    }
    if (silence) {
      metrics.failovers.labelValues(cluster).inc(granted);
    }
    show(cluster, clusters.get(cluster));
  }

  /** A record led to a decision so long after it was written. */
  void decidedAfter(long millis) {
    metrics.latency.labelValues(application).observe(Unit.millisToSeconds(Math.max(millis, 0)));
  }

  void commitRequested() {
    metrics.commitRequests.labelValues(application).inc();
  }

  /** The deadline is T after the last beat, or the grace of a restart that was announced. */
  private void fellSilent(String cluster, long afterMillis) {
    metrics.silentNodes.labelValues(cluster).inc();
    long graceMillis = metrics.times.restartGraceMillis();
    long deadlineMillis = afterMillis < graceMillis ? metrics.times.silenceMillis() : graceMillis;
    metrics.detectionDelay.observe(Unit.millisToSeconds(Math.max(afterMillis - deadlineMillis, 0)));
  }

  private void note(String name, StateChange change) {
    Cluster cluster =
        clusters.computeIfAbsent(name, _ -> new Cluster(new HashMap<>(), new HashMap<>()));
    if (change instanceof LivenessChanged node) {
      cluster.nodes().put(node.node(), node.liveness());
    } else if (change instanceof AssignmentChanged(var ip, var assignment)) {
      // An address that no gateway lists is kept for its epoch only.
      if (assignment.gateway().isEmpty()) {
        cluster.floatingIps().remove(ip);
      } else {
        cluster.floatingIps().put(ip, assignment.state());
      }
    }
  }

  private void show(String name, Cluster cluster) {
    if (stream != AuditKey.Stream.ALLOCATION) {
      return;
    }
    count(Assignment.State.class, cluster.floatingIps())
        .forEach((state, count) -> metrics.floatingIps.labelValues(name, label(state)).set(count));
    count(Liveness.class, cluster.nodes())
        .forEach((liveness, count) -> metrics.nodes.labelValues(name, label(liveness)).set(count));
  }

  private static <E extends Enum<E>> Map<E, Integer> count(Class<E> type, Map<?, E> values) {
    Map<E, Integer> counts = new EnumMap<>(type);
    for (E value : type.getEnumConstants()) {
      counts.put(value, 0);
    }
    values.values().forEach(value -> counts.merge(value, 1, Integer::sum));
    return counts;
  }
}

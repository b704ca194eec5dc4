package io.sluice.allocator.kafka;

import io.sluice.allocator.core.Decider;
import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditEntry.Cause;
import io.sluice.model.AuditKey;
import io.sluice.model.BindingKey;
import io.sluice.model.ClusterScoped;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange;
import io.sluice.model.Status;
import io.sluice.model.StatusKey;
import io.sluice.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Hands records to the decider of their cluster, and its decisions to the topics. A task has one
 * partition, and on it any number of clusters.
 *
 * @param <I> the decider's inputs
 */
final class DecisionProcessor<I>
    implements Processor<ClusterScoped, Object, ClusterScoped, Object> {

  /**
   * What a processor decides on, and how.
   *
   * @param deciders makes a new one for a cluster
   * @param commitIntervalMillis the least time between two commits when many decisions come in
   * @param monotonicMillis a clock that never steps
   * @param metrics counts what is decided
   */
  record Blueprint<I>(
      InputReader<I> reader,
      Supplier<Decider<I>> deciders,
      AuditKey.Stream stream,
      StatusKey.Author author,
      long commitIntervalMillis,
      LongSupplier monotonicMillis,
      AllocatorMetrics metrics) {}

  private static final Duration TICK = Duration.ofMillis(2);

  /** One cluster. */
  private record Cluster<I>(Decider<I> decider, LogClock clock, StatusPublication statuses) {}

  private final Blueprint<I> blueprint;
  private final SortedMap<String, Cluster<I>> clusters = new TreeMap<>();
  private ProcessorContext<ClusterScoped, Object> context;
  private TaskStores stores;
  private CommitPace commits;
  private TaskMetrics metrics;

  DecisionProcessor(Blueprint<I> blueprint) {
    this.blueprint = blueprint;
  }

  @Override
  public void init(ProcessorContext<ClusterScoped, Object> processorContext) {
    context = processorContext;
    stores = new TaskStores(processorContext);
    commits = new CommitPace(blueprint.commitIntervalMillis(), monotonicMillis());
    SortedMap<String, Long> sequences = stores.sequences();
    sequences.keySet().forEach(cluster -> clusters.put(cluster, newCluster(cluster)));
    metrics = new TaskMetrics(blueprint.metrics(), blueprint.stream());
    stores.forEachChange((cluster, change) -> {
      clusters.get(cluster).decider().restore(change);
      metrics.restore(cluster, change);
    });
    sequences.forEach((cluster, sequence) -> clusters.get(cluster).decider().resume(sequence));
    metrics.begin();
    processorContext.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, _ -> tick());
  }

  @Override
  public void close() {
    if (metrics != null) {
      metrics.end();
    }
  }

  private Cluster<I> newCluster(String name) {
    return new Cluster<>(
        blueprint.deciders().get(),
        new LogClock(),
        new StatusPublication(stores.statuses(name), monotonicMillis()));
  }

  private Cluster<I> clusterOf(ClusterScoped key) {
    return clusters.computeIfAbsent(
        key.cluster(),
        name -> {
          Cluster<I> cluster = newCluster(name);
          cluster.decider().resume(0);
          return cluster;
        });
  }

  @Override
  public void process(Record<ClusterScoped, Object> record) {
    RecordMetadata source = context.recordMetadata().orElseThrow();
    if (record.key() == null) {
      throw new UnusableRecordException("a record without a key");
    }
    I input = blueprint.reader().read(source.topic(), record.key(), record.value());
    Cluster<I> cluster = clusterOf(record.key());
    // Read once: a pause between two readings would be counted as silence.
    long monotonicMillis = monotonicMillis();
    if (blueprint.reader().isClock(source.topic())) {
      cluster.clock().heard(record.timestamp(), monotonicMillis);
    }
    Cause cause =
        new Cause(source.topic(), source.partition(), source.offset(), record.timestamp());
    long nowMillis = cluster.clock().nowMillis(monotonicMillis, context.currentSystemTimeMs());
    long startedNanos = System.nanoTime();
    List<AuditEntry> entries = cluster.decider().on(input, cause, nowMillis);
    publish(record.key().cluster(), cluster, entries, startedNanos);
    if (!entries.isEmpty()) {
      metrics.decidedAfter(context.currentSystemTimeMs() - record.timestamp());
    }
    commitIfDue();
  }

  /** Every two milliseconds; does nothing unless a deadline has passed. */
  private void tick() {
    clusters.forEach((name, cluster) -> {
      long nowMillis = nowMillis(cluster);
      if (nowMillis >= cluster.decider().nextDeadlineMillis()) {
        long startedNanos = System.nanoTime();
        publish(name, cluster, cluster.decider().tick(nowMillis), startedNanos);
      }
      publishStatuses(name, cluster);
    });
    commitIfDue();
  }

  private void publish(
      String name, Cluster<I> cluster, List<AuditEntry> entries, long startedNanos) {
    AuditKey key = new AuditKey(name, blueprint.stream());
    for (AuditEntry entry : entries) {
      DecisionLog.write(name, entry);
      entry.changes().forEach(change -> forward(name, change, entry.timeMillis()));
      forward(Topics.AUDIT.name(), key, entry, entry.timeMillis());
      stores.keep(key, entry);
      cluster.statuses().outdate(monotonicMillis());
    }
    metrics.decided(name, entries, System.nanoTime() - startedNanos);
  }

  private void forward(String cluster, StateChange change, long timeMillis) {
    switch (change) {
      case StateChange.AssignmentChanged(var ip, Assignment assignment) -> {
        AssignmentKey key = new AssignmentKey(cluster, ip);
        forward(Topics.ASSIGNMENTS.name(), key, assignment, timeMillis);
        commits.want();
      }
      case StateChange.BindingChanged(var id, var binding) -> {
        BindingKey key = new BindingKey(cluster, id);
        forward(Topics.BINDINGS.name(), key, binding.orElse(null), timeMillis);
        commits.want();
      }
      case StateChange.ResourceObserved _,
          StateChange.WorkloadObserved _,
          StateChange.AgentObserved _,
          StateChange.LivenessChanged _,
          StateChange.HoldOffChanged _,
          StateChange.EgressChosen _ -> {
        // They matter to the decisions and to the audit log only, and nobody waits for those.
      }
    }
  }

  private void publishStatuses(String name, Cluster<I> cluster) {
    long startedMillis = monotonicMillis();
    if (!cluster.statuses().isDue(startedMillis)) {
      return;
    }
    long logMillis = nowMillis(cluster);
    Map<ObjectId, Optional<Status>> changed =
        cluster.statuses().take(cluster.decider().statuses(), logMillis);
    changed.forEach((id, status) -> {
      StatusKey key = new StatusKey(name, id, blueprint.author());
      forward(Topics.STATUS.name(), key, status.orElse(null), logMillis);
      stores.keep(key, status);
      commits.want();
    });
    cluster.statuses().done(startedMillis, monotonicMillis());
  }

  private void forward(String sink, ClusterScoped key, Object value, long timeMillis) {
    context.forward(new Record<>(key, value, timeMillis), sink);
  }

  private void commitIfDue() {
    if (commits.take(monotonicMillis())) {
      context.commit();
      metrics.commitRequested();
    }
  }

  private long nowMillis(Cluster<I> cluster) {
    return cluster.clock().nowMillis(monotonicMillis(), context.currentSystemTimeMs());
  }

  private long monotonicMillis() {
    return blueprint.monotonicMillis().getAsLong();
  }
}

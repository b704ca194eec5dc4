package io.sluice.allocator.kafka;

import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange;
import io.sluice.model.Status;
import io.sluice.model.StatusKey;
import io.sluice.schemas.Topics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * What a task keeps: the last change of every entity, the last audit sequence of every cluster, and
 * the statuses as published. All are in memory with a changelog on Kafka.
 */
final class TaskStores {

  /** No name of a cluster contains it, so the first one ends the name. */
  private static final char END_OF_CLUSTER = '\0';

  private static final String CHANGES = "changes";
  private static final String SEQUENCES = "sequences";
  private static final String STATUSES = "statuses";

  private final KeyValueStore<String, StateChange> changes;
  private final KeyValueStore<String, Long> sequences;
  private final KeyValueStore<StatusKey, Status> statuses;

  TaskStores(ProcessorContext<?, ?> context) {
    changes = context.getStateStore(CHANGES);
    sequences = context.getStateStore(SEQUENCES);
    statuses = context.getStateStore(STATUSES);
  }

  static Set<StoreBuilder<?>> builders() {
    return Set.of(
        inMemory(CHANGES, Serdes.String(), Topics.stateChangeSerde()),
        inMemory(SEQUENCES, Serdes.String(), Serdes.Long()),
        inMemory(STATUSES, Topics.STATUS.keySerde(), Topics.STATUS.valueSerde()));
  }

  private static <K, V> StoreBuilder<KeyValueStore<K, V>> inMemory(
      String name, Serde<K> keys, Serde<V> values) {
    return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), keys, values)
        .withLoggingEnabled(Map.of())
        .withCachingDisabled();
  }

  /** The last audit sequence of every cluster that is known. */
  SortedMap<String, Long> sequences() {
    SortedMap<String, Long> all = new TreeMap<>();
    try (KeyValueIterator<String, Long> stored = sequences.all()) {
      stored.forEachRemaining(entry -> all.put(entry.key, entry.value));
    }
    return all;
  }

  /** The last change of every entity of every cluster. */
  void forEachChange(ChangeConsumer consumer) {
    try (KeyValueIterator<String, StateChange> stored = changes.all()) {
      while (stored.hasNext()) {
        KeyValue<String, StateChange> entry = stored.next();
        consumer.accept(entry.key.substring(0, entry.key.indexOf(END_OF_CLUSTER)), entry.value);
      }
    }
  }

  /** Takes a change of a cluster. */
  @FunctionalInterface
  interface ChangeConsumer {
    void accept(String cluster, StateChange change);
  }

  /** The statuses of a cluster as they were published. */
  SortedMap<ObjectId, Status> statuses(String cluster) {
    SortedMap<ObjectId, Status> all = new TreeMap<>();
    try (KeyValueIterator<StatusKey, Status> stored = statuses.all()) {
      while (stored.hasNext()) {
        KeyValue<StatusKey, Status> entry = stored.next();
        if (entry.key.cluster().equals(cluster)) {
          all.put(entry.key.subject(), entry.value);
        }
      }
    }
    return all;
  }

  void keep(AuditKey key, AuditEntry entry) {
    sequences.put(key.cluster(), entry.sequence());
    for (StateChange change : entry.changes()) {
      String entity = key.cluster() + END_OF_CLUSTER + change.entity();
      if (isGone(change)) {
        changes.delete(entity);
      } else {
        changes.put(entity, change);
      }
    }
  }

  void keep(StatusKey key, Optional<Status> status) {
    statuses.put(key, status.orElse(null));
  }

  /** Whether folding the change is the same as never having heard of the entity. */
  private static boolean isGone(StateChange change) {
    return switch (change) {
      case StateChange.ResourceObserved(_, var resource) -> resource.isEmpty();
      case StateChange.WorkloadObserved(_, var workload) -> workload.isEmpty();
      case StateChange.AgentObserved(_, var report) -> report.isEmpty();
      case StateChange.EgressChosen(_, var ips) -> ips.isEmpty();
      case StateChange.BindingChanged(_, var binding) -> binding.isEmpty();
      case StateChange.AssignmentChanged _,
          StateChange.LivenessChanged _,
          StateChange.HoldOffChanged _ ->
          false;
    };
  }
}

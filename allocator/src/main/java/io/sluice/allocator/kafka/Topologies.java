package io.sluice.allocator.kafka;

import io.sluice.allocator.core.allocation.Allocation;
import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.allocator.core.selection.Selection;
import io.sluice.model.AuditKey;
import io.sluice.model.ClusterScoped;
import io.sluice.model.StatusKey;
import io.sluice.schemas.ClusterPartitioner;
import io.sluice.schemas.Topic;
import io.sluice.schemas.Topics;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/** The topologies of the two applications: sources, one processor with its stores, sinks. */
public final class Topologies {

  private static final String DECIDE = "decide";

  /** A transaction takes about 4 ms; what is decided meanwhile goes along with the next one. */
  private static final long ALLOCATION_COMMIT_MILLIS = 5;

  /** While Pods come in by the thousand, so many of them go into one transaction. */
  private static final long SELECTION_COMMIT_MILLIS = 20;

  private Topologies() {}

  /**
   * Gateways, policies, nodes, beats and reports in; assignments and what policies do out.
   *
   * @param monotonicMillis a clock that never steps
   * @param metrics counts what is decided
   */
  public static Topology allocation(
      AllocationSettings settings, LongSupplier monotonicMillis, AllocatorMetrics metrics) {
    Topology topology = new Topology();
    List<Topic<?, ?>> inputs = List.of(Topics.RESOURCES, Topics.AGENTS, Topics.HEARTBEATS);
    addSource(topology, Topics.RESOURCES, AutoOffsetReset.earliest());
    addSource(topology, Topics.AGENTS, AutoOffsetReset.earliest());
    // The beats of before the first start ever say nothing about who is alive now.
    addSource(topology, Topics.HEARTBEATS, AutoOffsetReset.latest());
    addProcessor(
        topology,
        inputs,
        new DecisionProcessor.Blueprint<>(
            new AllocationInputReader(),
            () -> new Allocation(settings),
            AuditKey.Stream.ALLOCATION,
            StatusKey.Author.ALLOCATION,
            ALLOCATION_COMMIT_MILLIS,
            monotonicMillis,
            metrics));
    addSink(topology, Topics.ASSIGNMENTS);
    addSink(topology, Topics.BINDINGS);
    addSink(topology, Topics.STATUS);
    addSink(topology, Topics.AUDIT);
    return topology;
  }

  /**
   * Policies, nodes, namespaces and Pods in; the Pods of each policy and the cluster's networks
   * out.
   *
   * @param monotonicMillis a clock that never steps
   * @param metrics counts what is decided
   */
  public static Topology selection(LongSupplier monotonicMillis, AllocatorMetrics metrics) {
    Topology topology = new Topology();
    addSource(topology, Topics.RESOURCES, AutoOffsetReset.earliest());
    addSource(topology, Topics.WORKLOADS, AutoOffsetReset.earliest());
    addProcessor(
        topology,
        List.of(Topics.RESOURCES, Topics.WORKLOADS),
        new DecisionProcessor.Blueprint<>(
            new SelectionInputReader(),
            Selection::new,
            AuditKey.Stream.SELECTION,
            StatusKey.Author.SELECTION,
            SELECTION_COMMIT_MILLIS,
            monotonicMillis,
            metrics));
    addSink(topology, Topics.BINDINGS);
    addSink(topology, Topics.STATUS);
    addSink(topology, Topics.AUDIT);
    return topology;
  }

  /** A topic that is read has its node named {@code from}, one that is written its bare name. */
  private static String sourceName(Topic<?, ?> topic) {
    return "from " + topic.name();
  }

  private static void addSource(Topology topology, Topic<?, ?> topic, AutoOffsetReset reset) {
    topology.addSource(
        reset,
        sourceName(topic),
        topic.keySerde().deserializer(),
        topic.valueSerde().deserializer(),
        topic.name());
  }

  private static <I> void addProcessor(
      Topology topology, List<Topic<?, ?>> inputs, DecisionProcessor.Blueprint<I> blueprint) {
    topology.addProcessor(
        DECIDE,
        new ProcessorSupplier<ClusterScoped, Object, ClusterScoped, Object>() {
          @Override
          public Processor<ClusterScoped, Object, ClusterScoped, Object> get() {
            return new DecisionProcessor<>(blueprint);
          }

          @Override
          public Set<StoreBuilder<?>> stores() {
            return TaskStores.builders();
          }
        },
        inputs.stream().map(Topologies::sourceName).toArray(String[]::new));
  }

  private static <K extends ClusterScoped, V> void addSink(Topology topology, Topic<K, V> topic) {
    topology.addSink(
        topic.name(),
        topic.name(),
        topic.keySerde().serializer(),
        topic.valueSerde().serializer(),
        (_, key, _, partitions) ->
            Optional.of(Set.of(ClusterPartitioner.partition(key.cluster(), partitions))),
        DECIDE);
  }
}

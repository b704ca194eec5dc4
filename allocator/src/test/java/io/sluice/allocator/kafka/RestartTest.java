package io.sluice.allocator.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.allocator.core.selection.Selection;
import io.sluice.allocator.core.selection.SelectionInput;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey;
import io.sluice.model.BindingKey;
import io.sluice.model.ClusterScoped;
import io.sluice.model.IpAddress;
import io.sluice.model.LabelSelector;
import io.sluice.model.Metadata;
import io.sluice.model.ObjectId;
import io.sluice.model.ObjectKey;
import io.sluice.model.Policy;
import io.sluice.model.StatusKey;
import io.sluice.model.Workload.Namespace;
import io.sluice.model.Workload.Pod;
import io.sluice.schemas.Topic;
import io.sluice.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A second processor on the stores of the first, as after a restart or a take-over. */
class RestartTest {

  private static final Metadata METADATA = new Metadata("uid", "1", 1, 1);

  private final MockProcessorContext<ClusterScoped, Object> context = new MockProcessorContext<>();
  private DecisionProcessor<SelectionInput> processor;
  private long nowMillis = 1_000;
  private long offset;

  @BeforeEach
  void openStores() {
    for (StoreBuilder<?> builder : TaskStores.builders()) {
      StateStore store = builder.withLoggingDisabled().build();
      store.init(context.getStateStoreContext(), store);
    }
    newTask();
  }

  private void newTask() {
    context.resetForwards();
    context.resetCommit();
    context.scheduledPunctuators().forEach(MockProcessorContext.CapturedPunctuator::cancel);
    context.setCurrentSystemTimeMs(nowMillis);
    processor =
        new DecisionProcessor<>(
            new DecisionProcessor.Blueprint<>(
                new SelectionInputReader(),
                Selection::new,
                AuditKey.Stream.SELECTION,
                StatusKey.Author.SELECTION,
                20,
                () -> nowMillis,
                new AllocatorMetrics(new PrometheusRegistry(), AllocationSettings.DEFAULT)));
    processor.init(context);
  }

  private <V> void send(Topic<ObjectKey, V> topic, String cluster, ObjectId id, V value) {
    context.setRecordMetadata(topic.name(), 0, offset++);
    processor.process(new Record<>(new ObjectKey(cluster, id), value, nowMillis));
  }

  private void pod(String cluster, String name, String ip) {
    send(
        Topics.WORKLOADS,
        cluster,
        ObjectId.pod("shop", name),
        new Pod(METADATA, Map.of(), List.of(IpAddress.parse(ip)), "node-1", false, false));
  }

  private void start(String cluster) {
    send(
        Topics.RESOURCES,
        cluster,
        ObjectId.policy("p"),
        new Policy(
            METADATA,
            List.of(new Policy.Source(LabelSelector.EVERYTHING, LabelSelector.EVERYTHING)),
            Policy.Action.SNAT,
            List.of("203.0.113.0/24"),
            Optional.empty(),
            Optional.empty(),
            false));
    send(Topics.WORKLOADS, cluster, ObjectId.namespace("shop"), new Namespace(METADATA, Map.of()));
    pod(cluster, "web", "10.244.1.1");
  }

  private List<AuditEntry> audit() {
    return context.forwarded(Topics.AUDIT.name()).stream()
        .map(forward -> (AuditEntry) forward.record().value())
        .toList();
  }

  private void tick(long millis) {
    nowMillis += millis;
    context.setCurrentSystemTimeMs(nowMillis);
    context.scheduledPunctuators().getLast().getPunctuator().punctuate(nowMillis);
  }

  @Test
  void theAuditSequenceGoesOnOfEachClusterByItself() {
    start("one");
    start("two");
    pod("two", "other", "10.244.1.2");
    newTask();
    pod("one", "new", "10.244.1.9");
    pod("two", "new", "10.244.1.9");
    assertThat(audit()).extracting(AuditEntry::sequence).containsExactly(4L, 5L);
  }

  @Test
  void whatWasKnownIsKnown() {
    start("one");
    newTask();
    pod("one", "web", "10.244.1.1");
    assertThat(audit()).as("the same Pod again is no news").isEmpty();
    send(Topics.RESOURCES, "one", ObjectId.policy("p"), null);
    assertThat(context.forwarded(Topics.BINDINGS.name()))
        .singleElement()
        .satisfies(forward -> {
          assertThat(forward.record().value()).isNull();
          assertThat(((BindingKey) forward.record().key()).cluster()).isEqualTo("one");
        });
  }

  @Test
  void whatWasDeletedStaysDeleted() {
    start("one");
    send(Topics.WORKLOADS, "one", ObjectId.pod("shop", "web"), null);
    send(Topics.RESOURCES, "one", ObjectId.policy("p"), null);
    newTask();
    send(Topics.WORKLOADS, "one", ObjectId.pod("shop", "web"), null);
    assertThat(audit()).isEmpty();
  }

  @Test
  void statusesThatWerePublishedAreNotPublishedAgain() {
    start("one");
    tick(100);
    newTask();
    tick(100);
    assertThat(context.forwarded(Topics.STATUS.name())).isEmpty();
    pod("one", "new", "10.244.1.9");
    tick(50);
    assertThat(context.forwarded(Topics.STATUS.name())).hasSize(1);
  }

  @Test
  void aCommitIsAskedForWhenSomebodyWaitsAndNotOtherwise() {
    start("one");
    tick(100);
    newTask();
    tick(100);
    assertThat(context.committed()).isFalse();
    send(Topics.WORKLOADS, "one", ObjectId.namespace("empty"), new Namespace(METADATA, Map.of()));
    assertThat(context.committed()).isFalse();
    pod("one", "new", "10.244.1.9");
    assertThat(context.committed()).isTrue();
  }
}

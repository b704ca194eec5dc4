package io.sluice.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.model.Kind;
import io.sluice.model.Metadata;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Workload;
import io.sluice.watcher.core.Observed;
import io.sluice.watcher.core.Pending;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WatcherMetricsTest {

  private static final ObjectId ALICE = new ObjectId(Kind.NAMESPACE, "", "alice");
  private static final ObjectId BOB = new ObjectId(Kind.NAMESPACE, "", "bob");

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final WatcherMetrics metrics = new WatcherMetrics(registry);

  private String scraped() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.builder().build().write(text, registry.scrape());
    return text.toString(StandardCharsets.UTF_8);
  }

  private static Observed namespace() {
    return new Observed.OfWorkload(
        new Workload.Namespace(new Metadata("uid", "1", 1, 7), Map.of()));
  }

  private static Outbox.Batch batch(ObjectId id, Optional<Observed> newest) {
    return new Outbox.Batch(List.of(new Pending.Entry<>(id, newest)), List.of());
  }

  @Test
  void objectsAreCountedFromWhatTheTopicsHeld() throws IOException {
    Content known = new Content(new TreeMap<>(Map.of(ALICE, namespace())), new TreeMap<>());
    Publisher publisher = new Publisher(known, new MemoryTopicLog(), metrics);
    publisher.publish(batch(BOB, Optional.of(namespace())));
    assertThat(scraped())
        .contains("sluice_watcher_objects{kind=\"Namespace\"} 2.0")
        .contains("sluice_watcher_records_published_total{kind=\"Namespace\"} 1.0");

    publisher.publish(batch(ALICE, Optional.empty()));
    publisher.publish(batch(ALICE, Optional.empty()));
    assertThat(scraped())
        .contains("sluice_watcher_objects{kind=\"Namespace\"} 1.0")
        .contains("sluice_watcher_records_published_total{kind=\"Namespace\"} 2.0");
  }

  @Test
  void statusesThatCannotBeShownAreCountedAsFailed() throws IOException {
    StatusTarget target =
        new StatusTarget() {
          @Override
          public void begin(SortedSet<ObjectId> subjects) {}

          @Override
          public void write(ObjectId subject, Optional<Status> status) throws IOException {
            if (subject.equals(BOB)) {
              throw new IOException("away");
            }
          }
        };
    StatusTarget metered = new MeteredStatusTarget(target, metrics);
    metered.write(ALICE, Optional.empty());
    assertThatThrownBy(() -> metered.write(BOB, Optional.empty())).hasMessage("away");
    assertThat(scraped())
        .contains("sluice_watcher_status_writes_total{result=\"written\"} 1.0")
        .contains("sluice_watcher_status_writes_total{result=\"failed\"} 1.0");
  }
}

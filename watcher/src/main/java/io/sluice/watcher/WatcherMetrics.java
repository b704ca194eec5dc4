package io.sluice.watcher;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.watcher.core.ApiType;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The metrics of the watcher. All names begin with {@code sluice_watcher_}. */
public final class WatcherMetrics {

  private final AtomicReference<Optional<Source>> source = new AtomicReference<>(Optional.empty());
  private final Gauge objects;
  private final Counter published;
  private final Counter statusWrites;

  public WatcherMetrics(PrometheusRegistry registry) {
    objects =
        Gauge.builder()
            .name("sluice_watcher_objects")
            .help("Objects on the topics, by kind.")
            .labelNames("kind")
            .register(registry);
    published =
        Counter.builder()
            .name("sluice_watcher_records_published")
            .help("Records handed to Kafka, by kind of the object they are about.")
            .labelNames("kind")
            .register(registry);
    statusWrites =
        Counter.builder()
            .name("sluice_watcher_status_writes")
            .help("Statuses shown on objects, by result: written or failed; those are retried.")
            .labelNames("result")
            .register(registry);
    GaugeWithCallback.builder()
        .name("sluice_watcher_watch_age")
        .unit(Unit.SECONDS)
        .help("Time since anything was heard of a kind of objects; of all kinds, for a directory.")
        .labelNames("kind")
        .callback(callback ->
            source
                .get()
                .ifPresent(current ->
                    current
                        .sinceHeard()
                        .forEach((kind, age) -> callback.call(age.toMillis() / 1e3, kind))))
        .register(registry);
    for (ApiType type : ApiType.values()) {
      objects.initLabelValues(type.kind().toString());
      published.initLabelValues(type.kind().toString());
    }
    statusWrites.initLabelValues("written");
    statusWrites.initLabelValues("failed");
  }

  /** Metrics that nobody reads. */
  public static WatcherMetrics unread() {
    return new WatcherMetrics(new PrometheusRegistry());
  }

  /** This source is asked how long it has heard nothing whenever metrics are read. */
  public void observe(Source current) {
    source.set(Optional.of(current));
  }

  /** Nothing is known yet of what is on the topics. */
  void forgetObjects() {
    for (ApiType type : ApiType.values()) {
      objects.labelValues(type.kind().toString()).set(0);
    }
  }

  /** So many more objects of this kind are on the topics, or fewer. */
  void objects(Kind kind, int more) {
    objects.labelValues(kind.toString()).inc(more);
  }

  void published(ObjectId subject) {
    published.labelValues(subject.kind().toString()).inc();
  }

  void statusWritten(boolean success) {
    statusWrites.labelValues(success ? "written" : "failed").inc();
  }
}

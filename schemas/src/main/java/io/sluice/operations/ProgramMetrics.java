package io.sluice.operations;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.kafka.TopicReader;

/**
 * What every program says of itself: the process (resident memory, processor time, file
 * descriptors), how the JVM's memory is used, and how many records it could not make sense of.
 */
public final class ProgramMetrics {

  private ProgramMetrics() {}

  /** A registry that holds them. */
  public static PrometheusRegistry registry() {
    PrometheusRegistry registry = new PrometheusRegistry();
    ProcessMetrics.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    CounterWithCallback.builder()
        .name("sluice_undecodable_records")
        .help("Records that were left out because they could not be decoded.")
        .callback(callback -> callback.call(TopicReader.undecodableOfAll()))
        .register(registry);
    return registry;
  }
}

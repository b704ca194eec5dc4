package io.sluice.operations;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.function.Consumer;

/**
 * Makes the metrics of one program, under names that begin alike. Those that are asked for take
 * their figures whenever somebody reads metrics, and cost nothing otherwise.
 *
 * @see <a href="https://prometheus.io/docs/practices/naming/">Metric and label naming</a>
 */
public final class MetricFamily {

  private final PrometheusRegistry registry;
  private final String prefix;

  /**
   * @param prefix begins every name, such as {@code sluice_agent_}
   */
  public MetricFamily(PrometheusRegistry registry, String prefix) {
    this.registry = registry;
    this.prefix = prefix;
  }

  /** Takes a figure for one set of label values. */
  @FunctionalInterface
  public interface Answer {
    void is(double figure, String... labelValues);
  }

  public Counter counter(String name, String help, String... labels) {
    return Counter.builder()
        .name(prefix + name)
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  public Gauge gauge(String name, String help, String... labels) {
    return Gauge.builder()
        .name(prefix + name)
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  /**
   * A histogram of times.
   *
   * @param bounds the upper bounds of its buckets, in seconds
   */
  public Histogram seconds(String name, String help, double[] bounds, String... labels) {
    return Histogram.builder()
        .name(prefix + name)
        .unit(Unit.SECONDS)
        .help(help)
        .labelNames(labels)
        .classicOnly()
        .classicUpperBounds(bounds)
        .withoutExemplars()
        .register(registry);
  }

  /**
   * A counter that somebody else keeps.
   *
   * @param asked gives the figures, on the thread that reads metrics
   */
  public void askedCounter(String name, String help, Consumer<Answer> asked, String... labels) {
    CounterWithCallback.builder()
        .name(prefix + name)
        .help(help)
        .labelNames(labels)
        .callback(callback -> asked.accept(callback::call))
        .register(registry);
  }

  /**
   * A figure that somebody else keeps.
   *
   * @param asked gives the figures, on the thread that reads metrics
   */
  public void askedGauge(String name, String help, Consumer<Answer> asked, String... labels) {
    GaugeWithCallback.builder()
        .name(prefix + name)
        .help(help)
        .labelNames(labels)
        .callback(callback -> asked.accept(callback::call))
        .register(registry);
  }

  /** Brings a counter up to a total that is kept elsewhere. */
  public static void raise(CounterDataPoint counter, long total) {
    long missing = total - counter.getLongValue();
    if (missing > 0) {
      counter.inc(missing);
    }
  }
}

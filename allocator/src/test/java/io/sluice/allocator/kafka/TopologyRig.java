package io.sluice.allocator.kafka;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.model.ClusterScoped;
import io.sluice.schemas.Topic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** Runs a topology without a broker, with a clock that stands unless told to go on. */
final class TopologyRig implements AutoCloseable {

  static final long START_MILLIS = 1_000_000_000;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final AllocatorMetrics metrics =
      new AllocatorMetrics(registry, AllocationSettings.DEFAULT);
  private final Map<String, List<TestRecord<byte[], byte[]>>> records = new HashMap<>();
  private final TopologyTestDriver driver;
  private long nowMillis = START_MILLIS;

  TopologyRig(BiFunction<LongSupplier, AllocatorMetrics, Topology> topologies) {
    Properties properties =
        new StreamsSettings("test", Path.of("target", "streams"), (short) 1, 0, 6_000, 1_000, 2_000)
            .properties("test", new Properties(), metrics);
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:1");
    // The driver's producer forgets what is not committed yet, and with it dead letters.
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
    driver =
        new TopologyTestDriver(
            topologies.apply(() -> nowMillis, metrics),
            properties,
            Instant.ofEpochMilli(nowMillis));
  }

  <K extends ClusterScoped, V> void send(Topic<K, V> topic, K key, V valueOrNull) {
    driver
        .createInputTopic(
            topic.name(), topic.keySerde().serializer(), topic.valueSerde().serializer())
        .pipeInput(key, valueOrNull, nowMillis);
    drain();
  }

  void sendRaw(String topic, byte[] key, byte[] value) {
    TestInputTopic<byte[], byte[]> input =
        driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    input.pipeInput(key, value, nowMillis);
    drain();
  }

  /** Lets time pass, with a punctuation every two milliseconds. */
  void advance(long millis) {
    for (long passed = 0; passed < millis; passed += 2) {
      nowMillis += 2;
      driver.advanceWallClockTime(Duration.ofMillis(2));
    }
    drain();
  }

  private void drain() {
    for (String topic : driver.producedTopicNames()) {
      var output =
          driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      records.computeIfAbsent(topic, _ -> new ArrayList<>()).addAll(output.readRecordsToList());
    }
  }

  List<TestRecord<byte[], byte[]>> rawRecords(String topic) {
    return records.getOrDefault(topic, List.of());
  }

  <K extends ClusterScoped, V> List<TestRecord<K, V>> records(Topic<K, V> topic) {
    return rawRecords(topic.name()).stream()
        .map(raw ->
            new TestRecord<>(
                topic.keySerde().deserializer().deserialize(topic.name(), raw.key()),
                topic.valueSerde().deserializer().deserialize(topic.name(), raw.value())))
        .toList();
  }

  /** Everything written with this key, in order. */
  <K extends ClusterScoped, V> List<V> values(Topic<K, V> topic, K key) {
    return records(topic).stream()
        .filter(record -> record.key().equals(key))
        .map(TestRecord::value)
        .toList();
  }

  /** What was written last with this key; empty after a tombstone. */
  <K extends ClusterScoped, V> Optional<V> newest(Topic<K, V> topic, K key) {
    return records(topic).stream()
        .filter(record -> record.key().equals(key))
        .reduce((_, last) -> last)
        .map(TestRecord::value);
  }

  /** All metrics, as they are scraped. */
  String metrics() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.builder().build().write(text, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  /** How many records were written to all topics. */
  int written() {
    return records.values().stream().mapToInt(List::size).sum();
  }

  @Override
  public void close() {
    driver.close();
  }
}

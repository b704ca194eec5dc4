package io.sluice.schemas;

import io.sluice.model.ClusterScoped;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;

/**
 * A topic of Sluice.
 *
 * @param name its name on Kafka
 * @param keySerde reads and writes keys; throws {@link
 *     org.apache.kafka.common.errors.SerializationException} on bytes that are none
 * @param valueSerde likewise for values; null is a tombstone
 * @param config the settings the topic is made with
 */
public record Topic<K extends ClusterScoped, V>(
    String name, Serde<K> keySerde, Serde<V> valueSerde, Map<String, String> config) {

  public Topic {
    config = Map.copyOf(config);
  }

  /**
   * Reads the schemas of its keys and values now. Otherwise the first record waits for that: some
   * ten milliseconds, and far more in a program that has just started.
   */
  public void prepare() {
    keySerde.configure(Map.of(), true);
    valueSerde.configure(Map.of(), false);
  }

  @Override
  public String toString() {
    return name;
  }
}

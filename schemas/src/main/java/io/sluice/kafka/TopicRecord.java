package io.sluice.kafka;

import io.sluice.model.ClusterScoped;
import io.sluice.schemas.Topic;
import java.util.Optional;

/**
 * A record as it was read.
 *
 * @param timestampMillis the producer's or the broker's time, as the topic is set
 * @param value empty for a tombstone
 */
public record TopicRecord<K extends ClusterScoped, V>(
    Topic<K, V> topic,
    int partition,
    long offset,
    long timestampMillis,
    K key,
    Optional<V> value) {}

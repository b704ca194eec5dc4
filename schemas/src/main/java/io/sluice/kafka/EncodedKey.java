package io.sluice.kafka;

import io.sluice.model.ClusterScoped;

/**
 * A key that has been written already, with the part of it that the partitioner asks for.
 *
 * @param bytes owned by whoever made this; never changed
 */
@SuppressWarnings("ArrayRecordComponent") // passed once, from the writer to the producer
record EncodedKey(String cluster, byte[] bytes) implements ClusterScoped {}

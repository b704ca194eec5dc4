/** Runs the decisions of {@code core} as two Kafka Streams applications. */
package io.sluice.allocator.kafka;

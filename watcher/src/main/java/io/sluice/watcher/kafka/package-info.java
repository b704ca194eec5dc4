/** The edge to Kafka: reads and writes the watcher's topics. */
package io.sluice.watcher.kafka;

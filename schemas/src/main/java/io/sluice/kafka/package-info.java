/** How every part of Sluice talks to Kafka: connecting, reading topics, writing to topics. */
package io.sluice.kafka;

package io.sluice.agent.kafka;

import java.util.Optional;
import java.util.function.Consumer;

/** Hands a value to Kafka without waiting for the outcome. */
@FunctionalInterface
public interface Delivery<V> {

  /**
   * Sends.
   *
   * @param done told once, on any thread, how it went; empty means acknowledged by all copies in
   *     sync. Must not block
   */
  void send(V value, Consumer<Optional<Exception>> done);
}

package io.sluice.agent.kafka;

import io.sluice.kafka.TopicReader;
import io.sluice.kafka.TopicRecord;
import java.time.Duration;
import java.util.List;

/** Where decisions are read from, as far as {@link DecisionFeed} needs to know. */
public interface Source extends AutoCloseable {

  /** The next records; empty if none came in time. */
  List<TopicRecord<?, ?>> poll(Duration timeout);

  /** Whether everything that was there at the opening has been returned. */
  boolean caughtUp();

  /** Makes a poll on another thread return. */
  void wakeup();

  @Override
  void close();

  /** The topics themselves. */
  static Source of(TopicReader reader) {
    return new Source() {
      @Override
      public List<TopicRecord<?, ?>> poll(Duration timeout) {
        return reader.poll(timeout);
      }

      @Override
      public boolean caughtUp() {
        return reader.caughtUp();
      }

      @Override
      public void wakeup() {
        reader.wakeup();
      }

      @Override
      public void close() {
        reader.close();
      }
    };
  }
}

package io.sluice.watcher;

import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.watcher.core.Change;
import java.util.Optional;

/** The topics of one cluster, as the watcher sees them. */
public interface TopicLog extends AutoCloseable {

  /** Reads everything that is there. */
  Content read();

  /**
   * Publishes a change after all that were published before. It is visible after the next {@link
   * #commit()}.
   *
   * @throws FencedException if another watcher has taken over
   */
  void publish(Change change);

  /** Publishes what the watcher itself says of something; empty takes it back. */
  void publishStatus(ObjectId subject, Optional<Status> status);

  /**
   * Makes what was published since the last call visible, all of it at once. What cannot be
   * delivered is a failure of the whole watcher.
   *
   * @throws FencedException if another watcher has taken over; nothing of it is visible then
   */
  void commit();

  /** Gives what was published a few seconds to arrive. */
  @Override
  void close();
}

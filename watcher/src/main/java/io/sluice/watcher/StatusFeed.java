package io.sluice.watcher;

import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.StatusKey.Author;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The records of {@code sluice.status} of one cluster, from the beginning. */
public interface StatusFeed extends AutoCloseable {

  /** What an author says of an object; empty takes it back. */
  record Said(ObjectId subject, Author author, Optional<Status> status) {}

  /** The next records; empty when none came in time. */
  List<Said> poll(Duration timeout);

  /** Whether all that was there at the beginning has been returned. */
  boolean caughtUp();

  /** Makes a poll that waits return at once. May be called by any thread. */
  void wakeup();

  @Override
  void close();
}

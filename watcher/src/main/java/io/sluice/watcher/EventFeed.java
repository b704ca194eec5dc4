package io.sluice.watcher;

import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.StatusKey.Author;
import io.sluice.watcher.core.events.Event.Origin;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The records of one cluster that Events follow from, from the beginning, and how far they have
 * been told. That is remembered beyond the life of this process.
 */
public interface EventFeed extends AutoCloseable {

  /** A record. */
  sealed interface Read {

    Origin origin();

    /** Whether it has not been told yet. */
    boolean news();
  }

  /** Where an address is now. */
  record AssignmentRead(IpAddress ip, Assignment assignment, Origin origin, boolean news)
      implements Read {}

  /** What an author says of an object; empty takes it back. */
  record StatusRead(
      ObjectId subject, Author author, Optional<Status> status, Origin origin, boolean news)
      implements Read {}

  /** The next records; empty when none came in time. */
  List<Read> poll(Duration timeout);

  /** All that has been polled is told, and is no news any more for whoever comes next. */
  void told();

  /** Makes a poll that waits return at once. May be called by any thread. */
  void wakeup();

  @Override
  void close();
}

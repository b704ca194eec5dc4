package io.sluice.watcher;

import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedSet;

/** Where people look at the statuses of their objects. */
public interface StatusTarget {

  /**
   * Called once before anything is written: whatever else is shown is out of date.
   *
   * @throws IOException if that could not be cleared away; writing goes on all the same
   */
  void begin(SortedSet<ObjectId> subjects) throws IOException;

  /**
   * Shows a status; empty means there is none any more.
   *
   * @throws IOException if it is worth trying again later
   */
  void write(ObjectId subject, Optional<Status> status) throws IOException;
}

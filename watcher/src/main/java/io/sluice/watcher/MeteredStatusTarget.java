package io.sluice.watcher;

import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedSet;

/** Counts the statuses that are shown, and those that could not be. */
record MeteredStatusTarget(StatusTarget target, WatcherMetrics metrics) implements StatusTarget {

  @Override
  public void begin(SortedSet<ObjectId> subjects) throws IOException {
    target.begin(subjects);
  }

  @Override
  public void write(ObjectId subject, Optional<Status> status) throws IOException {
    boolean written = false;
    try {
      target.write(subject, status);
      written = true;
    } finally {
      metrics.statusWritten(written);
    }
  }
}

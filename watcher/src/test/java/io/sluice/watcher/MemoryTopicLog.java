package io.sluice.watcher;

import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.watcher.core.Change;
import io.sluice.watcher.core.Observed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Topics in memory, compacted at once, which also remember every record. */
public final class MemoryTopicLog implements TopicLog {

  private final SortedMap<ObjectId, Observed> objects = new TreeMap<>();
  private final SortedMap<ObjectId, Status> statuses = new TreeMap<>();
  private final List<Change> records = new ArrayList<>();

  @Override
  public synchronized Content read() {
    return new Content(new TreeMap<>(objects), new TreeMap<>(statuses));
  }

  @Override
  public synchronized void publish(Change change) {
    records.add(change);
    change
        .value()
        .ifPresentOrElse(
            value -> objects.put(change.id(), value), () -> objects.remove(change.id()));
  }

  @Override
  public synchronized void publishStatus(ObjectId subject, Optional<Status> status) {
    status.ifPresentOrElse(value -> statuses.put(subject, value), () -> statuses.remove(subject));
  }

  @Override
  public void commit() {}

  /** Everything published so far, in order. */
  public synchronized List<Change> records() {
    return List.copyOf(records);
  }

  @Override
  public void close() {}
}

package io.sluice.watcher.core;

import io.sluice.model.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What waits to be published: only the newest of each object, so that a slow or absent Kafka costs
 * no more memory than there are objects. What is drained is a true subsequence of what was offered:
 * the last offer of each object, in the order of these offers.
 *
 * @param <V> what is said of an object; an empty offer says that it is gone
 */
public final class Pending<V> {

  private final Map<ObjectId, Optional<V>> newest = new LinkedHashMap<>();

  /** Replaces what waits for that object, and takes its place at the end. */
  public void offer(ObjectId id, Optional<V> value) {
    newest.remove(id);
    newest.put(id, value);
  }

  public boolean isEmpty() {
    return newest.isEmpty();
  }

  public int size() {
    return newest.size();
  }

  /** Takes everything out. */
  public List<Entry<V>> drain() {
    List<Entry<V>> drained = new ArrayList<>(newest.size());
    newest.forEach((id, value) -> drained.add(new Entry<>(id, value)));
    newest.clear();
    return drained;
  }

  /** The newest of one object; an empty value says that it is gone. */
  public record Entry<V>(ObjectId id, Optional<V> value) {}
}

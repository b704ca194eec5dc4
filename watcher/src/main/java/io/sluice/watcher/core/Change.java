package io.sluice.watcher.core;

import io.sluice.model.ObjectId;
import java.util.Optional;

/**
 * What an object is from now on.
 *
 * @param value its content; empty means it does not exist any more
 */
public record Change(ObjectId id, Optional<Observed> value) {

  /** The object exists and says this. */
  public static Change put(ObjectId id, Observed value) {
    return new Change(id, Optional.of(value));
  }

  /** The object is gone. */
  public static Change tombstone(ObjectId id) {
    return new Change(id, Optional.empty());
  }
}

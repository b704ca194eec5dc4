package io.sluice.watcher;

import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.watcher.core.Observed;
import java.util.Optional;

/** Takes what a source has to say. Never blocks, and may be called by any thread. */
public interface Sink {

  /** The newest of an object; empty if it is gone. */
  void object(ObjectId id, Optional<Observed> newest);

  /** The newest that the watcher itself has to say of something; empty takes it back. */
  void status(ObjectId subject, Optional<Status> newest);

  /** The source cannot go on: the watcher ends. */
  void failed(Throwable cause);
}

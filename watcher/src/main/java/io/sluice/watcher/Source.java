package io.sluice.watcher;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Where the objects come from. */
public interface Source extends AutoCloseable {

  /**
   * Begins to offer what differs from the known content, and goes on until it is closed.
   *
   * @throws IOException if there is nothing to read from
   */
  void start(Content known, Sink sink) throws IOException;

  /** What keeps the source from offering all there is; empty if nothing does. On any thread. */
  Optional<String> problem();

  /** How long nothing was heard, by what is listened to. On any thread. */
  Map<String, Duration> sinceHeard();

  @Override
  void close();
}

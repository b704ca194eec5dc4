package io.sluice.watcher;

import io.sluice.watcher.core.events.EventSeries.Entrance;
import java.io.IOException;

/** Where people look for what happened. */
public interface EventTarget {

  /**
   * Makes an Event, or counts it on the one that said it first. One that is there already is left
   * as it is: it was told before.
   *
   * @throws IOException if it is worth trying again later
   */
  void tell(Entrance entrance) throws IOException;
}

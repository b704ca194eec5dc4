package io.sluice.watcher;

/** A part of the watcher cannot go on. A restart repairs: it publishes what differs then. */
public final class WatcherFailedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  WatcherFailedException(Throwable cause) {
    super(cause.toString(), cause);
  }
}

package io.sluice.watcher;

/** Another watcher writes for this cluster; nothing that this one writes is taken any more. */
public final class FencedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** The cause is what Kafka answered. */
  public FencedException(String cluster, Throwable cause) {
    super("another watcher writes for the cluster \"%s\" now".formatted(cluster), cause);
  }
}

package io.sluice.model;

/**
 * Key of {@code sluice.status}.
 *
 * @param author who says so: each part of Sluice has its own record on an object
 */
public record StatusKey(String cluster, ObjectId subject, Author author) implements ClusterScoped {

  /** The parts of Sluice that have something to say about an object. */
  public enum Author {
    ALLOCATION,
    SELECTION,
    WATCHER
  }
}

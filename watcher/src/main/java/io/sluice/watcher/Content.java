package io.sluice.watcher;

import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.watcher.core.Observed;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the topics hold of a cluster.
 *
 * @param objects the content of {@code sluice.resources} and {@code sluice.workloads}
 * @param statuses what a watcher has said itself on {@code sluice.status}
 */
public record Content(SortedMap<ObjectId, Observed> objects, SortedMap<ObjectId, Status> statuses) {

  /** Topics that hold nothing. */
  public static Content empty() {
    return new Content(new TreeMap<>(), new TreeMap<>());
  }
}

package io.sluice.cli.load;

import io.sluice.cli.core.Percentiles;
import java.util.Optional;

/**
 * What a load of an API server measured.
 *
 * @param syncSeconds from the start of the watcher's process until the last object was read from
 *     the topics
 * @param answers from when a Pod was to be changed until the API server had done so
 * @param changes from then until the Pod's record was read
 * @param afterAnswers from the API server's answer until the Pod's record was read, which is what
 *     watcher, broker and reader took
 * @param changesLost changes whose record did not arrive in time
 * @param restartSeconds from a further start of the watcher's process until it says that it is in
 *     sync
 * @param restartRecords what it published meanwhile, though nothing had changed
 * @param removal empty if the objects were kept
 */
public record KubernetesLoadReport(
    LoadShape shape,
    Filling filling,
    double syncSeconds,
    Memory watcher,
    Percentiles answers,
    Percentiles changes,
    Percentiles afterAnswers,
    int changesLost,
    double restartSeconds,
    long restartRecords,
    Comparison comparison,
    Optional<Removal> removal) {

  /**
   * How the API server was filled.
   *
   * @param version of Kubernetes
   * @param requests how many that took
   */
  public record Filling(String version, long requests, double seconds) {}

  /** Of the watcher's process: after the sync, the most ever, and what its heap held. */
  public record Memory(long residentMebibytes, long mostResidentMebibytes, long heapMebibytes) {}

  /**
   * The topics against the API, when nothing changes any more.
   *
   * @param missing objects that are in the API only
   * @param stale objects that are on the topics only
   * @param different objects with another uid, or Pods that are not as they were made
   */
  public record Comparison(int objects, int missing, int stale, int different) {

    boolean isEqual() {
      return missing == 0 && stale == 0 && different == 0;
    }
  }

  /**
   * The deletion of everything.
   *
   * @param seconds until the last of it was read
   * @param left what is still on the topics but not in the API
   */
  public record Removal(double seconds, int left) {}

  /** Whether nothing was lost. */
  boolean isComplete() {
    return changesLost == 0
        && comparison.isEqual()
        && removal.map(removed -> removed.left() == 0).orElse(true);
  }
}

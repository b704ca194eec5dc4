package io.sluice.cli.load;

import io.sluice.cli.core.Percentiles;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.Progress;
import io.sluice.cli.load.KubernetesLoadReport.Comparison;
import io.sluice.cli.load.KubernetesLoadReport.Filling;
import io.sluice.cli.load.KubernetesLoadReport.Memory;
import io.sluice.cli.load.KubernetesLoadReport.Removal;
import io.sluice.cli.load.kubernetes.ApiCluster;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One run of the watcher against an API server that has been filled. */
final class KubernetesLoad {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration CHANGE_LIMIT = Duration.ofSeconds(30);
  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ApiCluster api;
  private final SyntheticCluster content;
  private final MeasuredWatcher watcher;
  private final PublishedObjects published;
  private final Duration limit;
  private final Progress progress;

  KubernetesLoad(
      ApiCluster api,
      SyntheticCluster content,
      MeasuredWatcher watcher,
      PublishedObjects published,
      Duration limit,
      Progress progress) {
    this.api = api;
    this.content = content;
    this.watcher = watcher;
    this.published = published;
    this.limit = limit;
    this.progress = progress;
  }

  /**
   * @throws LabException if not everything arrives within the limit
   */
  KubernetesLoadReport run(
      int changesPerSecond, Duration churn, boolean keepObjects, Filling filling) {
    Map<ObjectId, String> there = api.uids();
    progress.done("%,d objects in the API; the watcher begins".formatted(there.size()));
    long start = System.nanoTime();
    watcher.start();
    await("published", () -> published.content().keySet().containsAll(there.keySet()));
    double syncSeconds = seconds(published.lastNanos() - start);
    Memory memory =
        new Memory(
            watcher.residentMebibytes(), watcher.mostResidentMebibytes(), watcher.heapMebibytes());
    progress.done("all of it is published after %.1f s".formatted(syncSeconds));

    int changed = Math.min((int) churn.toSeconds() * changesPerSecond, content.shape().pods());
    List<Change> changes = change(changed, changesPerSecond);
    progress.done("%,d Pods have changed".formatted(changed));

    long before = published.records();
    double restartSeconds = restart();
    long restartRecords = published.records() - before;
    progress.done("started again, the watcher is in sync after %.1f s".formatted(restartSeconds));

    Comparison comparison = compare(changed);
    Optional<Removal> removal = keepObjects ? Optional.empty() : Optional.of(remove());
    return new KubernetesLoadReport(
        content.shape(),
        filling,
        syncSeconds,
        memory,
        Percentiles.of(changes.stream().map(Change::answerNanos).toList()),
        Percentiles.of(changes.stream().flatMap(change -> change.readNanos().stream()).toList()),
        Percentiles.of(
            changes.stream().flatMap(change -> change.afterAnswerNanos().stream()).toList()),
        (int) changes.stream().filter(change -> change.readNanos().isEmpty()).count(),
        restartSeconds,
        restartRecords,
        comparison,
        removal);
  }

  private void await(String what, BooleanSupplier complete) {
    long start = System.nanoTime();
    long nextWord = start + PROGRESS_NANOS;
    while (!complete.getAsBoolean()) {
      published.poll(POLL);
      watcher.check();
      long now = System.nanoTime();
      if (now - nextWord >= 0) {
        nextWord = now + PROGRESS_NANOS;
        progress.done("%,d objects on the topics".formatted(published.content().size()));
      }
      if (now - start >= limit.toNanos()) {
        throw new LabException(
            "not everything was %s within %d s: %,d objects are on the topics"
                .formatted(what, limit.toSeconds(), published.content().size()));
      }
    }
  }

  /**
   * What became of a change, counted from when its request was due.
   *
   * @param answerNanos until the API server had carried it out
   * @param readNanos until its record was read; empty if none came
   */
  private record Change(long answerNanos, Optional<Long> readNanos) {

    /** Those who watch may have been told before the answer was on its way. */
    Optional<Long> afterAnswerNanos() {
      return readNanos.map(read -> Math.max(0, read - answerNanos));
    }
  }

  /** Changes the first Pods, each at its time. A request that is late does not hold up the next. */
  private List<Change> change(int count, int perSecond) {
    List<Long> due = new ArrayList<>();
    List<FutureTask<Long>> answers = new ArrayList<>();
    long start = System.nanoTime();
    while (due.size() < count) {
      long now = System.nanoTime();
      long next = start + TimeUnit.SECONDS.toNanos(due.size()) / perSecond;
      if (now - next >= 0) {
        int pod = due.size();
        due.add(next);
        answers.add(new FutureTask<>(() -> answered(pod)));
        Thread.ofVirtual().start(answers.getLast());
      } else {
        published.poll(Duration.ofNanos(next - now));
      }
    }
    long end = System.nanoTime() + CHANGE_LIMIT.toNanos();
    while (System.nanoTime() - end < 0 && !haveArrived(count)) {
      published.poll(POLL);
      answers.stream().filter(Future::isDone).forEach(KubernetesLoad::answer);
    }
    List<Change> changes = new ArrayList<>();
    for (int pod = 0; pod < count; pod++) {
      long begun = due.get(pod);
      changes.add(
          new Change(
              answer(answers.get(pod)) - begun,
              isAsMade(pod, 1)
                  ? published.arrivedNanos(content.podId(pod)).map(arrived -> arrived - begun)
                  : Optional.empty()));
    }
    return changes;
  }

  private long answered(int pod) {
    api.change(content, pod, 1);
    return System.nanoTime();
  }

  /** When it came; what a request failed with is thrown. */
  private static long answer(Future<Long> request) {
    try {
      return request.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted while Pods changed");
    }
  }

  private boolean haveArrived(int count) {
    for (int pod = count - 1; pod >= 0; pod--) {
      if (!isAsMade(pod, 1)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the record of a Pod says what was made in the API. */
  private boolean isAsMade(int number, int changes) {
    Workload.Pod made = content.pod(number, changes);
    return published.content().get(content.podId(number)) instanceof Workload.Pod read
        && read.labels().entrySet().containsAll(made.labels().entrySet())
        && read.ips().equals(made.ips())
        && read.node().equals(made.node());
  }

  /** Nothing has changed since it last ran, so it has to read everything and write nothing. */
  private double restart() {
    watcher.stop();
    long start = System.nanoTime();
    watcher.start();
    await("in sync", watcher::isInSync);
    double seconds = secondsSince(start);
    published.poll(POLL);
    return seconds;
  }

  /** Whatever is still on its way gets the time to arrive. */
  private Comparison compare(int changed) {
    long end = System.nanoTime() + CHANGE_LIMIT.toNanos();
    Comparison comparison = comparison(changed);
    while (!comparison.isEqual() && System.nanoTime() - end < 0) {
      published.poll(POLL);
      comparison = comparison(changed);
    }
    progress.done("the API and the topics are compared");
    return comparison;
  }

  private Comparison comparison(int changed) {
    Map<ObjectId, String> there = api.uids();
    Map<ObjectId, Object> read = published.content();
    int missing = (int) there.keySet().stream().filter(id -> !read.containsKey(id)).count();
    int stale = stale(there);
    int different =
        (int)
            there.entrySet().stream()
                .filter(object -> read.containsKey(object.getKey()))
                .filter(object ->
                    !PublishedObjects.uid(read.get(object.getKey())).equals(object.getValue()))
                .count();
    for (int pod = 0; pod < content.shape().pods(); pod++) {
      if (read.containsKey(content.podId(pod)) && !isAsMade(pod, pod < changed ? 1 : 0)) {
        different++;
      }
    }
    return new Comparison(there.size(), missing, stale, different);
  }

  private int stale(Map<ObjectId, String> there) {
    return (int) published.content().keySet().stream().filter(id -> !there.containsKey(id)).count();
  }

  /** Namespaces end when a controller has looked at them, so they are not waited for. */
  private Removal remove() {
    long start = System.nanoTime();
    api.empty(progress);
    Map<ObjectId, String> left = api.uids();
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() - end < 0 && staleButNamespaces(left) > 0) {
      published.poll(POLL);
      watcher.check();
    }
    return new Removal(seconds(published.lastNanos() - start), staleButNamespaces(left));
  }

  private int staleButNamespaces(Map<ObjectId, String> there) {
    return (int)
        published.content().keySet().stream()
            .filter(id -> id.kind() != Kind.NAMESPACE && !there.containsKey(id))
            .count();
  }

  static double secondsSince(long startNanos) {
    return seconds(System.nanoTime() - startNanos);
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }
}

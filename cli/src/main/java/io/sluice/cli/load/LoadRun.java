package io.sluice.cli.load;

import io.sluice.cli.core.Percentiles;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.Progress;
import io.sluice.kafka.TopicWriter;
import io.sluice.model.BindingId;
import io.sluice.model.ObjectId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * One run: writes a synthetic cluster to the topics, waits until everything of it is decided, then
 * changes Pods at a steady rate and measures how long each change takes to reach an agent.
 */
final class LoadRun {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration CHANGE_LIMIT = Duration.ofSeconds(30);
  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Properties client;
  private final String cluster;
  private final SyntheticCluster content;
  private final LoadShape shape;
  private final Progress progress;

  LoadRun(Properties client, String cluster, LoadShape shape, Progress progress) {
    this.client = client;
    this.cluster = cluster;
    this.shape = shape;
    this.content = new SyntheticCluster(shape);
    this.progress = progress;
  }

  /**
   * @param syncLimit how long the decisions may take in all
   * @param changesPerSecond of Pods, after that
   * @param churn how long Pods change; zero for not at all
   * @param failovers how many nodes die after that, one after the other, and come back
   * @param allocatorPid for its memory
   * @throws LabException if not everything was decided within the limit, saying what is missing
   */
  LoadReport run(
      Duration syncLimit,
      int changesPerSecond,
      Duration churn,
      int failovers,
      Optional<Long> allocatorPid) {
    try (TopicWriter writer = TopicWriter.open(client, Map.of("linger.ms", "5"));
        TopicWriter beats = TopicWriter.open(client, Map.of());
        SyntheticAgents agents = new SyntheticAgents(beats, cluster, content);
        Arrivals arrivals = new Arrivals(client, cluster, agents)) {
      agents.start();
      long start = System.nanoTime();
      ClusterWriter objects = new ClusterWriter(writer, cluster, content);
      Thread writing = Thread.ofPlatform().name("load-writer").start(objects::writeAll);
      long written = awaitSync(arrivals, agents, objects, writing, start, syncLimit);
      double syncSeconds = seconds(arrivals.lastChangeNanos() - start);
      progress.done("everything is decided after %.1f s".formatted(syncSeconds));
      if (!churn.isZero() && changesPerSecond > 0) {
        progress.done(
            "for %d s, %d Pods change each second".formatted(churn.toSeconds(), changesPerSecond));
      }
      Changes changes = change(objects, arrivals, agents, changesPerSecond, churn);
      return new LoadReport(
          shape,
          shape.objects(),
          seconds(written - start),
          syncSeconds,
          Percentiles.of(changes.nanos()),
          changes.lost(),
          Percentiles.of(new NodeDeaths(content, arrivals, agents, progress).run(failovers)),
          allocatorPid.map(ProcessMemory::residentMebibytes));
    }
  }

  /** Returns when the last write was acknowledged. */
  private long awaitSync(
      Arrivals arrivals,
      SyntheticAgents agents,
      ClusterWriter objects,
      Thread writing,
      long start,
      Duration limit) {
    long written = 0;
    long nextWord = start + PROGRESS_NANOS;
    while (written == 0 || !isComplete(arrivals)) {
      arrivals.poll(POLL);
      agents.check();
      objects.check();
      long now = System.nanoTime();
      if (written == 0 && !writing.isAlive()) {
        written = now;
        progress.done("all objects are written");
      }
      if (now - nextWord >= 0) {
        nextWord = now + PROGRESS_NANOS;
        progress.done(soFar(arrivals));
      }
      if (now - start >= limit.toNanos()) {
        throw new LabException(
            "not everything was decided within %d s: %s"
                .formatted(limit.toSeconds(), soFar(arrivals)));
      }
    }
    return written;
  }

  private boolean isComplete(Arrivals arrivals) {
    return arrivals.pods() == shape.pods()
        && arrivals.cleared() == shape.pods()
        && arrivals.policies() == shape.policies()
        && arrivals.floatingIps() == shape.floatingIps();
  }

  private String soFar(Arrivals arrivals) {
    return "%d of %d Pods bound, %d cleared, %d of %d policies have their address, %d of %d addresses granted"
        .formatted(
            arrivals.pods(),
            shape.pods(),
            arrivals.cleared(),
            arrivals.policies(),
            shape.policies(),
            arrivals.floatingIps(),
            shape.floatingIps());
  }

  private record Changes(List<Long> nanos, int lost) {}

  /**
   * One Pod after the other, each at its time: a change that is late does not hold up the next, so
   * a stall counts for all that waited behind it.
   */
  private Changes change(
      ClusterWriter objects,
      Arrivals arrivals,
      SyntheticAgents agents,
      int perSecond,
      Duration duration) {
    int count = Math.min((int) (duration.toSeconds() * perSecond), shape.pods());
    List<BindingId.OfPod> bindings = new ArrayList<>();
    List<Long> due = new ArrayList<>();
    long start = System.nanoTime();
    long period = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
    while (bindings.size() < count) {
      long now = System.nanoTime();
      long next = start + bindings.size() * period;
      if (now - next >= 0) {
        int pod = bindings.size();
        BindingId.OfPod binding = bindingAfterChange(pod);
        arrivals.await(binding);
        bindings.add(binding);
        due.add(next);
        objects.write(content.podId(pod), content.pod(pod, 1));
      }
      arrivals.poll(Duration.ofNanos(Math.max(0, Math.min(next + period - now, period))));
      agents.check();
      objects.check();
    }
    long end = System.nanoTime() + CHANGE_LIMIT.toNanos();
    while (System.nanoTime() - end < 0 && lastIsMissing(arrivals, bindings)) {
      arrivals.poll(POLL);
    }
    return tally(arrivals, bindings, due);
  }

  private BindingId.OfPod bindingAfterChange(int pod) {
    ObjectId id = content.podId(pod);
    return new BindingId.OfPod(
        content.policyId(content.policyOf(pod, 1)).name(), id.namespace(), id.name());
  }

  private static boolean lastIsMissing(Arrivals arrivals, List<BindingId.OfPod> bindings) {
    return !bindings.isEmpty() && arrivals.arrivedAtNanos(bindings.getLast()).isEmpty();
  }

  private static Changes tally(Arrivals arrivals, List<BindingId.OfPod> bindings, List<Long> due) {
    List<Long> nanos = new ArrayList<>();
    int lost = 0;
    for (int i = 0; i < bindings.size(); i++) {
      Optional<Long> arrived = arrivals.arrivedAtNanos(bindings.get(i));
      if (arrived.isPresent()) {
        nanos.add(arrived.get() - due.get(i));
      } else {
        lost++;
      }
    }
    return new Changes(nanos, lost);
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }
}

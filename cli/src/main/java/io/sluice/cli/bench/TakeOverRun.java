package io.sluice.cli.bench;

import io.sluice.cli.core.Percentiles;
import io.sluice.cli.lab.ControlPlane;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.Program;
import io.sluice.cli.lab.Progress;
import io.sluice.cli.load.ClusterWriter;
import io.sluice.cli.load.LoadShape;
import io.sluice.cli.load.SyntheticAgents;
import io.sluice.cli.load.SyntheticCluster;
import io.sluice.kafka.TopicWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;

/** Kills the allocator that decides, again and again. */
final class TakeOverRun {

  private static final int NODES = 10;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(5);

  /** So that kills do not fall into step with beats, heartbeats and commits. */
  private static final int MOST_REST_MILLIS = 500;

  private static final int LEAST_REST_MILLIS = 500;

  private final ControlPlane plane;
  private final String cluster;
  private final Progress progress;
  private final SyntheticCluster content =
      new SyntheticCluster(new LoadShape(NODES, NODES, 2, NODES, 2, 2 * NODES));

  /**
   * What came of it.
   *
   * @param nanos from each kill to the first outcome of a later change
   * @param changes how often the policy was changed
   * @param wrong what was lost or doubled
   */
  record Outcome(List<Long> nanos, int changes, List<String> wrong) {}

  TakeOverRun(ControlPlane plane, String cluster, Progress progress) {
    this.plane = plane;
    this.cluster = cluster;
    this.progress = progress;
  }

  Outcome run(int kills) {
    try (TopicWriter writer = TopicWriter.open(plane.clientProperties(), Map.of());
        SyntheticAgents agents = new SyntheticAgents(writer, cluster, content);
        Admin admin = Admin.create(plane.clientProperties())) {
      agents.start();
      ClusterWriter objects = new ClusterWriter(writer, cluster, content);
      objects.writeAll();
      try (ChangingPolicy policy =
          ChangingPolicy.start(plane.clientProperties(), cluster, content, objects)) {
        List<Long> nanos = new ArrayList<>();
        ActiveAllocator active = new ActiveAllocator(admin, plane.allocators());
        for (int i = 0; i < kills; i++) {
          nanos.add(once(active, policy));
          agents.check();
          objects.check();
        }
        policy.stopChanging();
        await("every change has its outcome", policy::isComplete);
        return new Outcome(nanos, policy.written(), policy.wrong());
      }
    }
  }

  private long once(ActiveAllocator active, ChangingPolicy policy) {
    await("two allocators share the work", active::isSettled);
    rest();
    await("outcomes follow the changes", policy::isKeepingUp);
    Program victim = active.find();
    int before = policy.written();
    long killedAt = System.nanoTime();
    victim.kill();
    await("a change after the kill is decided", () -> policy.firstReadAfter(killedAt).isPresent());
    long took = policy.firstReadAfter(killedAt).orElseThrow() - killedAt;
    progress.done(
        "%s killed after %d changes, taken over after %d ms"
            .formatted(victim.name(), before, took / 1_000_000));
    victim.start();
    victim.awaitReady(LIMIT);
    return took;
  }

  private static void rest() {
    pause(
        Duration.ofMillis(
            LEAST_REST_MILLIS + ThreadLocalRandom.current().nextInt(MOST_REST_MILLIS)));
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end >= 0) {
        throw new LabException("not within %d s: %s".formatted(LIMIT.toSeconds(), what));
      }
      pause(LOOK);
    }
  }

  static BenchReport report(Outcome outcome, List<String> wrong) {
    Percentiles found = Percentiles.of(outcome.nanos());
    return new BenchReport(
        "takeover",
        "from the SIGKILL of the allocator that decides until the outcome of a later change was"
            + " read, by a consumer of committed records",
        "%d kills; %d nodes beat, and %d changes of a policy were written, one every %d ms"
            .formatted(found.count(), NODES, outcome.changes(), ChangingPolicy.INTERVAL_MILLIS),
        List.of(
            Figure.of("p50", found.p50Millis(), Figure.MILLIS),
            Figure.of("p99", found.p99Millis(), Figure.MILLIS),
            Figure.atMost(1_000, "max", found.maxMillis(), Figure.MILLIS)),
        wrong);
  }
}

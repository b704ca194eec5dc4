package io.sluice.cli.bench;

import io.sluice.cli.core.Percentiles;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.Progress;
import io.sluice.cli.load.Arrivals;
import io.sluice.cli.load.ClusterWriter;
import io.sluice.cli.load.LoadShape;
import io.sluice.cli.load.SyntheticAgents;
import io.sluice.cli.load.SyntheticCluster;
import io.sluice.kafka.TopicWriter;
import io.sluice.model.Gateway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Nodes die one after the other, and come back without being given anything for it. */
final class DecisionRun {

  /** The allocator's default. */
  private static final long SILENCE_MILLIS = 500;

  private static final int NODES_FOR_ADDRESS = 3;
  private static final int POLICIES = 3;
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /**
   * The first deaths are not measured: the compilers are at work for as long as this, in the
   * brokers as well. An allocator that has run for minutes has them behind it.
   */
  private static final int WARM_UP = 300;

  /** Of them, what is said all the same: how slow somebody is who has just started. */
  private static final int JUST_STARTED = 20;

  private final Properties client;
  private final String cluster;
  private final SyntheticCluster content;
  private final Progress progress;

  DecisionRun(Properties client, String cluster, int nodes, Progress progress) {
    this.client = client;
    this.cluster = cluster;
    this.content =
        new SyntheticCluster(
            new LoadShape(nodes, nodes, POLICIES, nodes, POLICIES, addresses(nodes)));
    this.progress = progress;
  }

  private static int addresses(int nodes) {
    return Math.max(nodes / NODES_FOR_ADDRESS, POLICIES);
  }

  /**
   * @throws LabException if a decision does not come within a minute
   */
  BenchReport run(int failovers, int brokers) {
    try (TopicWriter writer = TopicWriter.open(client, Map.of());
        TopicWriter beats = TopicWriter.open(client, Map.of());
        SyntheticAgents agents = new SyntheticAgents(beats, cluster, content);
        Arrivals arrivals = new Arrivals(client, cluster, agents)) {
      agents.start();
      ClusterWriter objects = new ClusterWriter(writer, cluster, content);
      objects.writeAll();
      // Else addresses would be on the move for reasons of their own.
      objects.write(content.gatewayId(), content.gateway(Gateway.Failback.NEVER));
      await(arrivals, agents, "every address has a node", () -> allGranted(arrivals));
      progress.done(
          "%d nodes beat, %d addresses are granted"
              .formatted(content.shape().nodes(), content.shape().floatingIps()));
      List<Long> warmUp = times(WARM_UP, arrivals, agents);
      progress.done("warmed up: %d nodes died and came back".formatted(WARM_UP));
      List<Long> nanos = times(failovers, arrivals, agents);
      progress.done("%d nodes died and came back".formatted(failovers));
      objects.check();
      return report(Percentiles.of(warmUp.subList(0, JUST_STARTED)), nanos, brokers);
    }
  }

  private List<Long> times(int failovers, Arrivals arrivals, SyntheticAgents agents) {
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < failovers; i++) {
      nanos.add(once(arrivals, agents));
    }
    return nanos;
  }

  private BenchReport report(Percentiles justStarted, List<Long> nanos, int brokers) {
    Percentiles found = Percentiles.of(nanos);
    long early = nanos.stream().filter(one -> one < 0).count();
    return new BenchReport(
        "decision",
        "from a node's deadline (the broker's time of its last beat + %d ms) until the last of its"
                .formatted(SILENCE_MILLIS)
            + " addresses was read as granted elsewhere, by a consumer of committed records",
        "%d nodes beat every 100 ms and carry %d addresses; %s; %d failovers"
            .formatted(
                content.shape().nodes(),
                content.shape().floatingIps(),
                brokers == 1 ? "one broker" : brokers + " brokers, of which two acknowledge",
                found.count()),
        List.of(
            brokers == 1
                ? Figure.atMost(6, "p50", found.p50Millis(), Figure.MILLIS)
                : Figure.of("p50", found.p50Millis(), Figure.MILLIS),
            Figure.atMost(brokers == 1 ? 15 : 25, "p99", found.p99Millis(), Figure.MILLIS),
            Figure.of("max", found.maxMillis(), Figure.MILLIS),
            Figure.of(
                "p50 of the first %d after the start".formatted(JUST_STARTED),
                justStarted.p50Millis(),
                Figure.MILLIS)),
        early == 0 ? List.of() : List.of(early + " decisions came before their deadline"));
  }

  private long once(Arrivals arrivals, SyntheticAgents agents) {
    int node = mostLoaded(arrivals);
    String name = content.nodeId(node).name();
    SyntheticAgents.Death death = agents.die(node);
    await(
        arrivals,
        agents,
        name + " has no address any more",
        () -> carriedBy(arrivals, name) == 0 && allGranted(arrivals));
    long readAt = arrivals.lastChangeEpochNanos();
    agents.comeBack(node, death);
    return readAt - TimeUnit.MILLISECONDS.toNanos(death.lastBeatLogMillis() + SILENCE_MILLIS);
  }

  private int mostLoaded(Arrivals arrivals) {
    return IntStream.range(0, content.shape().gatewayNodes())
        .boxed()
        .max(Comparator.comparingInt(node -> carriedBy(arrivals, content.nodeId(node).name())))
        .orElseThrow();
  }

  private static int carriedBy(Arrivals arrivals, String node) {
    return Collections.frequency(arrivals.holders(), node);
  }

  private boolean allGranted(Arrivals arrivals) {
    return arrivals.floatingIps() == content.shape().floatingIps();
  }

  private static void await(
      Arrivals arrivals, SyntheticAgents agents, String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end >= 0) {
        throw new LabException("not within %d s: %s".formatted(LIMIT.toSeconds(), what));
      }
      arrivals.poll(POLL);
      agents.check();
    }
  }
}

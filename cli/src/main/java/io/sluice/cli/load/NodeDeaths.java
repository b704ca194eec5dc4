package io.sluice.cli.load;

import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Gateway nodes die one after the other, each the one that carries most, and come back. */
final class NodeDeaths {

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final SyntheticCluster content;
  private final Arrivals arrivals;
  private final SyntheticAgents agents;
  private final Progress progress;

  NodeDeaths(
      SyntheticCluster content, Arrivals arrivals, SyntheticAgents agents, Progress progress) {
    this.content = content;
    this.arrivals = arrivals;
    this.agents = agents;
    this.progress = progress;
  }

  /** From each node's last beat until all it carried was granted elsewhere, in nanoseconds. */
  List<Long> run(int count) {
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nanos.add(once());
    }
    if (count > 0) {
      progress.done("%d nodes died and came back".formatted(count));
    }
    return nanos;
  }

  private long once() {
    int node = mostLoaded();
    SyntheticAgents.Death death = agents.die(node);
    String name = content.nodeId(node).name();
    await(name + " has no address any more", () -> carriedBy(name) == 0 && allGranted());
    long nanos = arrivals.lastChangeNanos() - death.lastBeatNanos();
    agents.comeBack(node, death);
    await(name + " is given an address again", () -> carriedBy(name) > 0 && allGranted());
    return nanos;
  }

  private int mostLoaded() {
    return IntStream.range(0, content.shape().gatewayNodes())
        .boxed()
        .max(Comparator.comparingInt(node -> carriedBy(content.nodeId(node).name())))
        .orElseThrow();
  }

  private int carriedBy(String node) {
    return Collections.frequency(arrivals.holders(), node);
  }

  private boolean allGranted() {
    return arrivals.floatingIps() == content.shape().floatingIps();
  }

  private void await(String what, BooleanSupplier condition) {
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

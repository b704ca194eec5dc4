package io.sluice.cli.load;

import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Gateway nodes die one after the other, each the one that carries most, and come back. The next
 * one dies as soon as the last is heard again: that it is given addresses again takes a while, and
 * the longer the more often it died.
 */
final class NodeDeaths {

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);

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

  /**
   * From each node's last beat until all it carried was granted elsewhere, in nanoseconds.
   *
   * @throws LabException if that takes longer than a minute, naming the node and what it carries
   */
  List<Long> run(int count) {
    List<Long> nanos = new ArrayList<>();
    long nextWord = System.nanoTime() + PROGRESS_NANOS;
    while (nanos.size() < count) {
      nanos.add(once());
      if (System.nanoTime() - nextWord >= 0 && nanos.size() < count) {
        nextWord = System.nanoTime() + PROGRESS_NANOS;
        progress.done("%d of %d nodes died and came back".formatted(nanos.size(), count));
      }
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
    awaitGrantedElsewhere(name);
    long nanos = arrivals.lastChangeNanos() - death.lastBeatNanos();
    agents.comeBack(node, death);
    agents.awaitBeat(node);
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

  private void awaitGrantedElsewhere(String node) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (carriedBy(node) > 0 || !allGranted()) {
      if (System.nanoTime() - end >= 0) {
        throw new LabException(
            "%s died, and %d s later it still has %d addresses, and %d of %d are granted at all"
                .formatted(
                    node,
                    LIMIT.toSeconds(),
                    carriedBy(node),
                    arrivals.floatingIps(),
                    content.shape().floatingIps()));
      }
      arrivals.poll(POLL);
      agents.check();
    }
  }
}

package io.sluice.cli.load;

import io.sluice.cli.lab.LabException;
import io.sluice.kafka.TopicWriter;
import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment;
import io.sluice.model.Heartbeat;
import io.sluice.model.IpAddress;
import io.sluice.model.NodeKey;
import io.sluice.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Agents without a kernel: they beat, and report every grant as carried out as soon as they read
 * it. Without them no floating IP would have a node to be on. Their beats are spread evenly over
 * the interval, as those of real agents are.
 */
public final class SyntheticAgents implements AutoCloseable {

  static final int INTERVAL_MILLIS = 100;
  private static final String INSTANCE = "load";

  private final TopicWriter writer;
  private final String cluster;
  private final SyntheticCluster content;
  private final List<SortedMap<IpAddress, Applied>> applied = new ArrayList<>();

  /** The lease session of each node that beats. */
  private final Map<Integer, Long> sessions = new ConcurrentHashMap<>();

  private final ScheduledExecutorService beats =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("load-beats").daemon().factory());
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private final Map<Integer, SentBeat> lastBeats = new ConcurrentHashMap<>();
  private long millis;

  private record SentBeat(long nanos, Future<RecordMetadata> acknowledgement) {}

  /**
   * The end of a node.
   *
   * @param session its session, to resume after
   * @param lastBeatNanos when its last beat was sent, by {@link System#nanoTime()}
   * @param lastBeatLogMillis the time that the broker put on that beat
   */
  public record Death(long session, long lastBeatNanos, long lastBeatLogMillis) {}

  public SyntheticAgents(TopicWriter writer, String cluster, SyntheticCluster content) {
    this.writer = writer;
    this.cluster = cluster;
    this.content = content;
    for (int node = 0; node < content.shape().gatewayNodes(); node++) {
      applied.add(new TreeMap<>());
      sessions.put(node, 1L);
    }
  }

  /** Reports all nodes, and begins to beat. */
  public void start() {
    for (int node = 0; node < applied.size(); node++) {
      report(node);
    }
    beats.scheduleAtFixedRate(this::beat, 0, 1, TimeUnit.MILLISECONDS);
  }

  /** Every millisecond, one in a hundred of them. */
  private void beat() {
    long turn = millis % INTERVAL_MILLIS;
    long sequence = millis / INTERVAL_MILLIS + 1;
    millis++;
    for (int node = (int) turn; node < applied.size(); node += INTERVAL_MILLIS) {
      beat(node, sequence);
    }
  }

  private synchronized void beat(int node, long sequence) {
    Long session = sessions.get(node);
    if (session != null) {
      Future<RecordMetadata> acknowledgement =
          writer.send(
              Topics.HEARTBEATS,
              key(node),
              new Heartbeat(INSTANCE, session, sequence, INTERVAL_MILLIS, Heartbeat.Intent.RUNNING),
              noteFailure());
      lastBeats.put(node, new SentBeat(System.nanoTime(), acknowledgement));
      notifyAll();
    }
  }

  /** A node dies: it beats no more and reports nothing. It must have beaten before. */
  public Death die(int node) {
    long session;
    synchronized (this) {
      session = sessions.remove(node);
    }
    SentBeat last = lastBeats.get(node);
    try {
      return new Death(session, last.nanos(), last.acknowledgement().get().timestamp());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw new LabException("the last beat was not taken: " + e.getCause(), e);
    }
  }

  /** The node is back, with a new session that holds nothing. */
  public void comeBack(int node, Death death) {
    applied.set(node, new TreeMap<>());
    lastBeats.remove(node);
    sessions.put(node, death.session() + 1);
    report(node);
  }

  /** Waits until Kafka has a beat of a node that has come back. */
  void awaitBeat(int node) {
    try {
      sentBeat(node).acknowledgement().get();
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw new LabException("a beat was not taken: " + e.getCause(), e);
    }
  }

  private synchronized SentBeat sentBeat(int node) throws InterruptedException {
    while (!lastBeats.containsKey(node)) {
      wait(INTERVAL_MILLIS);
      check();
    }
    return lastBeats.get(node);
  }

  /** Takes in what was read in one go, and reports once for each node that it concerns. */
  void read(SortedMap<IpAddress, Assignment> assignments) {
    for (int node = 0; node < applied.size(); node++) {
      Long session = sessions.get(node);
      if (session != null) {
        read(node, session, assignments);
      }
    }
  }

  private void read(int node, long session, SortedMap<IpAddress, Assignment> assignments) {
    SortedMap<IpAddress, Applied> now = new TreeMap<>(applied.get(node));
    String name = content.nodeId(node).name();
    assignments.forEach((ip, assignment) -> apply(name, session, ip, assignment, now));
    if (!now.equals(applied.get(node))) {
      applied.set(node, now);
      report(node);
    }
  }

  private static void apply(
      String node,
      long session,
      IpAddress ip,
      Assignment assignment,
      SortedMap<IpAddress, Applied> ofNode) {
    Optional<Assignment.Holder> ours =
        assignment.holder().filter(holder -> holder.node().equals(node));
    boolean next =
        assignment.isBeingPrepared()
            && assignment
                .successor()
                .filter(
                    successor -> successor.node().equals(node) && successor.session() == session)
                .isPresent();
    boolean here = ours.isPresent();
    boolean ofSession = ours.filter(holder -> holder.session() == session).isPresent();
    if (ofSession && assignment.state() == Assignment.State.GRANTED) {
      ofNode.put(ip, new Applied(ip, assignment.epoch(), AppliedState.HELD));
    } else if (next) {
      ofNode.put(ip, new Applied(ip, assignment.epoch(), AppliedState.PREPARED));
    } else if (here || ofNode.containsKey(ip)) {
      ofNode.put(ip, new Applied(ip, assignment.epoch(), AppliedState.RELEASED));
    }
  }

  private void report(int node) {
    writer.send(
        Topics.AGENTS,
        key(node),
        new AgentReport(
            INSTANCE,
            sessions.get(node),
            "load",
            content.nic(node),
            List.copyOf(applied.get(node).values()),
            Optional.empty(),
            Optional.of(new AgentReport.Leases(4L * INTERVAL_MILLIS, 4L * INTERVAL_MILLIS)),
            Optional.empty()),
        noteFailure());
  }

  private NodeKey key(int node) {
    return new NodeKey(cluster, content.nodeId(node).name());
  }

  private Callback noteFailure() {
    return (_, problem) -> {
      if (problem != null) {
        failure.compareAndSet(null, new IllegalStateException("a beat was not taken", problem));
      }
    };
  }

  /**
   * @throws RuntimeException if Kafka refused a beat or a report
   */
  public void check() {
    RuntimeException problem = failure.get();
    if (problem != null) {
      throw problem;
    }
  }

  @Override
  public void close() {
    beats.shutdownNow();
  }
}

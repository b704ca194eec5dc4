package io.sluice.allocator.kafka;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.model.AgentReport;
import io.sluice.model.ClusterScoped;
import io.sluice.model.Gateway;
import io.sluice.model.Gateway.Failback;
import io.sluice.model.Heartbeat;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.LabelSelector;
import io.sluice.model.LeaseMode;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.NodeKey;
import io.sluice.model.ObjectId;
import io.sluice.model.ObjectKey;
import io.sluice.model.Policy;
import io.sluice.model.Resource;
import io.sluice.model.Workload;
import io.sluice.schemas.Topic;
import io.sluice.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays the work of an active instance through once, before it is needed. An instance that stands
 * by does nothing of it, so at a take-over a second would go into loading classes and interpreting
 * them. Both topologies run in Kafka's own test driver, which is the real engine without a network;
 * nothing of it is seen outside.
 */
public final class Rehearsal {

  /** The cluster that is decided upon; no real one's name has parentheses. */
  static final String CLUSTER = "(rehearsal)";

  private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);

  private static final int NODES = 3;
  private static final int ROUNDS = 30;
  private static final int TICK_MILLIS = 2;
  private static final int BEAT_MILLIS = 100;
  private static final long START_MILLIS = 1_000_000_000;
  private static final Metadata METADATA = new Metadata("uid", "1", 1, 1);
  private static final ObjectId POLICY = ObjectId.policy("rehearsal");

  private final AtomicLong nowMillis = new AtomicLong(START_MILLIS);
  private final Properties properties;
  private TopologyTestDriver driver;

  private Rehearsal(AllocatorMetrics metrics, StreamsSettings settings) {
    properties = settings.properties("rehearsal", new Properties(), metrics);
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:1");
  }

  /** Begins, on a thread of its own. It may go on while the real applications start. */
  public static void start(AllocationSettings allocation, StreamsSettings settings) {
    Thread.ofPlatform().daemon().name("rehearsal").start(() -> run(allocation, settings));
  }

  static void run(AllocationSettings allocation, StreamsSettings settings) {
    long start = System.nanoTime();
    // What is counted here has not happened.
    AllocatorMetrics metrics = new AllocatorMetrics(new PrometheusRegistry(), allocation);
    Rehearsal rehearsal = new Rehearsal(metrics, settings);
    rehearsal.play(
        Topologies.allocation(allocation, rehearsal.nowMillis::get, metrics), rehearsal::allocate);
    rehearsal.play(Topologies.selection(rehearsal.nowMillis::get, metrics), rehearsal::select);
    log.info("rehearsed within {} ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
  }

  private void play(Topology topology, Runnable script) {
    try (TopologyTestDriver opened =
        new TopologyTestDriver(topology, properties, Instant.ofEpochMilli(nowMillis.get()))) {
      driver = opened;
      script.run();
    }
  }

  /** Nodes fall silent and come back, and policies change. */
  private void allocate() {
    write(
        new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "rehearsal"),
        new Gateway(
            METADATA,
            List.of("10.40.1.100-10.40.1.103"),
            Optional.empty(),
            Failback.GRADUAL,
            LeaseMode.AVAILABLE));
    for (int n = 1; n <= NODES; n++) {
      write(
          ObjectId.node(name(n)),
          new Node(METADATA, Map.of(), List.of("10.40.0." + n), List.of(), true, false));
    }
    for (int round = 0; round < ROUNDS; round++) {
      write(POLICY, policy(round));
      for (int n = 1; n <= NODES; n++) {
        boolean silent = n == round / 10 % NODES + 1;
        if (!silent) {
          report(n, round / 10);
          beat(n, round);
        }
      }
      pass(BEAT_MILLIS);
    }
  }

  private void select() {
    write(POLICY, policy(0));
    writeWorkload(ObjectId.namespace("rehearsal"), new Workload.Namespace(METADATA, Map.of()));
    for (int round = 0; round < ROUNDS; round++) {
      writeWorkload(
          ObjectId.pod("rehearsal", "pod-" + round),
          new Workload.Pod(
              METADATA,
              Map.of(),
              List.of(IpAddress.parse("10.244.1." + (round + 1))),
              name(1),
              false,
              false));
      pass(BEAT_MILLIS);
    }
  }

  private static Policy policy(int round) {
    return new Policy(
        METADATA,
        List.of(new Policy.Source(LabelSelector.EVERYTHING, LabelSelector.EVERYTHING)),
        Policy.Action.SNAT,
        List.of("203.0.113.%d/32".formatted(round)),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  private void report(int n, int round) {
    AgentReport.Nic nic =
        new AgentReport.Nic(
            "eth0",
            "02:00:00:00:00:0" + n,
            List.of(InterfaceAddress.parse("10.40.0.%d/16".formatted(n))));
    send(
        Topics.AGENTS,
        new NodeKey(CLUSTER, name(n)),
        new AgentReport(name(n), round, "1", nic, List.of(), Optional.empty()));
  }

  private void beat(int n, int round) {
    send(
        Topics.HEARTBEATS,
        new NodeKey(CLUSTER, name(n)),
        new Heartbeat(name(n), round / 10, round, BEAT_MILLIS, Heartbeat.Intent.RUNNING));
  }

  private static String name(int n) {
    return "node-" + n;
  }

  private void write(ObjectId id, Resource resource) {
    send(Topics.RESOURCES, new ObjectKey(CLUSTER, id), resource);
  }

  private void writeWorkload(ObjectId id, Workload workload) {
    send(Topics.WORKLOADS, new ObjectKey(CLUSTER, id), workload);
  }

  private <K extends ClusterScoped, V> void send(Topic<K, V> topic, K key, V value) {
    driver
        .createInputTopic(
            topic.name(), topic.keySerde().serializer(), topic.valueSerde().serializer())
        .pipeInput(key, value, nowMillis.get());
  }

  private void pass(int millis) {
    for (int passed = 0; passed < millis; passed += TICK_MILLIS) {
      nowMillis.addAndGet(TICK_MILLIS);
      driver.advanceWallClockTime(Duration.ofMillis(TICK_MILLIS));
    }
  }
}

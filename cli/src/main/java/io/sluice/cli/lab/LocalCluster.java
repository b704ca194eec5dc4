package io.sluice.cli.lab;

import io.sluice.cli.lab.LabSpec.NodeSpec;
import io.sluice.schemas.TopicCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * A whole Sluice cluster on this machine: the lab's network, a Kafka broker, watcher, allocators,
 * an agent on each node, and the outside host. Closing it leaves nothing behind but the directory
 * of its logs and manifests.
 */
public final class LocalCluster implements AutoCloseable {

  /** The cluster's name on the topics. */
  public static final String NAME = "local";

  /** Where Kafka is, for everyone in the lab. */
  public static final String BOOTSTRAP_SERVERS = Lab.UNDERLAY_ADDRESS + ":" + Programs.KAFKA_PORT;

  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final String DRAIN_LABEL = "networking.sluice.io/drain";

  private final LabSpec spec;
  private final Directories directories;
  private final Manifests manifests;
  private final Optional<ClusterApi> api;
  private final Lab lab;
  private final Programs programs;
  private final List<Program> allocators = new ArrayList<>();
  private final SortedMap<String, Program> agents = new TreeMap<>();
  private final List<AutoCloseable> parts = new ArrayList<>();
  private OutsideHost outside;
  private Program broker;
  private Program watcher;
  private KafkaView view;

  /**
   * Where a cluster keeps its files.
   *
   * @param manifests what the watcher reads
   * @param status where the watcher writes the status of each object
   * @param logs one file for each program
   * @param scratch the broker's data, better in memory
   */
  public record Directories(Path manifests, Path status, Path logs, Path scratch) {

    /** Fresh directories below the sandbox's own, which go away with it. */
    public static Directories temporary() {
      try {
        Path root =
            Files.createTempDirectory(Files.createDirectories(Sandbox.scratch()), "cluster-");
        return new Directories(
            root.resolve("manifests"),
            root.resolve("status"),
            root.resolve("logs"),
            root.resolve("scratch"));
      } catch (IOException e) {
        throw new LabException("cannot make a directory: " + e.getMessage(), e);
      }
    }
  }

  private LocalCluster(LabSpec spec, Directories directories, Optional<ClusterApi> api) {
    this.spec = spec;
    this.api = api;
    this.directories = directories;
    this.manifests = new Manifests(directories.manifests());
    this.lab = Lab.create(spec);
    this.parts.add(lab);
    this.programs = new Programs(spec, directories, lab);
  }

  /** Starts a cluster with temporary directories. */
  public static LocalCluster start(LabSpec spec, Progress progress) {
    return start(spec, Directories.temporary(), progress);
  }

  /**
   * Starts everything and returns when every agent has reported.
   *
   * @throws LabException if something does not start; then nothing is left running
   */
  public static LocalCluster start(LabSpec spec, Directories directories, Progress progress) {
    return start(spec, directories, Optional.empty(), progress);
  }

  /**
   * The same.
   *
   * @param api what the watcher follows, instead of manifests, which then nobody reads; closed with
   *     the cluster
   */
  public static LocalCluster start(
      LabSpec spec, Directories directories, Optional<ClusterApi> api, Progress progress) {
    LocalCluster cluster = new LocalCluster(spec, directories, api);
    try {
      cluster.bringUp(progress);
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private void bringUp(Progress progress) {
    progress.done(
        "network: %d nodes on a bridge, %d Pods behind them, one host outside"
            .formatted(spec.nodes().size(), spec.pods().size()));
    outside = closeLater(OutsideHost.start(lab));
    api.map(this::closeLater)
        .ifPresentOrElse(server -> server.write(spec), () -> manifests.writeCluster(spec));
    broker = closeLater(programs.broker());
    // The others find the broker by themselves, and load their classes in the meantime.
    watcher = closeLater(programs.watcher(api));
    for (int number = 1; number <= spec.settings().allocators(); number++) {
      allocators.add(closeLater(programs.allocator(number)));
    }
    for (NodeSpec node : spec.nodes()) {
      agents.put(node.name(), closeLater(programs.agent(node)));
    }
    broker.awaitReady(START_LIMIT);
    progress.done("Kafka: a broker of its own on " + BOOTSTRAP_SERVERS);
    view = closeLater(openView());
    watcher.awaitReady(START_LIMIT);
    progress.done(
        api.map(server -> "watcher: follows the API server at " + server.address())
            .orElse("watcher: reads manifests from " + manifests.directory()));
    allocators.forEach(allocator -> allocator.awaitReady(START_LIMIT));
    progress.done(
        allocators.size() == 1
            ? "allocator: decides which node carries which address"
            : "allocators: %d; one decides which node carries which address, others stand by"
                .formatted(allocators.size()));
    agents.values().forEach(agent -> agent.awaitReady(START_LIMIT));
    view.await(
        "every agent has reported itself",
        START_LIMIT,
        state -> state.agents().keySet().containsAll(agents.keySet()));
    progress.done("agents: one on each of " + String.join(", ", agents.keySet()));
  }

  private KafkaView openView() {
    Properties client = clientProperties();
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, BOOTSTRAP_SERVERS))) {
      TopicCatalogue.ensure(admin, 1, (short) 1);
    }
    return KafkaView.open(client, NAME);
  }

  private <T extends AutoCloseable> T closeLater(T part) {
    parts.add(part);
    return part;
  }

  /** What a Kafka client needs to reach the broker from the sandbox's own namespace. */
  public static Properties clientProperties() {
    Properties properties = new Properties();
    properties.setProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, BOOTSTRAP_SERVERS);
    return properties;
  }

  public LabSpec spec() {
    return spec;
  }

  public Lab lab() {
    return lab;
  }

  public Directories directories() {
    return directories;
  }

  public OutsideHost outside() {
    return outside;
  }

  public KafkaView view() {
    return view;
  }

  public Program broker() {
    return broker;
  }

  public Program watcher() {
    return watcher;
  }

  /** The first allocator, or the only one. */
  public Program allocator() {
    return allocators.getFirst();
  }

  /** All allocators. Which of them decides is settled among them. */
  public List<Program> allocators() {
    return Collections.unmodifiableList(allocators);
  }

  /** The agent of a node. */
  public Program agent(String node) {
    return Optional.ofNullable(agents.get(spec.node(node).name())).orElseThrow();
  }

  /** Every program, the broker first. */
  public List<Program> programs() {
    List<Program> all = new ArrayList<>(List.of(broker, watcher));
    all.addAll(allocators);
    all.addAll(agents.values());
    return all;
  }

  /** A Pod, to talk to the outside from. */
  public LabPod pod(String name) {
    return new LabPod(spec.pod(name), spec.podAddress(name), lab.host(name));
  }

  /** Writes a manifest for the watcher, in the place of an earlier one of this file name. */
  public void apply(String fileName, String yaml) {
    manifests.write(fileName, yaml);
  }

  /** Copies a manifest for the watcher. */
  public void apply(Path file) {
    try {
      apply(file.getFileName().toString(), Files.readString(file));
    } catch (IOException e) {
      throw new LabException("cannot read manifest %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Takes a manifest away. */
  public void delete(String fileName) {
    manifests.delete(fileName);
  }

  /**
   * Takes Pods out of Kubernetes, and only there: each keeps its network, as one has that was
   * created so lately that nobody has heard of it. All others are there.
   */
  public void withholdPods(String... names) {
    manifests.writePods(spec, Set.of(names));
  }

  /** A power cut: the node's cable is dead, and so is its agent, without a farewell. */
  public void killNode(String node) {
    lab.unplug(node);
    agent(node).kill();
  }

  /** The node's cable is dead; its agent goes on, alone. */
  public void isolateNode(String node) {
    lab.unplug(node);
  }

  /** Which direction of the way between a node and Kafka is cut. */
  public enum KafkaCut {
    /** What the node sends is lost. */
    SENDING,
    /** What Kafka sends is lost. */
    HEARING,
    BOTH
  }

  /**
   * Loses packets between a node and Kafka, and no others, without a word to either; in the place
   * of an earlier cut.
   */
  public void cutFromKafka(String node, KafkaCut cut) {
    lab.cut(node, Programs.KAFKA_PORT, cut != KafkaCut.HEARING, cut != KafkaCut.SENDING);
  }

  /** Ends the cut. */
  public void mendKafka() {
    lab.mend();
  }

  /** Labels a node to be drained of its floating IPs. */
  public void drain(String node) {
    manifests.writeNodes(spec.withLabel(node, DRAIN_LABEL, "true"));
  }

  /** No node is to be drained. */
  public void undrain() {
    manifests.writeNodes(spec);
  }

  /** Cable and agent are back. */
  public void restoreNode(String node) {
    lab.plug(node);
    if (!agent(node).isAlive()) {
      agent(node).start();
    }
  }

  /**
   * Waits until a floating IP is granted to a node that the condition accepts, and that node's
   * agent says its kernel carries it.
   *
   * @return the node
   */
  public String awaitCarrier(String floatingIp, Duration limit, Predicate<String> accepted) {
    return view.await(
            floatingIp + " is carried by a node as expected",
            limit,
            state -> state.carrier(floatingIp).filter(accepted).isPresent())
        .carrier(floatingIp)
        .orElseThrow();
  }

  /**
   * Lets the programs end in their own way, all at once, and then closes. The broker's data goes
   * away with it, so it need not say goodbye.
   */
  public void shutDown() {
    stopTogether(programs().stream().filter(program -> program != broker).toList());
    close();
  }

  private static void stopTogether(List<Program> programs) {
    List<Thread> stopping =
        programs.stream().map(program -> Thread.ofVirtual().start(program::stop)).toList();
    try {
      for (Thread thread : stopping) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends everything, the newest part first. Goes on when a part fails, and says so at the end. */
  @Override
  public void close() {
    LabException failure = null;
    for (AutoCloseable part : parts.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new LabException("could not end all of the local cluster", e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    parts.clear();
    if (failure != null) {
      throw failure;
    }
  }
}

package io.sluice.cli.chaos;

import io.sluice.cli.chaos.core.Fault;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.LabSpec.NodeSpec;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.LocalCluster.KafkaCut;
import io.sluice.cli.lab.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Makes a fault, and undoes it. */
final class Injection {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final List<String> KEEP = List.of("--keep-on-stop");

  private final LocalCluster cluster;
  private final Fault fault;
  private Program allocator;

  Injection(LocalCluster cluster, Fault fault) {
    this.cluster = cluster;
    this.fault = fault;
    this.allocator = cluster.allocator();
  }

  /** To be called when the cluster has settled: from now on this is about who decides now. */
  void chooseAllocator() {
    allocator =
        cluster.allocators().stream()
            .filter(Program::isAlive)
            .max(Comparator.comparing(Injection::newestDecision))
            .orElseThrow();
  }

  /** The last line that an allocation of this process logged; lines begin with their time. */
  private static String newestDecision(Program allocator) {
    try (Stream<String> lines = Files.lines(allocator.log())) {
      return lines
          .filter(line -> line.contains("sluice-allocation-") && line.contains(" Decisions: "))
          .reduce("", (_, later) -> later);
    } catch (IOException e) {
      throw new LabException("cannot read %s: %s".formatted(allocator.log(), e.getMessage()), e);
    }
  }

  /**
   * Whether there has to be something before the fault can be made that a cluster does not have.
   */
  boolean needsPreparation() {
    return fault == Fault.ANNOUNCED_RESTART;
  }

  /**
   * Brings the address to an agent that will announce a restart: all others are restarted so, and
   * then the holder is told to stop.
   */
  void prepare(String holder) {
    others(holder).forEach(Program::stop);
    others(holder).forEach(agent -> agent.start(KEEP));
    others(holder).forEach(agent -> agent.awaitReady(LIMIT));
    restart(holder);
  }

  /** Makes the agents ordinary again that were prepared. */
  void tidyUp(String victim) {
    if (needsPreparation()) {
      others(victim).forEach(Program::kill);
      others(victim).forEach(Program::start);
      others(victim).forEach(agent -> agent.awaitReady(LIMIT));
    }
  }

  private Stream<Program> others(String node) {
    return cluster.spec().nodes().stream()
        .map(NodeSpec::name)
        .filter(name -> !name.equals(node))
        .map(cluster::agent);
  }

  private void restart(String node) {
    cluster.agent(node).stop();
    cluster.agent(node).start();
    cluster.agent(node).awaitReady(LIMIT);
  }

  /** Returns when it is done, which for some is at once. */
  void make(String victim) {
    Program agent = cluster.agent(victim);
    switch (fault) {
      case AGENT_KILLED -> agent.kill();
      case AGENT_FROZEN_1S, AGENT_FROZEN_10S, AGENT_FROZEN -> agent.freeze();
      case NIC_DOWN -> cluster.isolateNode(victim);
      case NODE_CRASH -> cluster.killNode(victim);
      case KAFKA_CUT -> cluster.cutFromKafka(victim, KafkaCut.BOTH);
      case KAFKA_CUT_SENDING -> cluster.cutFromKafka(victim, KafkaCut.SENDING);
      case KAFKA_CUT_HEARING -> cluster.cutFromKafka(victim, KafkaCut.HEARING);
      case KAFKA_FROZEN -> cluster.broker().freeze();
      case KAFKA_KILLED -> cluster.broker().kill();
      case DRAIN -> cluster.drain(victim);
      case GRACEFUL_STOP -> agent.stop();
      case ANNOUNCED_RESTART -> restart(victim);
      case ALLOCATOR_KILLED -> allocator.kill();
      case ALLOCATOR_AND_NODE -> {
        allocator.kill();
        cluster.killNode(victim);
      }
    }
  }

  /** Undoes it, and returns when what was started is ready. */
  void heal(String victim) {
    Program agent = cluster.agent(victim);
    switch (fault) {
      case AGENT_KILLED, GRACEFUL_STOP -> startAgain(agent);
      case AGENT_FROZEN_1S, AGENT_FROZEN_10S -> agent.thaw();
      case AGENT_FROZEN -> {
        agent.kill();
        startAgain(agent);
      }
      case NIC_DOWN -> cluster.restoreNode(victim);
      case NODE_CRASH -> restoreNode(victim);
      case KAFKA_CUT, KAFKA_CUT_SENDING, KAFKA_CUT_HEARING -> cluster.mendKafka();
      case KAFKA_FROZEN -> cluster.broker().thaw();
      case KAFKA_KILLED -> startAgain(cluster.broker());
      case DRAIN -> cluster.undrain();
      case ANNOUNCED_RESTART -> {
        // It is back already.
      }
      case ALLOCATOR_KILLED -> startAgain(allocator);
      case ALLOCATOR_AND_NODE -> {
        startAgain(allocator);
        restoreNode(victim);
      }
    }
  }

  private static void startAgain(Program program) {
    program.start();
    program.awaitReady(LIMIT);
  }

  private void restoreNode(String victim) {
    cluster.restoreNode(victim);
    cluster.agent(victim).awaitReady(LIMIT);
  }
}

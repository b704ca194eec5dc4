package io.sluice.simulator;

import io.sluice.agent.AgentLoop.Phase;
import io.sluice.agent.core.AgentState;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.LeakGuardMode;
import io.sluice.allocator.core.allocation.AllocationState;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.IpAddress;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the cluster must come to once the faults have stopped. */
final class Convergence {

  private final World world;
  private final List<SimulatedNode> nodes;
  private final List<IpAddress> addresses;
  private final AllocatorGroup allocators;

  Convergence(
      World world,
      List<SimulatedNode> nodes,
      List<IpAddress> addresses,
      AllocatorGroup allocators) {
    this.world = world;
    this.nodes = nodes;
    this.addresses = addresses;
    this.allocators = allocators;
  }

  /** Why not every address is answered for by its holder and nobody else; empty if it is so. */
  Optional<String> notPlaced() {
    if (allocators.state().isEmpty()) {
      return Optional.of("no allocator");
    }
    AllocationState state = allocators.state().get();
    SortedSet<IpAddress> wanted = new TreeSet<>(state.pool().owners().keySet());
    for (IpAddress ip : addresses) {
      List<String> answering =
          world.wire().answering(ip).stream().map(SimulatedNode::name).toList();
      Assignment assignment = state.assignments().get(ip);
      List<String> holder =
          Optional.ofNullable(assignment)
              .filter(newest -> newest.state() == Assignment.State.GRANTED)
              .flatMap(Assignment::holder)
              .map(Holder::node)
              .stream()
              .toList();
      if (holder.isEmpty() == wanted.contains(ip) || !answering.equals(holder)) {
        return Optional.of(
            "%s is answered by %s, decided: %s"
                .formatted(
                    ip, answering, assignment == null ? "nothing" : Words.of(ip, assignment)));
      }
    }
    return Optional.empty();
  }

  /** Why the nodes are not all as they should be; empty if they are. */
  Optional<String> notSettled() {
    return notPlaced().or(this::kernelsDiffer).or(this::unbalanced);
  }

  private Optional<String> kernelsDiffer() {
    Input.TopicsRead topics = world.kafka().compacted();
    for (SimulatedNode node : nodes) {
      if (node.agent().filter(run -> run.phase() == Phase.RUNNING).isEmpty()) {
        return Optional.of(node.name() + " has no running agent");
      }
      AgentState fresh = new AgentState(node.name(), LeakGuardMode.CLOSED);
      fresh.readAll(topics.assignments(), topics.bindings());
      KernelMeaning desired =
          KernelMeaning.of(fresh.tables(grantedTo(node.name(), topics), node.nic()));
      KernelMeaning actual = KernelMeaning.of(node.kernel().tables());
      if (!actual.equals(desired)) {
        return Optional.of(
            "the kernel of %s differs from what was decided:%n  %s%ninstead of%n  %s"
                .formatted(node.name(), actual, desired));
      }
    }
    return Optional.empty();
  }

  private static SortedSet<IpAddress> grantedTo(String node, Input.TopicsRead topics) {
    SortedSet<IpAddress> granted = new TreeSet<>();
    topics
        .assignments()
        .forEach((ip, assignment) -> {
          if (assignment.state() == Assignment.State.GRANTED
              && assignment.holder().orElseThrow().node().equals(node)) {
            granted.add(ip);
          }
        });
    return granted;
  }

  private Optional<String> unbalanced() {
    SortedMap<String, Integer> loads = new TreeMap<>();
    nodes.forEach(node -> loads.put(node.name(), node.kernel().tables().held().size()));
    int most = Collections.max(loads.values());
    int least = Collections.min(loads.values());
    return most - least > 1 ? Optional.of("unbalanced: " + loads) : Optional.empty();
  }
}

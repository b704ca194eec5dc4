package io.sluice.simulator;

import io.sluice.agent.core.DataPlaneException;
import io.sluice.agent.core.LeaseFence;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;

/**
 * How an agent's process reaches the fence of its kernel. Like the real edge it turns the end on
 * the monotonic clock into a duration, and may stand still before the kernel hears of it.
 */
final class FenceEdge implements LeaseFence {

  private final World world;
  private final SimulatedNode node;
  private final AgentRun agent;

  FenceEdge(World world, SimulatedNode node, AgentRun agent) {
    this.world = world;
    this.node = node;
    this.agent = agent;
  }

  private SimulatedFence fence() {
    return node.kernel().fence();
  }

  @Override
  public void admit(SortedMap<LeaseMode, SortedSet<IpAddress>> addresses) {
    refuseIfTold();
    SortedSet<IpAddress> before = fence().open();
    fence().admit(addresses);
    world.wire().changed();
    node.checkOpened(before, fence().open());
  }

  @Override
  public void shut(IpAddress address) {
    refuseIfTold();
    fence().shut(List.of(address));
  }

  @Override
  public void renew(LeaseMode mode, Deadline deadline) {
    refuseIfTold();
    long nanos = wholeMillis(deadline.monotonicNanos() - agent.leaseClock());
    long built = world.timeline().now();
    agent
        .process()
        .renewInKernel(
            mode,
            () -> {
              long added = world.behaviour().addedByStall(world.timeline().now() - built);
              SortedSet<IpAddress> before = fence().open();
              fence().renew(mode, nanos, deadline.wallNanos() + added);
              world.wire().changed();
              if (mode == LeaseMode.AVAILABLE) {
                node.checkOpened(before, fence().open());
              }
            });
  }

  @Override
  public boolean prolong(LeaseMode mode, Deadline deadline) {
    refuseIfTold();
    boolean alive = fence().isAlive(mode) && !fence().admitted(mode).isEmpty();
    if (!world.behaviour().renewsFormerSession(alive)) {
      return false;
    }
    long nanos = wholeMillis(deadline.monotonicNanos() - agent.leaseClock());
    fence().renew(mode, nanos, deadline.wallNanos());
    world.wire().changed();
    return true;
  }

  @Override
  public SortedSet<IpAddress> open() {
    refuseIfTold();
    SortedSet<IpAddress> open = fence().open();
    if (world.behaviour().renewsFormerSession(false)) {
      open.addAll(fence().admitted(LeaseMode.AVAILABLE));
    }
    return open;
  }

  private void refuseIfTold() {
    if (node.kernel().refuses()) {
      throw new DataPlaneException("the kernel is out of memory");
    }
  }

  private static long wholeMillis(long nanos) {
    return TimeUnit.MILLISECONDS.toNanos(TimeUnit.NANOSECONDS.toMillis(nanos));
  }
}

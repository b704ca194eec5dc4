package io.sluice.simulator;

import io.sluice.agent.core.LeaseFence;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * The fence as the loop sees it, which here leaves no mark: the lease in a simulated kernel is
 * renewed by {@link ModelledRenewal}, with the system call as a step of its own that can be
 * stalled.
 */
final class OpenFence implements LeaseFence {

  private final SimulatedKernel kernel;

  OpenFence(SimulatedKernel kernel) {
    this.kernel = kernel;
  }

  @Override
  public void admit(SortedMap<LeaseMode, SortedSet<IpAddress>> addresses) {
    // The model knows which grants the loop holds.
  }

  @Override
  public void renew(LeaseMode mode, Deadline deadline) {
    // The model renews.
  }

  @Override
  public boolean prolong(LeaseMode mode, Deadline deadline) {
    return true;
  }

  /** All of it: the model opens nothing again that was shut. */
  @Override
  public SortedSet<IpAddress> open() {
    return kernel.tables().held();
  }
}

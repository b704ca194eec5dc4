package io.sluice.agent;

import io.sluice.agent.core.DataPlane;
import io.sluice.agent.core.DataPlaneException;
import io.sluice.agent.core.KernelTables;
import io.sluice.model.AgentReport;
import io.sluice.model.IpAddress;
import java.util.function.LongSupplier;

/** Measures how long changes of the kernel take, and counts those it refuses. */
final class MeteredDataPlane implements DataPlane {

  private final DataPlane kernel;
  private final AgentMetrics metrics;
  private final LongSupplier clock;

  /**
   * @param clock monotonic nanoseconds
   */
  MeteredDataPlane(DataPlane kernel, AgentMetrics metrics, LongSupplier clock) {
    this.kernel = kernel;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void apply(KernelTables from, KernelTables to) {
    long startedAt = clock.getAsLong();
    try {
      kernel.apply(from, to);
      metrics.apply.observe((clock.getAsLong() - startedAt) / 1e9);
    } catch (DataPlaneException e) {
      metrics.applyFailures.inc();
      throw e;
    }
  }

  @Override
  public AgentReport.Nic nic() {
    return kernel.nic();
  }

  @Override
  public boolean hasCarrier() {
    return kernel.hasCarrier();
  }

  @Override
  public void install() {
    kernel.install();
  }

  @Override
  public KernelTables observe() {
    return kernel.observe();
  }

  @Override
  public void announce(IpAddress floatingIp) {
    kernel.announce(floatingIp);
  }

  @Override
  public void ask(IpAddress floatingIp) {
    kernel.ask(floatingIp);
  }

  @Override
  public void onClaim(ClaimListener listener) {
    kernel.onClaim(listener);
  }

  @Override
  public void onDrift(Runnable listener) {
    kernel.onDrift(listener);
  }

  @Override
  public void close() {
    kernel.close();
  }

  @Override
  public void removeAll() {
    kernel.removeAll();
  }
}

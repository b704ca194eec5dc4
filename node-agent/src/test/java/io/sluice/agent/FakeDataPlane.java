package io.sluice.agent;

import io.sluice.agent.core.DataPlane;
import io.sluice.agent.core.DataPlaneException;
import io.sluice.agent.core.Given;
import io.sluice.agent.core.KernelTables;
import io.sluice.model.AgentReport.Nic;
import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.List;

/** A kernel that is a value. Like the real one it refuses a change from what it does not hold. */
final class FakeDataPlane implements DataPlane {

  KernelTables kernel = KernelTables.EMPTY;
  Nic nic = Given.NIC;
  boolean carrier = true;
  Runnable beforeApply = () -> {};
  int failuresToCome;
  int observations;
  int installations;
  final List<IpAddress> announced = new ArrayList<>();
  final List<IpAddress> asked = new ArrayList<>();

  /** What happened in which order, for tests that care. */
  final List<String> journal;

  FakeDataPlane(List<String> journal) {
    this.journal = journal;
  }

  @Override
  public Nic nic() {
    return nic;
  }

  @Override
  public boolean hasCarrier() {
    return carrier;
  }

  @Override
  public void install() {
    installations++;
  }

  @Override
  public KernelTables observe() {
    observations++;
    return kernel;
  }

  @Override
  public void apply(KernelTables from, KernelTables to) {
    beforeApply.run();
    if (failuresToCome > 0) {
      failuresToCome--;
      throw new DataPlaneException("the kernel is out of memory");
    }
    if (!from.equals(kernel)) {
      throw new DataPlaneException("the kernel holds " + kernel + ", not " + from);
    }
    if (!from.held().equals(to.held())) {
      journal.add("held " + to.held());
    }
    from.waiting()
        .forEach((index, floatingIp) -> {
          if (!to.waiting().containsKey(index)) {
            journal.add("what waited for " + floatingIp + " goes on");
          }
        });
    kernel = to;
  }

  @Override
  public void announce(IpAddress floatingIp) {
    announced.add(floatingIp);
    journal.add("announced " + floatingIp);
  }

  @Override
  public void ask(IpAddress floatingIp) {
    asked.add(floatingIp);
  }

  @Override
  public void onClaim(ClaimListener listener) {
    throw new UnsupportedOperationException("tests make claims themselves");
  }

  @Override
  public void onDrift(Runnable listener) {
    throw new UnsupportedOperationException("tests put drift into the inbox themselves");
  }

  @Override
  public void removeAll() {
    kernel = KernelTables.EMPTY;
  }

  @Override
  public void close() {}
}

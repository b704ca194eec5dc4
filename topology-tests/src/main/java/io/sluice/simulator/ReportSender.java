package io.sluice.simulator;

import io.sluice.allocator.core.allocation.AllocationInput;
import io.sluice.model.AgentReport;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Sends an agent's newest report, at once and until it is acknowledged. */
final class ReportSender {

  private static final long AGAIN_AFTER = TimeUnit.MILLISECONDS.toNanos(500);

  private final World world;
  private final SimulatedNode node;
  private final AgentRun agent;
  private long newest;

  ReportSender(World world, SimulatedNode node, AgentRun agent) {
    this.world = world;
    this.node = node;
    this.agent = agent;
  }

  void send(AgentReport report) {
    newest++;
    send(report, newest);
  }

  private void send(AgentReport report, long number) {
    long session = world.behaviour().sessionTold(node.name(), report.session());
    AgentReport told =
        new AgentReport(
            report.instance(),
            session,
            report.version(),
            report.nic(),
            report.applied(),
            report.lastError(),
            report.leases(),
            report.refusal());
    node.toKafka()
        .send(
            () ->
                world
                    .kafka()
                    .append(
                        InputTopic.AGENTS,
                        new AllocationInput.ReportRead(node.name(), Optional.of(told))),
            () -> agent.process().after(AGAIN_AFTER, () -> again(report, number)));
  }

  private void again(AgentReport report, long number) {
    if (number == newest && world.behaviour().repeatsReports()) {
      send(report, number);
    }
  }
}

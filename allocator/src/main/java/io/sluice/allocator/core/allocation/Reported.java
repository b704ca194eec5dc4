package io.sluice.allocator.core.allocation;

import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.IpAddress;

/** What a node has said of an address, in the session that it is asked about. */
final class Reported {

  private Reported() {}

  /**
   * Only a report that says so proves a release. One that merely lacks the address may have been
   * written before its agent knew of the grant.
   */
  static boolean released(AllocationState state, IpAddress ip, long epoch, Holder by) {
    return reported(state, ip, AppliedState.RELEASED, epoch, by);
  }

  /** Whether the successor needs nothing but the grant. */
  static boolean prepared(AllocationState state, IpAddress ip, long epoch, Holder by) {
    return reported(state, ip, AppliedState.PREPARED, epoch, by);
  }

  private static boolean reported(
      AllocationState state, IpAddress ip, AppliedState what, long epoch, Holder by) {
    AgentReport report = state.reports().get(by.node());
    return report != null
        && report.session() == by.session()
        && report.applied().stream()
            .anyMatch(applied ->
                applied.floatingIp().equals(ip)
                    && applied.state() == what
                    && applied.epoch() >= epoch);
  }
}

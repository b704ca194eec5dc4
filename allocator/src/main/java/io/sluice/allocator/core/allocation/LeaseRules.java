package io.sluice.allocator.core.allocation;

import io.sluice.model.AgentReport;
import io.sluice.model.AgentReport.Leases;
import io.sluice.model.StateChange.AgentObserved;
import java.util.List;
import java.util.Optional;

/**
 * Whether what an agent takes for its leases is over, with room for clocks that do not run alike,
 * before this allocator grants its addresses to somebody else.
 */
final class LeaseRules {

  /** Of the longer time: by so much the rates of two clocks may differ, and more than they do. */
  private static final int SHARE_FOR_CLOCKS = 10;

  /** For what is between two clocks that are read one after the other. */
  private static final long LEAST_MARGIN_MILLIS = 10;

  private LeaseRules() {}

  /** By how much a lease has to be shorter than what is waited for. */
  static long marginMillis(long waitedMillis) {
    return Math.max(waitedMillis / SHARE_FOR_CLOCKS, LEAST_MARGIN_MILLIS);
  }

  /** The report with what the allocator makes of its leases. */
  static AgentReport judged(AgentReport report, AllocationSettings settings) {
    return report.withRefusal(report.leases().flatMap(leases -> refusal(leases, settings)));
  }

  /** The reports that were judged by an allocator with other settings. */
  static List<AgentObserved> judgedAnew(AllocationState state, AllocationSettings settings) {
    return state.reports().entrySet().stream()
        .map(entry ->
            new AgentObserved(entry.getKey(), Optional.of(judged(entry.getValue(), settings))))
        .filter(anew -> !anew.report().equals(Optional.of(state.reports().get(anew.node()))))
        .toList();
  }

  private static Optional<String> refusal(Leases leases, AllocationSettings settings) {
    return tooLong(
            "--lease-millis", leases.leaseMillis(), "--silence-millis", settings.silenceMillis())
        .or(() ->
            tooLong(
                "--restart-lease-millis",
                leases.restartLeaseMillis(),
                "--restart-grace-millis",
                settings.restartGraceMillis()));
  }

  private static Optional<String> tooLong(
      String agentOption, long leaseMillis, String allocatorOption, long waitedMillis) {
    long most = waitedMillis - marginMillis(waitedMillis);
    return leaseMillis <= most
        ? Optional.empty()
        : Optional.of(
            "has an agent whose %s (%d ms) must not be more than %d ms, for the allocator's %s is %d"
                    .formatted(agentOption, leaseMillis, most, allocatorOption, waitedMillis)
                + " ms: an address could have two holders; give both the same --profile");
  }
}

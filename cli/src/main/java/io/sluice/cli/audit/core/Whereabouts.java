package io.sluice.cli.audit.core;

import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import java.util.Optional;

/**
 * Where a floating IP is, where a fold ends.
 *
 * @param assignment empty if nothing was decided on the address so far
 * @param decision what decided it
 * @param reportedHeld whether the holder's agent has reported that its kernel carries it
 */
public record Whereabouts(
    IpAddress ip,
    Optional<Assignment> assignment,
    Optional<Decision> decision,
    boolean reportedHeld) {

  static Whereabouts of(AuditFold fold, IpAddress ip) {
    Optional<Assignment> assignment = Optional.ofNullable(fold.allocation().assignments().get(ip));
    return new Whereabouts(
        ip,
        assignment,
        fold.origin(ip),
        assignment.filter(it -> isReportedHeld(fold, ip, it)).isPresent());
  }

  private static boolean isReportedHeld(AuditFold fold, IpAddress ip, Assignment assignment) {
    return assignment
        .holder()
        .map(holder -> fold.allocation().reports().get(holder.node()))
        .filter(report ->
            report.applied().stream()
                .anyMatch(applied ->
                    applied.floatingIp().equals(ip)
                        && applied.epoch() == assignment.epoch()
                        && applied.state() == AppliedState.HELD))
        .isPresent();
  }
}

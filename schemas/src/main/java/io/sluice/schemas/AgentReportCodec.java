package io.sluice.schemas;

import io.sluice.model.AgentReport;
import io.sluice.protocol.AgentReportRecord;
import io.sluice.protocol.AppliedRecord;
import io.sluice.protocol.AppliedStateName;
import io.sluice.protocol.LeasesRecord;
import io.sluice.protocol.NicRecord;
import java.util.Optional;
import java.util.OptionalInt;

final class AgentReportCodec implements Codec<AgentReport, AgentReportRecord> {

  @Override
  public Class<AgentReportRecord> recordType() {
    return AgentReportRecord.class;
  }

  @Override
  public AgentReportRecord toRecord(AgentReport report) {
    return new AgentReportRecord(
        report.instance(),
        report.session(),
        report.version(),
        nic(report.nic()),
        Fields.each(report.applied(), AgentReportCodec::applied),
        report.lastError().orElse(null),
        report
            .leases()
            .map(leases -> new LeasesRecord(leases.leaseMillis(), leases.restartLeaseMillis()))
            .orElse(null),
        report.refusal().orElse(null));
  }

  @Override
  public AgentReport fromRecord(AgentReportRecord avro) {
    return new AgentReport(
        avro.getInstance(),
        avro.getSession(),
        avro.getVersion(),
        nic(avro.getNic()),
        Fields.each(avro.getApplied(), AgentReportCodec::applied),
        Optional.ofNullable(avro.getLastError()),
        Optional.ofNullable(avro.getLeases())
            .map(leases ->
                new AgentReport.Leases(leases.getLeaseMillis(), leases.getRestartLeaseMillis())),
        Optional.ofNullable(avro.getRefusal()));
  }

  /** Successors, and then leases, came one after the other. */
  @Override
  public OptionalInt oldestVersion(AgentReport report) {
    if (report.leases().isPresent() || report.refusal().isPresent()) {
      return OptionalInt.empty();
    }
    return report.applied().stream()
            .noneMatch(applied -> applied.state() == AgentReport.AppliedState.PREPARED)
        ? OptionalInt.of(1)
        : OptionalInt.of(2);
  }

  private static NicRecord nic(AgentReport.Nic nic) {
    return new NicRecord(
        nic.name(), nic.macAddress(), Fields.each(nic.addresses(), Fields::interfaceAddress));
  }

  private static AgentReport.Nic nic(NicRecord avro) {
    return new AgentReport.Nic(
        avro.getName(),
        avro.getMacAddress(),
        Fields.each(avro.getAddresses(), Fields::interfaceAddress));
  }

  private static AppliedRecord applied(AgentReport.Applied applied) {
    return new AppliedRecord(
        Fields.address(applied.floatingIp()),
        applied.epoch(),
        Fields.sameName(AppliedStateName.class, applied.state()));
  }

  private static AgentReport.Applied applied(AppliedRecord avro) {
    return new AgentReport.Applied(
        Fields.address(avro.getFloatingIp()),
        avro.getEpoch(),
        Fields.sameName(AgentReport.AppliedState.class, avro.getState()));
  }
}

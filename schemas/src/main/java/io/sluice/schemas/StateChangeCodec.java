package io.sluice.schemas;

import io.sluice.model.AgentReport;
import io.sluice.model.StateChange;
import io.sluice.protocol.AgentObservedRecord;
import io.sluice.protocol.AssignmentChangedRecord;
import io.sluice.protocol.BindingChangedRecord;
import io.sluice.protocol.EgressChosenRecord;
import io.sluice.protocol.HoldOffChangedRecord;
import io.sluice.protocol.LivenessChangedRecord;
import io.sluice.protocol.LivenessName;
import io.sluice.protocol.ResourceObservedRecord;
import io.sluice.protocol.StateChangeRecord;
import io.sluice.protocol.WorkloadObservedRecord;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

final class StateChangeCodec implements Codec<StateChange, StateChangeRecord> {

  private static final int FIRST = 1;
  private static final int WITH_HOLD_OFFS = 2;
  private static final int WITH_SUCCESSORS = 3;
  private static final int WITH_RESTARTS = 4;
  private static final int WITH_LEASES = 5;

  private final ResourceCodec resources = new ResourceCodec();
  private final WorkloadCodec workloads = new WorkloadCodec();
  private final AgentReportCodec reports = new AgentReportCodec();
  private final AssignmentCodec assignments = new AssignmentCodec();
  private final BindingCodec bindings = new BindingCodec();

  @Override
  public Class<StateChangeRecord> recordType() {
    return StateChangeRecord.class;
  }

  @Override
  public StateChangeRecord toRecord(StateChange change) {
    return new StateChangeRecord(content(change));
  }

  /**
   * Holding nodes off, planned moves, restarts, leases in reports and the leak guard came one after
   * the other; a program that does not know of them reads everything else.
   */
  @Override
  public OptionalInt oldestVersion(StateChange change) {
    return switch (change) {
      case StateChange.LivenessChanged of ->
          of.liveness() == StateChange.Liveness.RESTARTING
              ? OptionalInt.of(WITH_RESTARTS)
              : OptionalInt.of(FIRST);
      case StateChange.HoldOffChanged _ -> OptionalInt.of(WITH_HOLD_OFFS);
      case StateChange.AssignmentChanged(_, var assignment) ->
          OptionalInt.of(
              assignments.oldestVersion(assignment).isPresent() ? FIRST : WITH_SUCCESSORS);
      case StateChange.AgentObserved(_, var report) ->
          OptionalInt.of(report.map(this::versionOf).orElse(FIRST));
      case StateChange.BindingChanged(_, var binding) ->
          binding.map(bindings::oldestVersion).orElse(OptionalInt.of(FIRST));
      case StateChange.ResourceObserved _,
          StateChange.WorkloadObserved _,
          StateChange.EgressChosen _ ->
          OptionalInt.of(FIRST);
    };
  }

  private int versionOf(AgentReport report) {
    OptionalInt ofReport = reports.oldestVersion(report);
    if (ofReport.isEmpty()) {
      return WITH_LEASES;
    }
    return ofReport.getAsInt() == FIRST ? FIRST : WITH_SUCCESSORS;
  }

  private Object content(StateChange change) {
    return switch (change) {
      case StateChange.ResourceObserved of ->
          new ResourceObservedRecord(
              Fields.objectId(of.id()), of.resource().map(resources::toRecord).orElse(null));
      case StateChange.WorkloadObserved of ->
          new WorkloadObservedRecord(
              Fields.objectId(of.id()), of.workload().map(workloads::toRecord).orElse(null));
      case StateChange.AgentObserved of ->
          new AgentObservedRecord(of.node(), of.report().map(reports::toRecord).orElse(null));
      case StateChange.LivenessChanged of ->
          new LivenessChangedRecord(
              of.node(),
              Fields.sameName(LivenessName.class, of.liveness()),
              of.session(),
              Instant.ofEpochMilli(of.sinceMillis()));
      case StateChange.HoldOffChanged of ->
          new HoldOffChangedRecord(
              of.node(),
              of.flaps(),
              Instant.ofEpochMilli(of.sinceMillis()),
              of.untilMillis().isPresent()
                  ? Instant.ofEpochMilli(of.untilMillis().getAsLong())
                  : null);
      case StateChange.EgressChosen of ->
          new EgressChosenRecord(of.policy(), Fields.addressesToRecords(of.egressIps()));
      case StateChange.AssignmentChanged of ->
          new AssignmentChangedRecord(
              Fields.address(of.floatingIp()), assignments.toRecord(of.assignment()));
      case StateChange.BindingChanged of -> binding(of);
    };
  }

  @Override
  public StateChange fromRecord(StateChangeRecord avro) {
    return switch (avro.getContent()) {
      case ResourceObservedRecord of ->
          new StateChange.ResourceObserved(
              Fields.objectId(of.getId()),
              Optional.ofNullable(of.getResource()).map(resources::fromRecord));
      case WorkloadObservedRecord of ->
          new StateChange.WorkloadObserved(
              Fields.objectId(of.getId()),
              Optional.ofNullable(of.getWorkload()).map(workloads::fromRecord));
      case AgentObservedRecord of ->
          new StateChange.AgentObserved(
              of.getNode(), Optional.ofNullable(of.getReport()).map(reports::fromRecord));
      case LivenessChangedRecord of ->
          new StateChange.LivenessChanged(
              of.getNode(),
              Fields.sameName(StateChange.Liveness.class, of.getLiveness()),
              of.getSession(),
              of.getSince().toEpochMilli());
      case HoldOffChangedRecord of ->
          new StateChange.HoldOffChanged(
              of.getNode(),
              of.getFlaps(),
              of.getSince().toEpochMilli(),
              of.getUntil() == null
                  ? OptionalLong.empty()
                  : OptionalLong.of(of.getUntil().toEpochMilli()));
      case EgressChosenRecord of ->
          new StateChange.EgressChosen(
              of.getPolicy(), Fields.addressesFromRecords(of.getEgressIps()));
      case AssignmentChangedRecord of ->
          new StateChange.AssignmentChanged(
              Fields.address(of.getFloatingIp()), assignments.fromRecord(of.getAssignment()));
      case BindingChangedRecord of -> binding(of);
      case Object other -> throw Fields.unexpected(other);
    };
  }

  private BindingChangedRecord binding(StateChange.BindingChanged of) {
    BindingIdFields id = BindingIdFields.of(of.id());
    return new BindingChangedRecord(
        id.kind(),
        id.policy(),
        id.namespace(),
        id.pod(),
        of.binding().map(bindings::toRecord).orElse(null));
  }

  private StateChange.BindingChanged binding(BindingChangedRecord avro) {
    BindingIdFields id =
        new BindingIdFields(avro.getKind(), avro.getPolicy(), avro.getNamespace(), avro.getPod());
    return new StateChange.BindingChanged(
        id.toId(), Optional.ofNullable(avro.getBinding()).map(bindings::fromRecord));
  }
}

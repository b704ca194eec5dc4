package io.sluice.schemas;

import io.sluice.model.Assignment;
import io.sluice.model.LeaseMode;
import io.sluice.protocol.AssignmentRecord;
import io.sluice.protocol.AssignmentState;
import io.sluice.protocol.HolderRecord;
import io.sluice.protocol.LeaseModeName;
import java.util.Optional;
import java.util.OptionalInt;

final class AssignmentCodec implements Codec<Assignment, AssignmentRecord> {

  @Override
  public Class<AssignmentRecord> recordType() {
    return AssignmentRecord.class;
  }

  @Override
  public AssignmentRecord toRecord(Assignment assignment) {
    return new AssignmentRecord(
        Fields.sameName(AssignmentState.class, assignment.state()),
        assignment.holder().map(AssignmentCodec::holder).orElse(null),
        assignment.epoch(),
        assignment.gateway().map(Fields::objectId).orElse(null),
        Fields.sameName(LeaseModeName.class, assignment.leaseMode()),
        assignment.auditSequence(),
        assignment.reason(),
        assignment.successor().map(AssignmentCodec::holder).orElse(null));
  }

  @Override
  public Assignment fromRecord(AssignmentRecord avro) {
    return new Assignment(
        Fields.sameName(Assignment.State.class, avro.getState()),
        Optional.ofNullable(avro.getHolder()).map(AssignmentCodec::holder),
        avro.getEpoch(),
        Optional.ofNullable(avro.getGateway()).map(Fields::objectId),
        Fields.sameName(LeaseMode.class, avro.getLeaseMode()),
        avro.getAuditSequence(),
        avro.getReason(),
        Optional.ofNullable(avro.getSuccessor()).map(AssignmentCodec::holder));
  }

  /** Programs that know of no successors read all but what names one. */
  @Override
  public OptionalInt oldestVersion(Assignment assignment) {
    return assignment.successor().isEmpty() ? OptionalInt.of(1) : OptionalInt.empty();
  }

  private static HolderRecord holder(Assignment.Holder holder) {
    return new HolderRecord(
        holder.node(), holder.session(), Fields.each(holder.addresses(), Fields::interfaceAddress));
  }

  private static Assignment.Holder holder(HolderRecord avro) {
    return new Assignment.Holder(
        avro.getNode(),
        avro.getSession(),
        Fields.each(avro.getAddresses(), Fields::interfaceAddress));
  }
}

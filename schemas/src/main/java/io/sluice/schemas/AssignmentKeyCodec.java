package io.sluice.schemas;

import io.sluice.model.AssignmentKey;
import io.sluice.protocol.AssignmentKeyRecord;

final class AssignmentKeyCodec implements Codec<AssignmentKey, AssignmentKeyRecord> {

  @Override
  public Class<AssignmentKeyRecord> recordType() {
    return AssignmentKeyRecord.class;
  }

  @Override
  public AssignmentKeyRecord toRecord(AssignmentKey key) {
    return new AssignmentKeyRecord(key.cluster(), Fields.address(key.floatingIp()));
  }

  @Override
  public AssignmentKey fromRecord(AssignmentKeyRecord avro) {
    return new AssignmentKey(avro.getCluster(), Fields.address(avro.getFloatingIp()));
  }
}

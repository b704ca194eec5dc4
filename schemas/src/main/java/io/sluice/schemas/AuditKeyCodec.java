package io.sluice.schemas;

import io.sluice.model.AuditKey;
import io.sluice.protocol.AuditKeyRecord;

final class AuditKeyCodec implements Codec<AuditKey, AuditKeyRecord> {

  @Override
  public Class<AuditKeyRecord> recordType() {
    return AuditKeyRecord.class;
  }

  @Override
  public AuditKeyRecord toRecord(AuditKey key) {
    return new AuditKeyRecord(key.cluster(), key.stream().name());
  }

  @Override
  public AuditKey fromRecord(AuditKeyRecord avro) {
    return new AuditKey(avro.getCluster(), AuditKey.Stream.valueOf(avro.getStream()));
  }
}

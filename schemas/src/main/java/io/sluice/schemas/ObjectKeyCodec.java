package io.sluice.schemas;

import io.sluice.model.ObjectKey;
import io.sluice.protocol.ObjectKeyRecord;

final class ObjectKeyCodec implements Codec<ObjectKey, ObjectKeyRecord> {

  @Override
  public Class<ObjectKeyRecord> recordType() {
    return ObjectKeyRecord.class;
  }

  @Override
  public ObjectKeyRecord toRecord(ObjectKey key) {
    return new ObjectKeyRecord(
        key.cluster(), key.id().kind().toString(), key.id().namespace(), key.id().name());
  }

  @Override
  public ObjectKey fromRecord(ObjectKeyRecord avro) {
    return new ObjectKey(
        avro.getCluster(), Fields.objectId(avro.getKind(), avro.getNamespace(), avro.getName()));
  }
}

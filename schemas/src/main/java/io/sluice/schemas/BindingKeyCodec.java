package io.sluice.schemas;

import io.sluice.model.BindingKey;
import io.sluice.protocol.BindingKeyRecord;

final class BindingKeyCodec implements Codec<BindingKey, BindingKeyRecord> {

  @Override
  public Class<BindingKeyRecord> recordType() {
    return BindingKeyRecord.class;
  }

  @Override
  public BindingKeyRecord toRecord(BindingKey key) {
    BindingIdFields id = BindingIdFields.of(key.id());
    return new BindingKeyRecord(key.cluster(), id.kind(), id.policy(), id.namespace(), id.pod());
  }

  @Override
  public BindingKey fromRecord(BindingKeyRecord avro) {
    BindingIdFields id =
        new BindingIdFields(avro.getKind(), avro.getPolicy(), avro.getNamespace(), avro.getPod());
    return new BindingKey(avro.getCluster(), id.toId());
  }
}

package io.sluice.schemas;

import io.sluice.model.ObjectId;
import io.sluice.model.StatusKey;
import io.sluice.protocol.StatusKeyRecord;

final class StatusKeyCodec implements Codec<StatusKey, StatusKeyRecord> {

  @Override
  public Class<StatusKeyRecord> recordType() {
    return StatusKeyRecord.class;
  }

  @Override
  public StatusKeyRecord toRecord(StatusKey key) {
    ObjectId subject = key.subject();
    return new StatusKeyRecord(
        key.cluster(),
        subject.kind().toString(),
        subject.namespace(),
        subject.name(),
        key.author().name());
  }

  @Override
  public StatusKey fromRecord(StatusKeyRecord avro) {
    return new StatusKey(
        avro.getCluster(),
        Fields.objectId(avro.getKind(), avro.getNamespace(), avro.getName()),
        StatusKey.Author.valueOf(avro.getAuthor()));
  }
}

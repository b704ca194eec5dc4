package io.sluice.schemas;

import io.sluice.model.AuditEntry;
import io.sluice.model.StateChange;
import io.sluice.protocol.AuditEntryRecord;
import io.sluice.protocol.CauseRecord;
import java.time.Instant;
import java.util.OptionalInt;

final class AuditCodec implements Codec<AuditEntry, AuditEntryRecord> {

  private final StateChangeCodec changes = new StateChangeCodec();

  @Override
  public Class<AuditEntryRecord> recordType() {
    return AuditEntryRecord.class;
  }

  @Override
  public AuditEntryRecord toRecord(AuditEntry entry) {
    return new AuditEntryRecord(
        entry.sequence(),
        cause(entry.cause()),
        Instant.ofEpochMilli(entry.timeMillis()),
        Fields.each(entry.changes(), changes::toRecord));
  }

  /** Its versions are those of the changes. */
  @Override
  public OptionalInt oldestVersion(AuditEntry entry) {
    int version = 1;
    for (StateChange change : entry.changes()) {
      OptionalInt ofChange = changes.oldestVersion(change);
      if (ofChange.isEmpty()) {
        return OptionalInt.empty();
      }
      version = Math.max(version, ofChange.getAsInt());
    }
    return OptionalInt.of(version);
  }

  @Override
  public AuditEntry fromRecord(AuditEntryRecord avro) {
    return new AuditEntry(
        avro.getSequence(),
        cause(avro.getCause()),
        avro.getTime().toEpochMilli(),
        Fields.each(avro.getChanges(), changes::fromRecord));
  }

  private static CauseRecord cause(AuditEntry.Cause cause) {
    return new CauseRecord(
        cause.topic(),
        cause.partition(),
        cause.offset(),
        Instant.ofEpochMilli(cause.timestampMillis()));
  }

  private static AuditEntry.Cause cause(CauseRecord avro) {
    return new AuditEntry.Cause(
        avro.getTopic(), avro.getPartition(), avro.getOffset(), avro.getTimestamp().toEpochMilli());
  }
}

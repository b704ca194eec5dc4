package io.sluice.schemas;

import io.sluice.model.Heartbeat;
import io.sluice.protocol.BeatIntent;
import io.sluice.protocol.HeartbeatRecord;

final class HeartbeatCodec implements Codec<Heartbeat, HeartbeatRecord> {

  @Override
  public Class<HeartbeatRecord> recordType() {
    return HeartbeatRecord.class;
  }

  @Override
  public HeartbeatRecord toRecord(Heartbeat beat) {
    return new HeartbeatRecord(
        beat.instance(),
        beat.session(),
        beat.sequence(),
        beat.intervalMillis(),
        Fields.sameName(BeatIntent.class, beat.intent()));
  }

  @Override
  public Heartbeat fromRecord(HeartbeatRecord avro) {
    return new Heartbeat(
        avro.getInstance(),
        avro.getSession(),
        avro.getSequence(),
        avro.getIntervalMillis(),
        Fields.sameName(Heartbeat.Intent.class, avro.getIntent()));
  }
}

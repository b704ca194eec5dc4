package io.sluice.schemas;

import io.sluice.model.Status;
import io.sluice.protocol.ConditionRecord;
import io.sluice.protocol.ConditionTruth;
import io.sluice.protocol.StatusRecord;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

final class StatusCodec implements Codec<Status, StatusRecord> {

  @Override
  public Class<StatusRecord> recordType() {
    return StatusRecord.class;
  }

  @Override
  public StatusRecord toRecord(Status status) {
    OptionalInt matchedPods = status.matchedPods();
    return new StatusRecord(
        status.observedGeneration(),
        Fields.each(status.conditions(), StatusCodec::condition),
        Fields.sorted(status.nodes()),
        Fields.sorted(status.floatingIps()),
        status.egressIps(),
        status.gatewayNode().orElse(null),
        matchedPods.isPresent() ? matchedPods.getAsInt() : null);
  }

  @Override
  public Status fromRecord(StatusRecord avro) {
    Integer matchedPods = avro.getMatchedPods();
    return new Status(
        avro.getObservedGeneration(),
        Fields.each(avro.getConditions(), StatusCodec::condition),
        avro.getNodes(),
        avro.getFloatingIps(),
        avro.getEgressIps(),
        Optional.ofNullable(avro.getGatewayNode()),
        matchedPods == null ? OptionalInt.empty() : OptionalInt.of(matchedPods));
  }

  private static ConditionRecord condition(Status.Condition condition) {
    return new ConditionRecord(
        condition.type(),
        Fields.sameName(ConditionTruth.class, condition.truth()),
        condition.reason(),
        condition.message(),
        Instant.ofEpochMilli(condition.sinceMillis()));
  }

  private static Status.Condition condition(ConditionRecord avro) {
    return new Status.Condition(
        avro.getType(),
        Fields.sameName(Status.Truth.class, avro.getTruth()),
        avro.getReason(),
        avro.getMessage(),
        avro.getSince().toEpochMilli());
  }
}

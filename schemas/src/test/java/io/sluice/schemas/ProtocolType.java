package io.sluice.schemas;

import io.sluice.model.RandomModel;
import java.util.List;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * A record that stands on a topic, or in a state store, by itself, and so has a history.
 *
 * @param key whether it is a key, whose bytes may never change
 * @param random makes values of it
 */
record ProtocolType<T, R extends SpecificRecordBase>(
    Codec<T, R> codec, boolean key, Function<RandomModel, ? extends T> random) {

  static final List<ProtocolType<?, ?>> ALL =
      List.of(
          key(new ObjectKeyCodec(), RandomModel::objectKey),
          key(new NodeKeyCodec(), RandomModel::nodeKey),
          key(new AssignmentKeyCodec(), RandomModel::assignmentKey),
          key(new BindingKeyCodec(), RandomModel::bindingKey),
          key(new StatusKeyCodec(), RandomModel::statusKey),
          key(new AuditKeyCodec(), RandomModel::auditKey),
          value(new ResourceCodec(), RandomModel::resource),
          value(new WorkloadCodec(), RandomModel::workload),
          value(new HeartbeatCodec(), RandomModel::heartbeat),
          value(new AgentReportCodec(), RandomModel::agentReport),
          value(new AssignmentCodec(), RandomModel::assignment),
          value(new BindingCodec(), RandomModel::binding),
          value(new StatusCodec(), RandomModel::status),
          value(new StateChangeCodec(), RandomModel::stateChange),
          value(new AuditCodec(), RandomModel::auditEntry));

  private static <T, R extends SpecificRecordBase> ProtocolType<T, R> key(
      Codec<T, R> codec, Function<RandomModel, ? extends T> random) {
    return new ProtocolType<>(codec, true, random);
  }

  private static <T, R extends SpecificRecordBase> ProtocolType<T, R> value(
      Codec<T, R> codec, Function<RandomModel, ? extends T> random) {
    return new ProtocolType<>(codec, false, random);
  }

  Schema schema() {
    return SpecificData.get().getSchema(codec.recordType());
  }

  String name() {
    return schema().getName();
  }

  SingleObjectSerde<T, R> serde() {
    return new SingleObjectSerde<>(codec);
  }

  @Override
  public String toString() {
    return name();
  }
}

package io.sluice.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.Gateway;
import io.sluice.model.Heartbeat;
import io.sluice.model.LabelSelector;
import io.sluice.model.LeaseMode;
import io.sluice.model.Policy;
import io.sluice.model.RandomModel;
import io.sluice.model.StateChange;
import io.sluice.model.Status;
import io.sluice.protocol.ActionName;
import io.sluice.protocol.AppliedStateName;
import io.sluice.protocol.AssignmentState;
import io.sluice.protocol.BeatIntent;
import io.sluice.protocol.ConditionTruth;
import io.sluice.protocol.FailbackMode;
import io.sluice.protocol.LeaseModeName;
import io.sluice.protocol.LivenessName;
import io.sluice.protocol.SelectorOperator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

final class CodecRoundTripTest {

  @SuppressWarnings("unused") // named by @FieldSource
  private static final List<ProtocolType<?, ?>> TYPES = ProtocolType.ALL;

  private static final int VALUES = 2_000;

  @ParameterizedTest
  @FieldSource("TYPES")
  <T, R extends SpecificRecordBase> void everyValueIsReadAsItWasWritten(ProtocolType<T, R> type) {
    Serde<T> serde = type.serde();
    RandomModel model = new RandomModel(type.name().hashCode());
    for (int i = 0; i < VALUES; i++) {
      T value = type.random().apply(model);
      byte[] bytes = serde.serializer().serialize("topic", value);
      T read = serde.deserializer().deserialize("topic", bytes);
      assertThat(read).isEqualTo(value);
      assertThat(serde.serializer().serialize("topic", read)).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @FieldSource("TYPES")
  <T, R extends SpecificRecordBase> void nothingIsATombstone(ProtocolType<T, R> type) {
    assertThat(type.serde().serializer().serialize("topic", null)).isNull();
    assertThat(type.serde().deserializer().deserialize("topic", (byte[]) null)).isNull();
  }

  @Test
  void theOrderInWhichLabelsWereAddedLeavesNoTrace() {
    Map<String, String> forward = new LinkedHashMap<>();
    Map<String, String> backward = new LinkedHashMap<>();
    for (int i = 0; i < 100; i++) {
      forward.put("label-" + i, "x");
      backward.put("label-" + (99 - i), "x");
    }
    assertThat(labelsWritten(forward)).isSorted().hasSize(100).isEqualTo(labelsWritten(backward));
  }

  private static List<String> labelsWritten(Map<String, String> labels) {
    LabelSelector selector = LabelSelector.ofLabels(labels);
    return List.copyOf(Fields.selector(selector).getMatchLabels().keySet());
  }

  /** The codecs translate constants by name. */
  @ParameterizedTest
  @MethodSource("enums")
  void theProtocolKnowsEveryConstantOfTheModel(
      Enum<?>[] constantsOfModel, Enum<?>[] constantsOfProtocol) {
    assertThat(constantsOfProtocol)
        .extracting(Enum::name)
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(constantsOfModel).<String>map(Enum::name).toList());
  }

  static Stream<Arguments> enums() {
    return Stream.of(
        Arguments.of(Gateway.Failback.values(), FailbackMode.values()),
        Arguments.of(LeaseMode.values(), LeaseModeName.values()),
        Arguments.of(Policy.Action.values(), ActionName.values()),
        Arguments.of(LabelSelector.Operator.values(), SelectorOperator.values()),
        Arguments.of(Heartbeat.Intent.values(), BeatIntent.values()),
        Arguments.of(AgentReport.AppliedState.values(), AppliedStateName.values()),
        Arguments.of(Assignment.State.values(), AssignmentState.values()),
        Arguments.of(Status.Truth.values(), ConditionTruth.values()),
        Arguments.of(StateChange.Liveness.values(), LivenessName.values()));
  }
}

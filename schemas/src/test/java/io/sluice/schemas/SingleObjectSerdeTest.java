package io.sluice.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.sluice.model.AgentReport;
import io.sluice.model.RandomModel;
import io.sluice.protocol.AgentReportRecord;
import io.sluice.protocol.AssignmentKeyRecord;
import io.sluice.protocol.AssignmentRecord;
import io.sluice.protocol.AssignmentState;
import io.sluice.protocol.BindingKeyRecord;
import io.sluice.protocol.LeaseModeName;
import io.sluice.protocol.ObjectKeyRecord;
import io.sluice.protocol.StatusKeyRecord;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

final class SingleObjectSerdeTest {

  @SuppressWarnings("unused") // named by @FieldSource
  private static final List<Sample<?, ?>> SAMPLES = Samples.ALL;

  /** 2^31 - 16 as Avro writes a number. */
  private static final byte[] TWO_GIGA = {(byte) 0xE0, -1, -1, -1, 15};

  @SuppressWarnings("unused") // named by @FieldSource
  private static final List<Arguments> HUGE =
      List.of(
          Arguments.of(sample("AuditKeyRecord 1 allocation"), 10),
          Arguments.of(sample("BindingRecord 1 networks"), 11));

  private static Sample<?, ?> sample(String name) {
    return Samples.ALL.stream()
        .filter(sample -> sample.toString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @FieldSource("SAMPLES")
  void aValueThatIsCutOffAnywhereIsRefused(Sample<?, ?> sample) {
    byte[] bytes = sample.written();
    Serde<?> serde = sample.serde();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatExceptionOfType(SerializationException.class)
          .as("%d of %d bytes", length, bytes.length)
          .isThrownBy(() -> read(serde, cut))
          .withMessageStartingWith(length + " bytes are no " + sample.recordName() + ": ");
    }
  }

  @ParameterizedTest
  @FieldSource("SAMPLES")
  void whateverFollowsAValueIsRefused(Sample<?, ?> sample) {
    byte[] bytes = sample.written();
    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> read(sample.serde(), Arrays.copyOf(bytes, bytes.length + 3)))
        .withMessageEndingWith(": more bytes follow the value");
  }

  /** A damaged value is another value or none; in no case anything worse. */
  @ParameterizedTest
  @FieldSource("SAMPLES")
  void aDamagedByteDoesNoHarm(Sample<?, ?> sample) {
    byte[] bytes = sample.written();
    Serde<?> serde = sample.serde();
    for (int position = 0; position < bytes.length; position++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] damaged = bytes.clone();
        damaged[position] ^= (byte) (1 << bit);
        try {
          assertThat(read(serde, damaged)).isNotNull();
        } catch (SerializationException e) {
          assertThat(e).hasMessageContaining("bytes are no " + sample.recordName());
        }
      }
    }
  }

  @Test
  void bytesOfAnotherOriginAreRefused() {
    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(
            () -> read(Topics.RESOURCES.valueSerde(), "{\"kind\": \"Pod\"}".getBytes(UTF_8)))
        .withMessageStartingWith("15 bytes are no ResourceRecord: they do not begin as Avro's");
  }

  @Test
  void anUnknownFingerprintIsRefused() {
    byte[] heartbeat =
        Topics.HEARTBEATS.valueSerde().serializer().serialize("", new RandomModel(1).heartbeat());
    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> read(Topics.ASSIGNMENTS.valueSerde(), heartbeat))
        .withMessageContaining("no version of it has the fingerprint");
  }

  /** A text of two gigabytes and an array of a billion elements, each in fifteen bytes. */
  @ParameterizedTest
  @FieldSource("HUGE")
  void aLengthThatTheBytesCannotHoldTakesNoMemory(Sample<?, ?> sample, int lengthAt) {
    byte[] bytes = Arrays.copyOf(sample.written(), lengthAt + 5);
    System.arraycopy(TWO_GIGA, 0, bytes, lengthAt, TWO_GIGA.length);
    Serde<?> serde = sample.serde();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatExceptionOfType(SerializationException.class).isThrownBy(() -> read(serde, bytes));
    assertThat(threads.getCurrentThreadAllocatedBytes() - before)
        .isLessThan(Runtime.getRuntime().maxMemory() / 3);
  }

  @Test
  void aValueThatTheModelForbidsIsRefusedWithTheReason() {
    assertRefused(
        new ObjectKeyCodec(),
        new ObjectKeyRecord("local", "Deployment", "shop", "web"),
        "\"Deployment\" is not a kind that Sluice reads");
    assertRefused(
        new ObjectKeyCodec(),
        new ObjectKeyRecord("local", "Pod", "", "web"),
        "Pod needs a namespace");
    assertRefused(
        new AssignmentKeyCodec(),
        new AssignmentKeyRecord("local", ByteBuffer.allocate(5)),
        "an address has 4 or 16 bytes, not 5");
    assertRefused(
        new BindingKeyCodec(),
        new BindingKeyRecord("local", "Service", "", "", ""),
        "\"Service\" is not one of Policy, Pod, ClusterNetworks");
    assertRefused(
        new BindingKeyCodec(),
        new BindingKeyRecord("local", "Policy", "web", "shop", ""),
        "not the name of a binding");
    assertRefused(
        new StatusKeyCodec(),
        new StatusKeyRecord("local", "Node", "", "node-1", "NOBODY"),
        "NOBODY");
    assertRefused(
        new AssignmentCodec(),
        new AssignmentRecord(
            AssignmentState.GRANTED,
            null,
            1L,
            null,
            LeaseModeName.STRICT,
            1L,
            "nobody holds it",
            null),
        "GRANTED with holder Optional.empty");
  }

  private static <T, R extends SpecificRecordBase> void assertRefused(
      Codec<T, R> codec, R avro, String reason) {
    byte[] bytes = written(avro);
    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> read(new SingleObjectSerde<>(codec), bytes))
        .withMessageContaining(reason);
  }

  @Test
  void aRecordOfAnOlderVersionIsReadWithTheDefaultsOfItsNewFields() throws IOException {
    Schema current = AgentReportRecord.getClassSchema();
    Schema old = without(current, "lastError");
    AgentReport report = new RandomModel(3).agentReport();
    AgentReport silent =
        new AgentReport(
            report.instance(),
            report.session(),
            report.version(),
            report.nic(),
            report.applied(),
            Optional.empty());
    byte[] bytes = rewritten(new AgentReportCodec().toRecord(silent), old);

    assertThat(read(new SingleObjectSerde<>(new AgentReportCodec(), List.of(old, current)), bytes))
        .isEqualTo(silent);
    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(
            () -> read(new SingleObjectSerde<>(new AgentReportCodec(), List.of(current)), bytes))
        .withMessageContaining("no version of it has the fingerprint");
  }

  private static Schema without(Schema schema, String field) {
    List<Schema.Field> fields = new ArrayList<>();
    for (Schema.Field each : schema.getFields()) {
      if (!each.name().equals(field)) {
        fields.add(new Schema.Field(each, each.schema()));
      }
    }
    return Schema.createRecord(
        schema.getName(), schema.getDoc(), schema.getNamespace(), false, fields);
  }

  /** As a program would have written it that knew only the other schema. */
  private static byte[] rewritten(SpecificRecordBase avro, Schema schema) throws IOException {
    byte[] bytes = written(avro);
    Object value =
        new GenericDatumReader<>(avro.getSchema(), schema)
            .read(null, DecoderFactory.get().binaryDecoder(bytes, 10, bytes.length - 10, null));
    return bytes(new BinaryMessageEncoder<>(GenericData.get(), schema).encode(value));
  }

  private static byte[] written(SpecificRecordBase avro) {
    try {
      return bytes(
          new BinaryMessageEncoder<SpecificRecordBase>(avro.getSpecificData(), avro.getSchema())
              .encode(avro));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  @Test
  void aValueThatCannotBeWrittenIsRefused() {
    AgentReport report = new RandomModel(1).agentReport();
    AgentReport incomplete =
        new AgentReport(null, 1, "0.1.0", report.nic(), List.of(), Optional.empty());
    assertThatExceptionOfType(SerializationException.class)
        .isThrownBy(() -> Topics.AGENTS.valueSerde().serializer().serialize("", incomplete))
        .withMessageStartingWith("cannot write AgentReportRecord: ")
        .withMessageContaining("instance");
  }

  @Test
  void manyThreadsMayShareOne() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int seed = 0; seed < 64; seed++) {
        RandomModel model = new RandomModel(seed);
        results.add(threads.submit(() -> roundTrips(model)));
      }
      for (Future<Boolean> result : results) {
        assertThat(result.get()).isTrue();
      }
    }
  }

  private static boolean roundTrips(RandomModel model) {
    for (int i = 0; i < 100; i++) {
      var entry = model.auditEntry();
      byte[] bytes = Topics.AUDIT.valueSerde().serializer().serialize("", entry);
      if (!entry.equals(read(Topics.AUDIT.valueSerde(), bytes))) {
        return false;
      }
    }
    return true;
  }

  private static <T> T read(Serde<T> serde, byte[] bytes) {
    return serde.deserializer().deserialize("topic", bytes);
  }
}

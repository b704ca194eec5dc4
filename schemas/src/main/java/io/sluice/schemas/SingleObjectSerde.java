package io.sluice.schemas;

import io.sluice.protocol.HeartbeatRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Avro's single-object encoding: two bytes of marker, eight of the schema's fingerprint, then the
 * value. It writes the current schema, or the oldest that can say the same, and reads every one
 * there ever was. Null is a tombstone in both directions. Safe for use by many threads.
 *
 * <p>Avro's own reader of this encoding is not used: it reads from a stream, so it takes the
 * lengths in a damaged record at their word and asks for gigabytes, which ends the program. Reading
 * from an array they are compared with what is there.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding">Single
 *     object encoding</a>
 */
final class SingleObjectSerde<T, R extends SpecificRecordBase> implements Serde<T> {

  private static final byte[] MARKER = {(byte) 0xC3, 0x01};
  private static final int HEADER_LENGTH = MARKER.length + Long.BYTES;

  // Avro makes objects of trusted classes only; ours are added to those it trusts already.
  static {
    String protocol = HeartbeatRecord.class.getPackageName();
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(), type -> type.getPackageName().equals(protocol)));
  }

  /**
   * What a version is written and read with.
   *
   * @param name of the record
   * @param current writes the current version
   * @param writers one for each version of the history, the oldest first
   * @param readers one for each version, by the version's fingerprint
   */
  private record Schemas<R>(
      String name,
      BinaryMessageEncoder<R> current,
      List<BinaryMessageEncoder<R>> writers,
      Map<Long, DatumReader<R>> readers) {}

  private final Codec<T, R> codec;
  private final Supplier<List<Schema>> history;

  /**
   * Made when it is first needed: a program uses some of the topics, and the schemas of all of them
   * are a megabyte.
   */
  private volatile Schemas<R> schemas;

  SingleObjectSerde(Codec<T, R> codec) {
    this(codec, () -> SchemaHistory.versions(codec.recordType().getSimpleName()));
  }

  /** Reads these versions besides the current one. */
  SingleObjectSerde(Codec<T, R> codec, List<Schema> versions) {
    this(codec, () -> versions);
  }

  private SingleObjectSerde(Codec<T, R> codec, Supplier<List<Schema>> history) {
    this.codec = codec;
    this.history = history;
  }

  /** Reads the schemas now; there is nothing to set. */
  @Override
  public void configure(Map<String, ?> settings, boolean isKey) {
    schemas();
  }

  private Schemas<R> schemas() {
    Schemas<R> known = schemas;
    if (known == null) {
      synchronized (this) {
        known = schemas == null ? readSchemas() : schemas;
        schemas = known;
      }
    }
    return known;
  }

  private Schemas<R> readSchemas() {
    SpecificData model = SpecificData.getForClass(codec.recordType());
    Schema current = model.getSchema(codec.recordType());
    List<Schema> versions = history.get();
    Map<Long, DatumReader<R>> readers = new HashMap<>();
    versions.forEach(version -> readers.put(fingerprint(version), reader(model, version, current)));
    readers.put(fingerprint(current), reader(model, current, current));
    return new Schemas<>(
        current.getName(),
        new BinaryMessageEncoder<>(model, current),
        versions.stream().map(version -> new BinaryMessageEncoder<R>(model, version)).toList(),
        readers);
  }

  private static long fingerprint(Schema schema) {
    return SchemaNormalization.parsingFingerprint64(schema);
  }

  @SuppressWarnings("unchecked") // the current schema is that of R
  private static <R> DatumReader<R> reader(SpecificData model, Schema written, Schema current) {
    return (DatumReader<R>) model.createDatumReader(written, current);
  }

  @Override
  public Serializer<T> serializer() {
    return (_, value) -> value == null ? null : encode(value);
  }

  @Override
  public Deserializer<T> deserializer() {
    return (_, bytes) -> bytes == null ? null : decode(bytes);
  }

  private byte[] encode(T value) {
    try {
      OptionalInt version = codec.oldestVersion(value);
      BinaryMessageEncoder<R> writer =
          version.isPresent()
              ? schemas().writers().get(version.getAsInt() - 1)
              : schemas().current();
      ByteBuffer encoded = writer.encode(codec.toRecord(value));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (IOException | RuntimeException e) {
      throw new SerializationException(
          "cannot write %s: %s".formatted(schemas().name(), reason(e)), e);
    }
  }

  /** Whatever is wrong with the bytes ends here: they came from outside. */
  private T decode(byte[] bytes) {
    try {
      return codec.fromRecord(read(bytes));
    } catch (IOException | RuntimeException e) {
      throw new SerializationException(
          "%d bytes are no %s: %s".formatted(bytes.length, schemas().name(), reason(e)), e);
    }
  }

  private R read(byte[] bytes) throws IOException {
    if (bytes.length < HEADER_LENGTH || bytes[0] != MARKER[0] || bytes[1] != MARKER[1]) {
      throw new IOException("they do not begin as Avro's single-object encoding does");
    }
    long fingerprint = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(MARKER.length);
    DatumReader<R> reader = schemas().readers().get(fingerprint);
    if (reader == null) {
      throw new IOException(
          "no version of it has the fingerprint %016x; a newer Sluice may have written it"
              .formatted(fingerprint));
    }
    BinaryDecoder decoder =
        DecoderFactory.get()
            .binaryDecoder(bytes, HEADER_LENGTH, bytes.length - HEADER_LENGTH, null);
    R avro = reader.read(null, decoder);
    if (!decoder.isEnd()) {
      throw new IOException("more bytes follow the value");
    }
    return avro;
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}

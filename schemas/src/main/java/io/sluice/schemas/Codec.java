package io.sluice.schemas;

import java.util.OptionalInt;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Translates a value of the model to the class Avro generated for it, and back. Stateless.
 *
 * @param <T> the type of the model
 * @param <R> the generated class
 */
interface Codec<T, R extends SpecificRecordBase> {

  /** The generated class. */
  Class<R> recordType();

  R toRecord(T value);

  /**
   * The oldest version of the schema that can say this value in full: it is written in that
   * version, so that programs which are not upgraded yet can read it. Empty means the newest. In
   * older versions the fields must stand at the same positions.
   */
  default OptionalInt oldestVersion(T value) {
    return OptionalInt.empty();
  }

  /**
   * The value that the record stands for.
   *
   * @throws IllegalArgumentException if the model does not allow such a value
   */
  T fromRecord(R avro);
}

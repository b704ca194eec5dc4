package io.sluice.schemas;

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
   * The value that the record stands for.
   *
   * @throws IllegalArgumentException if the model does not allow such a value
   */
  T fromRecord(R avro);
}

package io.sluice.agent.kernel;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Optional;

/**
 * One element of a set or map, in the bytes of the kernel.
 *
 * @param key what is looked up; of an interval, its first value
 * @param lastKey of an interval in a concatenation, its last value (NFTA_SET_ELEM_KEY_END)
 * @param endsInterval whether this marks the first value behind a plain interval
 * @param data of a map, what is found
 * @param timeoutMillis of a set whose elements time out, after how long; 0 elsewhere
 */
record SetElement(
    NftSet set,
    ByteBuffer key,
    Optional<ByteBuffer> lastKey,
    boolean endsInterval,
    Optional<ByteBuffer> data,
    long timeoutMillis) {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** The whole content decides: two elements of one key with other data are two. */
  static final Comparator<SetElement> BY_CONTENT =
      Comparator.comparing(SetElement::set)
          .thenComparing(SetElement::key)
          .thenComparing(element -> element.lastKey.orElse(NOTHING))
          .thenComparing(element -> element.endsInterval)
          .thenComparing(element -> element.data.orElse(NOTHING));

  static SetElement member(NftSet set, ByteBuffer key) {
    return new SetElement(set, key, Optional.empty(), false, Optional.empty(), 0);
  }

  static SetElement entry(NftSet set, ByteBuffer key, ByteBuffer data) {
    return new SetElement(set, key, Optional.empty(), false, Optional.of(data), 0);
  }

  /** A member that is gone after the time. @throws IllegalArgumentException if that is none */
  static SetElement expiring(NftSet set, ByteBuffer key, long timeoutMillis) {
    if (timeoutMillis <= 0) {
      // To the kernel, none would mean for ever.
      throw new IllegalArgumentException("a timeout of " + timeoutMillis + " ms");
    }
    return new SetElement(set, key, Optional.empty(), false, Optional.empty(), timeoutMillis);
  }

  /** Marks the first value behind an interval. */
  static SetElement intervalEnd(NftSet set, ByteBuffer key) {
    return new SetElement(set, key, Optional.empty(), true, Optional.empty(), 0);
  }
}

package io.sluice.agent.core;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Small numbers for things that the kernel knows by number. A thing keeps its number as long as it
 * is in use, and the number of a thing that went out of use is not given to another one before
 * {@link #settle()}: within one change of the kernel a number never means two things.
 */
final class StableNumbers<K> {

  private final int first;
  private final int last;
  private final Map<K, Integer> numbers = new HashMap<>();
  private final BitSet taken = new BitSet();
  private final BitSet resting = new BitSet();

  /** Numbers between these two, both included. */
  StableNumbers(int first, int last) {
    this.first = first;
    this.last = last;
  }

  /**
   * The number of this thing; a new one if it has none.
   *
   * @param preferred the number it had in an earlier life; given to it if still free, else ignored
   * @return empty when all numbers are taken
   */
  OptionalInt numberOf(K key, OptionalInt preferred) {
    Integer known = numbers.get(key);
    if (known != null) {
      return OptionalInt.of(known);
    }
    int number =
        preferred.isPresent() && isFree(preferred.getAsInt())
            ? preferred.getAsInt()
            : taken.nextClearBit(first);
    if (number > last) {
      return OptionalInt.empty();
    }
    taken.set(number);
    numbers.put(key, number);
    return OptionalInt.of(number);
  }

  /** Takes the number from this thing; it rests until {@link #settle()}. */
  void release(K key) {
    Integer number = numbers.remove(key);
    if (number != null) {
      resting.set(number);
    }
  }

  /** The kernel has forgotten the released numbers: they may be given out again. */
  void settle() {
    taken.andNot(resting);
    resting.clear();
  }

  private boolean isFree(int number) {
    return number >= first && number <= last && !taken.get(number);
  }
}

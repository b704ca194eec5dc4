package io.sluice.watcher.core.events;

import io.sluice.model.ObjectId;

/**
 * Something that happened to an object, as {@code kubectl describe} shows it.
 *
 * @param reason why, one word in CamelCase for machines
 * @param action what Sluice did, one word for machines
 * @param note for people, at most {@link #MAX_NOTE} characters
 * @param topic what of the object it is about: two Events with the same object, reason and topic
 *     say the same thing twice
 * @param origin the record it follows from
 */
public record Event(
    ObjectId regarding,
    Type type,
    String reason,
    String action,
    String note,
    String topic,
    Origin origin) {

  /** The API server refuses a note of more than a kilobyte. */
  public static final int MAX_NOTE = 1_000;

  public Event {
    note = note.length() <= MAX_NOTE ? note : note.substring(0, MAX_NOTE - 1) + "…";
  }

  /** Whether somebody should have a look. */
  public enum Type {
    NORMAL("Normal"),
    WARNING("Warning");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * Where a record stands on Kafka. It is the same at every reading, which makes Events that are
   * told again recognizable.
   *
   * @param timeMillis the record's time, milliseconds since the epoch
   */
  public record Origin(String topic, long offset, long timeMillis) {}
}

package io.sluice.watcher.core.events;

import io.sluice.model.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Keeps floods away from whoever keeps the Events. What is said again within ten minutes is counted
 * on the Event that said it first; and of one object and reason no more than ten different Events
 * are made in that time, after which everything is counted on the last of them.
 */
public final class EventSeries {

  /** As long as a series may pause, the client libraries of Kubernetes think so too. */
  static final long WINDOW_MILLIS = 10 * 60 * 1_000L;

  static final int MAX_DIFFERENT = 10;

  private final Map<Similar, Group> groups = new LinkedHashMap<>();

  private record Similar(ObjectId regarding, String reason) {}

  private static final class Group {
    private final Map<String, Entry> byTopic = new HashMap<>();
    private Entry last;
    private long lastMillis;
  }

  private static final class Entry {
    private final Event first;
    private final String id;
    private int count = 1;

    private Entry(Event first) {
      this.first = first;
      this.id = id(first);
    }
  }

  /**
   * What to do about an Event.
   *
   * @param id names the Event that is kept; the same for the same Event at every reading
   * @param first the Event as it was said for the first time
   * @param count how often it was said; 1 means that it is to be made
   * @param lastMillis when it was said last
   */
  public record Entrance(String id, Event first, int count, long lastMillis) {}

  /** Takes in an Event. */
  public Entrance admit(Event event) {
    long nowMillis = event.origin().timeMillis();
    forget(nowMillis);
    Group group =
        groups.computeIfAbsent(new Similar(event.regarding(), event.reason()), _ -> new Group());
    group.lastMillis = Math.max(group.lastMillis, nowMillis);
    Entry known = group.byTopic.get(event.topic());
    if (known == null && group.byTopic.size() < MAX_DIFFERENT) {
      group.last = new Entry(event);
      group.byTopic.put(event.topic(), group.last);
      return entrance(group.last, nowMillis);
    }
    Entry counted = known == null ? group.last : known;
    counted.count++;
    return entrance(counted, nowMillis);
  }

  private static Entrance entrance(Entry entry, long nowMillis) {
    return new Entrance(entry.id, entry.first, entry.count, nowMillis);
  }

  private void forget(long nowMillis) {
    groups.values().removeIf(group -> nowMillis - group.lastMillis > WINDOW_MILLIS);
  }

  private static String id(Event event) {
    Event.Origin origin = event.origin();
    String identity =
        String.join(
            "\n",
            origin.topic(),
            Long.toString(origin.offset()),
            Long.toString(origin.timeMillis()),
            event.regarding().toString(),
            event.reason());
    long bits =
        UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
    return "%016x".formatted(bits);
  }
}

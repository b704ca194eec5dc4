package io.sluice.watcher.core.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ObjectId;
import io.sluice.watcher.core.events.Event.Origin;
import io.sluice.watcher.core.events.Event.Type;
import io.sluice.watcher.core.events.EventSeries.Entrance;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventSeriesTest {

  private final EventSeries series = new EventSeries();
  private long offset;

  private Entrance admit(String topic, long timeMillis) {
    return series.admit(event("p", topic, offset++, timeMillis));
  }

  private static Event event(String policy, String topic, long offset, long timeMillis) {
    return new Event(
        ObjectId.policy(policy),
        Type.NORMAL,
        "Moved",
        "Move",
        "note",
        topic,
        new Origin("sluice.assignments", offset, timeMillis));
  }

  @Test
  void whatIsSaidAgainIsCountedOnTheFirst() {
    Entrance first = admit("a", 0);
    Entrance other = admit("b", 10);
    Entrance again = admit("a", 20);
    assertThat(first.count()).isEqualTo(1);
    assertThat(other.count()).isEqualTo(1);
    assertThat(other.id()).isNotEqualTo(first.id());
    assertThat(again).isEqualTo(new Entrance(first.id(), first.first(), 2, 20));
  }

  @Test
  void afterAPauseItIsNewAgain() {
    Entrance first = admit("a", 0);
    assertThat(admit("a", EventSeries.WINDOW_MILLIS).count()).isEqualTo(2);
    Entrance later = admit("a", 2 * EventSeries.WINDOW_MILLIS + 1);
    assertThat(later.count()).isEqualTo(1);
    assertThat(later.id()).isNotEqualTo(first.id());
  }

  @Test
  void aFloodOfDifferentOnesMakesOnlyTen() {
    Set<String> made = new HashSet<>();
    Entrance last = null;
    for (int i = 0; i < 1_000; i++) {
      last = admit("topic " + i, i);
      made.add(last.id());
    }
    assertThat(made).hasSize(EventSeries.MAX_DIFFERENT);
    assertThat(last.count()).isEqualTo(1_000 - EventSeries.MAX_DIFFERENT + 1);
  }

  @Test
  void theFloodOfOneObjectLeavesOthersAlone() {
    for (int i = 0; i < 100; i++) {
      admit("topic " + i, i);
    }
    assertThat(series.admit(event("q", "x", 1, 100)).count()).isEqualTo(1);
  }

  @Test
  void theNameOfAnEventIsTheSameAtEveryReading() {
    assertThat(new EventSeries().admit(event("p", "a", 7, 5)).id())
        .isEqualTo(new EventSeries().admit(event("p", "a", 7, 5)).id())
        .isNotEqualTo(new EventSeries().admit(event("p", "a", 8, 5)).id())
        .isNotEqualTo(new EventSeries().admit(event("q", "a", 7, 5)).id());
  }
}

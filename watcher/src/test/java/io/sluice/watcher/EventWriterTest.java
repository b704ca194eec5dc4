package io.sluice.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import io.sluice.model.StatusKey.Author;
import io.sluice.watcher.core.events.Event.Origin;
import io.sluice.watcher.core.events.EventSeries.Entrance;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventWriterTest {

  private static final long NOW_MILLIS = 1_000_000_000L;

  private final Feed feed = new Feed();
  private final List<String> told = new ArrayList<>();
  private boolean targetIsAway;
  private final EventWriter writer = writer();

  private EventWriter writer() {
    return new EventWriter(
        feed,
        this::tell,
        new Outbox(),
        Clock.fixed(Instant.ofEpochMilli(NOW_MILLIS), ZoneOffset.UTC));
  }

  private void tell(Entrance entrance) throws IOException {
    if (targetIsAway) {
      throw new IOException("away");
    }
    told.add(
        "%s %s %d"
            .formatted(
                entrance.first().regarding().name(), entrance.first().reason(), entrance.count()));
  }

  private void refused(String policy, String reason, boolean news, long ageMillis) {
    Status status = Status.ofConditions(1, new Condition("Ready", Truth.FALSE, reason, "m", 1));
    feed.next.add(
        new EventFeed.StatusRead(
            ObjectId.policy(policy),
            Author.ALLOCATION,
            Optional.of(status),
            new Origin("sluice.status", feed.offset++, NOW_MILLIS - ageMillis),
            news));
  }

  @Test
  void whatHappenedIsToldAndNotedAfterwards() {
    refused("p", "EgressIPInUse", true, 0);
    writer.step(Duration.ZERO);
    assertThat(told).containsExactly("p EgressIPInUse 1");
    assertThat(feed.noted).isEqualTo(1);

    writer.step(Duration.ZERO);
    assertThat(feed.noted).as("nothing new to note").isEqualTo(1);
  }

  @Test
  void whatARestartedWatcherReadsAgainIsNotTold() {
    refused("p", "EgressIPInUse", false, 0);
    writer().step(Duration.ZERO);
    assertThat(told).isEmpty();
  }

  @Test
  void historyIsNotTold() {
    refused("old", "EgressIPInUse", true, EventWriter.TOLD_WITHIN.toMillis() + 1);
    refused("new", "EgressIPInUse", true, EventWriter.TOLD_WITHIN.toMillis());
    writer.step(Duration.ZERO);
    assertThat(told).containsExactly("new EgressIPInUse 1");
  }

  @Test
  void whileTheTargetIsAwayNothingIsNotedAndNothingGetsLost() {
    targetIsAway = true;
    refused("p", "EgressIPInUse", true, 0);
    refused("q", "EgressIPInUse", true, 0);
    writer.step(Duration.ZERO);
    assertThat(writer.pause()).isEqualTo(Duration.ofMillis(500));
    for (int i = 0; i < 10; i++) {
      writer.step(Duration.ZERO);
    }
    assertThat(writer.pause()).isEqualTo(Duration.ofSeconds(30));
    assertThat(feed.noted).isZero();

    targetIsAway = false;
    writer.step(Duration.ZERO);
    assertThat(told).containsExactly("p EgressIPInUse 1", "q EgressIPInUse 1");
    assertThat(writer.pause()).isZero();
    assertThat(feed.noted).isEqualTo(1);
  }

  private static final class Feed implements EventFeed {

    private final List<Read> next = new ArrayList<>();
    private long offset;
    private int noted;

    @Override
    public List<Read> poll(Duration timeout) {
      List<Read> polled = List.copyOf(next);
      next.clear();
      return polled;
    }

    @Override
    public void told() {
      noted++;
    }

    @Override
    public void wakeup() {}

    @Override
    public void close() {}
  }
}

package io.sluice.agent.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.BeatOrder;
import io.sluice.agent.core.Input;
import io.sluice.model.Heartbeat;
import io.sluice.model.Heartbeat.Intent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class BeatsTest {

  private static final long WALL_AHEAD = TimeUnit.DAYS.toNanos(20_000);

  private long now = millis(10_000);
  private long loopMovedAt = now;
  private final List<Heartbeat> sent = new ArrayList<>();
  private final List<Consumer<Optional<Exception>>> outcomes = new ArrayList<>();
  private final List<Input> inputs = new ArrayList<>();
  private final Beats beats =
      new Beats(
          "instance-1",
          Duration.ofMillis(100),
          Duration.ofMillis(400),
          (beat, done) -> {
            sent.add(beat);
            outcomes.add(done);
          },
          inputs::add,
          () -> now,
          () -> now + WALL_AHEAD,
          () -> loopMovedAt);

  @Test
  void withoutAnOrderThereIsNoBeat() {
    advance(1_000);

    assertThat(sent).isEmpty();
  }

  @Test
  void theFirstBeatLeavesAtOnceAndTheOthersOnTheirSchedule() {
    beats.accept(new BeatOrder(7, Intent.RUNNING));

    advance(1_000);

    assertThat(sent).hasSize(10);
    assertThat(sent.getFirst()).isEqualTo(new Heartbeat("instance-1", 7, 1, 100, Intent.RUNNING));
    assertThat(sent.getLast().sequence()).isEqualTo(10);
  }

  @Test
  void theInboxHearsOfEveryBeatAndOfItsAcknowledgement() {
    beats.accept(new BeatOrder(7, Intent.RUNNING));
    long sentAt = now;
    beats.step();
    now += millis(3);
    outcomes.getFirst().accept(Optional.empty());

    assertThat(inputs)
        .containsExactly(
            new Input.BeatSent(7, sentAt, sentAt + WALL_AHEAD),
            new Input.BeatAcknowledged(
                7, Intent.RUNNING, sentAt, sentAt + WALL_AHEAD, sentAt + millis(3)));
  }

  @Test
  void aBeatThatFailsIsNotAcknowledged() {
    beats.accept(new BeatOrder(7, Intent.RUNNING));
    beats.step();
    outcomes.getFirst().accept(Optional.of(new IllegalStateException("no broker")));

    assertThat(inputs).hasSize(1);
  }

  @Test
  void aFarewellIsSaidOnceAndAtOnce() {
    beats.accept(new BeatOrder(7, Intent.RUNNING));
    advance(150);
    beats.accept(new BeatOrder(7, Intent.STOPPING));
    advance(1_000);

    assertThat(sent).hasSize(3);
    assertThat(sent.getLast().intent()).isEqualTo(Intent.STOPPING);
  }

  @Test
  void afterAFreezeTheEndedSessionDoesNotBeat() {
    beats.accept(new BeatOrder(7, Intent.RUNNING));
    advance(100);
    now += millis(400);
    advance(200);
    assertThat(sent).hasSize(1);

    beats.accept(new BeatOrder(8, Intent.RUNNING));
    advance(100);
    assertThat(sent).hasSize(2);
    assertThat(sent.getLast().session()).isEqualTo(8);
  }

  @Test
  void afterAShortDelayTheScheduleGoesOnWithoutARush() {
    beats.accept(new BeatOrder(7, Intent.RUNNING));
    advance(100);
    now += millis(250);
    advance(200);

    assertThat(sent).hasSize(3);
  }

  @Test
  void anAgentWhoseLoopHangsDoesNotBeat() {
    beats.accept(new BeatOrder(7, Intent.RUNNING));
    beats.step();
    for (int i = 0; i < 100; i++) {
      now += millis(100);
      beats.step();
    }

    assertThat(sent).as("5 seconds are granted").hasSize(50);
  }

  @Test
  void aPauseBetweenTheTwoClocksMakesTheBeatLookOlderNotYounger() {
    List<String> readings = new ArrayList<>();
    Beats paused =
        new Beats(
            "instance-1",
            Duration.ofMillis(100),
            Duration.ofMillis(400),
            (_, _) -> {},
            inputs::add,
            () -> {
              readings.add("monotonic");
              return now;
            },
            () -> {
              readings.add("wall");
              return now;
            },
            () -> loopMovedAt);
    paused.accept(new BeatOrder(7, Intent.RUNNING));
    paused.step();

    assertThat(readings).startsWith("wall", "monotonic");
  }

  /** The loop is alive, and time passes in steps of 10 ms. */
  private void advance(long millis) {
    for (long end = now + millis(millis); now < end; now += millis(10)) {
      loopMovedAt = now;
      beats.step();
    }
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}

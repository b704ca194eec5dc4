package io.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.agent.core.BeatOrder;
import io.sluice.agent.core.Input;
import io.sluice.agent.kafka.Beats;
import io.sluice.model.Heartbeat;
import io.sluice.model.Heartbeat.Intent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A kernel that answers no renewal for a while. */
class RenewalsTest {

  private static final long SESSION = 7;

  private final CountDownLatch kernelAnswers = new CountDownLatch(1);
  private final List<Input> renewed = new CopyOnWriteArrayList<>();
  private final List<Input> heard = new CopyOnWriteArrayList<>();
  private final List<Heartbeat> sent = new ArrayList<>();
  private final List<Consumer<Optional<Exception>>> outcomes = new ArrayList<>();
  private final Renewals renewals = new Renewals(this::renew, heard::add);
  private long now = 1_000;

  private void renew(Input input) {
    try {
      assertThat(kernelAnswers.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    renewed.add(input);
  }

  private final Beats beats =
      new Beats(
          "instance-1",
          Duration.ofMillis(100),
          Duration.ofMillis(400),
          (beat, done) -> {
            sent.add(beat);
            outcomes.add(done);
          },
          renewals,
          () -> now,
          () -> now,
          () -> now);

  @BeforeEach
  void start() {
    renewals.start();
  }

  @AfterEach
  void close() {
    renewals.close();
  }

  private void beatAndHear(Intent intent) {
    beats.accept(new BeatOrder(SESSION, intent));
    beats.step();
    outcomes.removeFirst().accept(Optional.empty());
  }

  @Test
  void beatsLeaveAndTheLoopHearsOfThemWhileTheKernelHangs() {
    for (int beat = 0; beat < 3; beat++) {
      beatAndHear(Intent.RUNNING);
      now += TimeUnit.MILLISECONDS.toNanos(100);
    }

    assertThat(sent).hasSize(3);
    assertThat(heard).hasSize(6);
    assertThat(renewed).isEmpty();
    kernelAnswers.countDown();
    await().until(() -> renewed.size() == 6);
    assertThat(renewed).isEqualTo(heard);
  }

  /** The loop ends with it, and the process: until then the kernel has to have the longer lease. */
  @Test
  void aFarewellIsHeardOnlyWhenTheKernelHasWhatItEntitlesTo() {
    beatAndHear(Intent.RESTARTING);

    assertThat(sent).hasSize(1);
    assertThat(heard).hasSize(1).first().isInstanceOf(Input.BeatSent.class);
    kernelAnswers.countDown();
    await().until(() -> heard.size() == 2);
    assertThat(heard.getLast()).isInstanceOf(Input.BeatAcknowledged.class);
    assertThat(renewed).isEqualTo(heard);
  }
}

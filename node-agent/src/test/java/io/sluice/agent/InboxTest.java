package io.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.agent.core.Input;
import io.sluice.model.Heartbeat.Intent;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InboxTest {

  private final Inbox inbox = new Inbox();

  @Test
  void inputsComeOutInOrder() {
    inbox.accept(new Input.BeatSent(1, 1, 0));
    inbox.accept(new Input.BeatSent(1, 2, 0));

    assertThat(inbox.poll()).contains(new Input.BeatSent(1, 1, 0));
    assertThat(inbox.poll()).contains(new Input.BeatSent(1, 2, 0));
    assertThat(inbox.poll()).isEmpty();
  }

  @Test
  void whoWaitsIsWokenByAnInput() {
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                inbox.await(TimeUnit.MINUTES.toNanos(5), true);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
    await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);

    inbox.accept(new Input.DriftNoticed());

    await().until(() -> waiting.getState() == Thread.State.TERMINATED);
  }

  @Test
  void aBeatThatWasSentWakesNobodyAndIsHeardOfWithWhatComesNext() {
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                inbox.await(TimeUnit.MINUTES.toNanos(5), true);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
    await().until(inbox::isAwaited);

    inbox.accept(new Input.BeatSent(1, 1, 0));
    assertThat(inbox.isAwaited()).isTrue();
    inbox.accept(new Input.DriftNoticed());

    await().until(() -> waiting.getState() == Thread.State.TERMINATED);
    assertThat(inbox.poll()).contains(new Input.BeatSent(1, 1, 0));
    assertThat(inbox.poll()).contains(new Input.DriftNoticed());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theAcknowledgementOfABeatWakesWhoeverSaysSo(boolean wakes) {
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                inbox.await(TimeUnit.MINUTES.toNanos(5), wakes);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
    await().until(inbox::isAwaited);

    inbox.accept(new Input.BeatAcknowledged(1, Intent.RUNNING, 1, 0, 2));
    assertThat(inbox.isAwaited()).isEqualTo(!wakes);
    inbox.accept(new Input.DriftNoticed());

    await().until(() -> waiting.getState() == Thread.State.TERMINATED);
    assertThat(inbox.poll()).contains(new Input.BeatAcknowledged(1, Intent.RUNNING, 1, 0, 2));
  }

  @Test
  void whoReadsTooFastWaitsForRoom() {
    AtomicInteger accepted = new AtomicInteger();
    Thread fast =
        Thread.ofVirtual()
            .start(() -> {
              try {
                for (int i = 0; i < 60_000; i++) {
                  inbox.acceptWhenRoom(new Input.DriftNoticed());
                  accepted.incrementAndGet();
                }
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
    await().until(() -> fast.getState() == Thread.State.WAITING);
    assertThat(accepted).hasValue(50_000);

    await()
        .until(() -> {
          while (inbox.poll().isPresent()) {
            // Making room is all that matters.
          }
          return accepted.get() == 60_000;
        });
  }
}

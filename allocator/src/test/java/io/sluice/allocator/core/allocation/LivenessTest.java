package io.sluice.allocator.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Heartbeat;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.StateChange.Liveness;
import io.sluice.model.StateChange.LivenessChanged;
import java.util.List;
import org.junit.jupiter.api.Test;

class LivenessTest {

  private final io.sluice.allocator.core.allocation.Liveness liveness =
      new io.sluice.allocator.core.allocation.Liveness(AllocationSettings.DEFAULT);

  private static Heartbeat beat(String instance, long session, long sequence, Intent intent) {
    return new Heartbeat(instance, session, sequence, 100, intent);
  }

  private List<LivenessChanged> beats(String node, long sequence, long timeMillis) {
    return liveness.beat(node, beat("of-" + node, 1, sequence, Intent.RUNNING), timeMillis);
  }

  @Test
  void theFirstBeatMakesANodeAlive() {
    assertThat(beats("a", 1, 1_000))
        .containsExactly(new LivenessChanged("a", Liveness.ALIVE, 1, 1_000));
  }

  @Test
  void aBeatLikeTheOneBeforeChangesNothing() {
    beats("a", 1, 1_000);
    assertThat(beats("a", 2, 1_100)).isEmpty();
  }

  @Test
  void aNodeIsSilentWhenABeatOfAnotherComesTLater() {
    beats("a", 1, 1_000);
    for (int i = 0; i < 5; i++) {
      assertThat(beats("b", i, 1_000 + 100 * i)).allMatch(change -> change.node().equals("b"));
    }
    assertThat(beats("b", 5, 1_499)).isEmpty();
    assertThat(beats("b", 6, 1_500))
        .containsExactly(new LivenessChanged("a", Liveness.SILENT, 1, 1_000));
    assertThat(beats("b", 7, 1_600)).isEmpty();
  }

  @Test
  void aTickDeclaresSilenceToTheMillisecond() {
    beats("a", 1, 1_000);
    for (int i = 0; i <= 4; i++) {
      beats("b", i, 1_020 + 100 * i);
    }
    assertThat(liveness.nextDeadlineMillis()).isEqualTo(1_500);
    assertThat(liveness.tick(1_499)).isEmpty();
    assertThat(liveness.tick(1_500))
        .containsExactly(new LivenessChanged("a", Liveness.SILENT, 1, 1_000));
  }

  @Test
  void ticksAloneDeclareNobodyDeadWhenNobodyBeats() {
    beats("a", 1, 1_000);
    beats("b", 1, 1_000);
    for (long now = 1_001; now < 10_000; now++) {
      assertThat(liveness.tick(now)).isEmpty();
    }
    assertThat(liveness.nextDeadlineMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aTickDoesNotDeclareSilenceWhenUnreadBeatsCouldStillProlongTheLease() {
    beats("a", 1, 1_000);
    for (int i = 0; i <= 3; i++) {
      beats("b", i, 1_000 + 100 * i);
    }
    // The last beat read is more than T - L = 100 ms old.
    assertThat(liveness.tick(1_500)).isEmpty();
    assertThat(beats("b", 4, 1_510)).extracting(LivenessChanged::node).containsExactly("a");
  }

  @Test
  void afterAGapInEverybodysBeatsAllTimersRestart() {
    beats("a", 1, 1_000);
    beats("b", 1, 1_000);
    assertThat(beats("b", 2, 1_251)).isEmpty();
    for (int i = 3; i < 8; i++) {
      assertThat(beats("b", i, 1_251 + 100 * (i - 3))).isEmpty();
    }
    assertThat(beats("b", 8, 1_751))
        .containsExactly(new LivenessChanged("a", Liveness.SILENT, 1, 1_251));
  }

  @Test
  void aGapOfExactlyHalfOfTIsNoGap() {
    beats("a", 1, 1_000);
    beats("b", 1, 1_000);
    beats("b", 2, 1_250);
    assertThat(beats("b", 3, 1_500)).extracting(LivenessChanged::node).containsExactly("a");
  }

  @Test
  void aClockThatStepsForwardKillsNobody() {
    beats("a", 1, 1_000);
    beats("b", 1, 1_000);
    assertThat(beats("a", 2, 3_600_000)).isEmpty();
    assertThat(beats("b", 2, 3_600_010)).isEmpty();
  }

  @Test
  void aClockThatStepsBackDelaysDetectionByNoMoreThanT() {
    beats("a", 1, 1_000_000);
    beats("b", 1, 1_000_000);
    assertThat(beats("b", 2, 2_000)).isEmpty();
    for (int i = 3; i < 7; i++) {
      beats("b", i, 2_000 + 100 * (i - 2));
    }
    assertThat(beats("b", 7, 2_500)).extracting(LivenessChanged::node).containsExactly("a");
  }

  @Test
  void aSilentNodeThatBeatsIsAliveAgain() {
    beats("a", 1, 1_000);
    for (int i = 0; i <= 5; i++) {
      beats("b", i, 1_000 + 100 * i);
    }
    assertThat(beats("a", 2, 1_700))
        .containsExactly(new LivenessChanged("a", Liveness.ALIVE, 1, 1_700));
  }

  @Test
  void anOwnBeatThatComesLateIsProofOfLife() {
    beats("a", 1, 1_000);
    for (int i = 0; i < 5; i++) {
      beats("b", i, 1_000 + 100 * i);
    }
    assertThat(beats("a", 2, 1_520)).isEmpty();
  }

  @Test
  void aNewSessionIsATransition() {
    beats("a", 1, 1_000);
    assertThat(liveness.beat("a", beat("of-a", 2, 2, Intent.RUNNING), 1_100))
        .containsExactly(new LivenessChanged("a", Liveness.ALIVE, 2, 1_100));
  }

  @Test
  void aNodeThatStopsOnPurposeHasLeftAtOnceAndIsNotDeclaredSilentLater() {
    beats("a", 1, 1_000);
    beats("b", 1, 1_000);
    assertThat(liveness.beat("a", beat("of-a", 1, 2, Intent.STOPPING), 1_050))
        .containsExactly(new LivenessChanged("a", Liveness.LEFT, 1, 1_050));
    for (int i = 2; i < 12; i++) {
      assertThat(beats("b", i, 1_000 + 100 * i - 100)).isEmpty();
    }
  }

  @Test
  void aNodeThatRestartsIsSilentOnlyAfterTheGrace() {
    beats("a", 1, 1_000);
    liveness.beat("a", beat("of-a", 1, 2, Intent.RESTARTING), 1_000);
    for (long now = 1_000; now < 11_000; now += 100) {
      assertThat(beats("b", now, now)).noneMatch(change -> change.node().equals("a"));
    }
    assertThat(beats("b", 11_000, 11_000))
        .containsExactly(new LivenessChanged("a", Liveness.SILENT, 1, 1_000));
  }

  @Test
  void aRestartedAgentHasNoMoreGrace() {
    aNodeThatRestartsBeatsAgain();
    for (long now = 2_000; now < 2_500; now += 100) {
      beats("b", now, now);
    }
    assertThat(beats("b", 2_500, 2_500)).extracting(LivenessChanged::node).containsExactly("a");
  }

  private void aNodeThatRestartsBeatsAgain() {
    beats("a", 1, 1_900);
    liveness.beat("a", beat("of-a", 1, 2, Intent.RESTARTING), 1_950);
    assertThat(liveness.beat("a", beat("next", 1, 1, Intent.RUNNING), 2_000))
        .containsExactly(new LivenessChanged("a", Liveness.ALIVE, 1, 2_000));
  }

  @Test
  void anOlderBeatOfTheSameProcessIsIgnored() {
    beats("a", 5, 1_000);
    assertThat(liveness.beat("a", beat("of-a", 1, 4, Intent.STOPPING), 1_010)).isEmpty();
    assertThat(liveness.beat("a", beat("of-a", 0, 6, Intent.STOPPING), 1_020)).isEmpty();
  }

  @Test
  void aBeatOfAnOlderSessionIsIgnoredWhileTheNodeIsAlive() {
    liveness.beat("a", beat("new", 7, 1, Intent.RUNNING), 1_000);
    assertThat(liveness.beat("a", beat("old", 6, 99, Intent.STOPPING), 1_010)).isEmpty();
  }

  @Test
  void anAgentThatLostCountOfItsSessionsIsHeardOnceItsPredecessorIsSilent() {
    liveness.beat("a", beat("old", 7, 1, Intent.RUNNING), 1_000);
    for (int i = 0; i <= 5; i++) {
      beats("b", i, 1_000 + 100 * i);
    }
    assertThat(liveness.beat("a", beat("reinstalled", 1, 1, Intent.RUNNING), 1_550))
        .containsExactly(new LivenessChanged("a", Liveness.ALIVE, 1, 1_550));
  }

  @Test
  void aNewTaskGivesEverybodyTheFullTimeFromTheFirstBeatOfAnybody() {
    liveness.restart(
        List.of(
            new LivenessChanged("a", Liveness.ALIVE, 3, 1_000),
            new LivenessChanged("gone", Liveness.SILENT, 1, 500)));
    assertThat(liveness.tick(999_999)).isEmpty();
    assertThat(beats("b", 1, 50_000)).extracting(LivenessChanged::node).containsExactly("b");
    for (int i = 2; i <= 5; i++) {
      assertThat(beats("b", i, 50_000 + 100 * (i - 1))).isEmpty();
    }
    assertThat(beats("b", 6, 50_500))
        .containsExactly(new LivenessChanged("a", Liveness.SILENT, 3, 50_000));
  }

  @Test
  void aRestartIsATransitionOnceAndComingBackAnother() {
    beats("a", 1, 1_000);
    assertThat(liveness.beat("a", beat("of-a", 1, 2, Intent.RESTARTING), 1_010))
        .containsExactly(new LivenessChanged("a", Liveness.RESTARTING, 1, 1_010));
    assertThat(liveness.beat("a", beat("of-a", 1, 3, Intent.RESTARTING), 1_050)).isEmpty();
    assertThat(liveness.beat("a", beat("next", 2, 1, Intent.RUNNING), 1_200))
        .containsExactly(new LivenessChanged("a", Liveness.ALIVE, 2, 1_200));
  }

  @Test
  void aNewTaskKnowsWhoRestarts() {
    liveness.restart(List.of(new LivenessChanged("a", Liveness.RESTARTING, 3, 1_000)));
    for (long now = 50_000; now < 60_000; now += 100) {
      assertThat(beats("b", now, now)).noneMatch(change -> change.node().equals("a"));
    }
    assertThat(beats("b", 60_000, 60_000))
        .containsExactly(new LivenessChanged("a", Liveness.SILENT, 3, 50_000));
  }

  @Test
  void aNewTaskTakesNoLateBeatForTheEndOfARestart() {
    liveness.restart(List.of(new LivenessChanged("a", Liveness.RESTARTING, 3, 1_000)));
    assertThat(liveness.beat("a", beat("of-a", 3, 9, Intent.RUNNING), 1_010)).isEmpty();
    assertThat(liveness.beat("a", beat("next", 4, 1, Intent.RUNNING), 1_020))
        .containsExactly(new LivenessChanged("a", Liveness.ALIVE, 4, 1_020));
  }
}

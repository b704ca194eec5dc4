package io.sluice.allocator.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StatusPublicationTest {

  private static final ObjectId POLICY = ObjectId.policy("p");

  private final StatusPublication publication = new StatusPublication(new TreeMap<>(), 0);

  private static Status status(String message) {
    return Status.ofConditions(1, new Condition("Ready", Truth.TRUE, "Ready", message, 0));
  }

  @Test
  void theFirstIsDueAtOnce() {
    assertThat(publication.isDue(0)).isTrue();
    assertThat(publication.take(Map.of(POLICY, status("a")), 1)).containsKey(POLICY);
    assertThat(publication.isDue(1_000)).as("nothing was decided since").isFalse();
  }

  @Test
  void inQuietADecisionShowsOnceItIsCommitted() {
    publication.take(Map.of(), 1);
    publication.done(0, 0);
    publication.outdate(1_000);
    publication.outdate(1_005);
    assertThat(publication.isDue(1_009)).isFalse();
    assertThat(publication.isDue(1_010)).isTrue();
  }

  @Test
  void inAStormStatusesAreWorkedOutAtMostTwentyTimesASecond() {
    publication.take(Map.of(), 1);
    publication.done(0, 0);
    publication.outdate(1);
    assertThat(publication.isDue(49)).isFalse();
    assertThat(publication.isDue(50)).isTrue();
  }

  @Test
  void statusesThatTakeLongAreWorkedOutLessOften() {
    publication.take(Map.of(), 1);
    publication.done(0, 30);
    publication.outdate(31);
    assertThat(publication.isDue(299)).isFalse();
    assertThat(publication.isDue(300)).isTrue();
  }

  @Test
  void whatDidNotChangeIsNotPublished() {
    publication.take(Map.of(POLICY, status("a")), 1);
    assertThat(publication.take(Map.of(POLICY, status("a")), 2)).isEmpty();
    assertThat(publication.take(Map.of(POLICY, status("b")), 3)).containsOnlyKeys(POLICY);
  }

  @Test
  void theStatusOfAnObjectThatIsGoneIsTakenBackOnce() {
    publication.take(Map.of(POLICY, status("a")), 1);
    assertThat(publication.take(Map.of(), 2)).containsEntry(POLICY, Optional.empty());
    assertThat(publication.take(Map.of(), 3)).isEmpty();
  }
}

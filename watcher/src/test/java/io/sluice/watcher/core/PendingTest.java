package io.sluice.watcher.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PendingTest {

  @Test
  void onlyTheNewestOfAnObjectWaits() {
    Pending<String> pending = new Pending<>();
    pending.offer(ObjectId.node("a"), Optional.of("1"));
    pending.offer(ObjectId.node("b"), Optional.of("2"));
    pending.offer(ObjectId.node("a"), Optional.empty());

    assertThat(pending.size()).isEqualTo(2);
    assertThat(pending.drain())
        .containsExactly(
            new Pending.Entry<>(ObjectId.node("b"), Optional.of("2")),
            new Pending.Entry<>(ObjectId.node("a"), Optional.empty()));
    assertThat(pending.isEmpty()).isTrue();
  }

  @Test
  void whatIsDrainedIsTheLastOfferOfEachObjectInTheOrderOfTheseOffers() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      Pending<Integer> pending = new Pending<>();
      List<Pending.Entry<Integer>> expected = new ArrayList<>();
      for (int offer = 0; offer < 40; offer++) {
        ObjectId id = ObjectId.node("n" + random.nextInt(6));
        Optional<Integer> value = random.nextBoolean() ? Optional.of(offer) : Optional.empty();
        pending.offer(id, value);
        expected.removeIf(entry -> entry.id().equals(id));
        expected.add(new Pending.Entry<>(id, value));
      }

      assertThat(pending.drain()).as("seed %d", seed).isEqualTo(expected);
    }
  }
}

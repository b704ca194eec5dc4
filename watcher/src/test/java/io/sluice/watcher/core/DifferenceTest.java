package io.sluice.watcher.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Metadata;
import io.sluice.model.ObjectId;
import io.sluice.model.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DifferenceTest {

  private static final ObjectId ID = ObjectId.namespace("alice");

  @Test
  void theDifferenceAppliedToWhatIsKnownAlwaysGivesWhatTheSourceSays() {
    for (long seed = 0; seed < 3_000; seed++) {
      RandomObjects random = new RandomObjects(seed);
      SortedMap<ObjectId, Observed> known = random.world();
      SortedMap<ObjectId, Observed> wanted = random.world();

      SortedMap<ObjectId, Observed> topic = new TreeMap<>(known);
      List<Change> changes = Difference.ofAll(known, wanted);
      changes.forEach(change -> apply(change, topic));

      assertThat(topic.keySet()).as("seed %d", seed).isEqualTo(wanted.keySet());
      long at = seed;
      topic.forEach((id, object) ->
          assertThat(object.sameButForVersion(wanted.get(id))).as("seed %d", at).isTrue());
      assertThat(Difference.ofAll(topic, wanted)).as("nothing more, seed %d", seed).isEmpty();
    }
  }

  @Test
  void whatDidNotChangeIsNotPublished() {
    for (long seed = 0; seed < 3_000; seed++) {
      RandomObjects random = new RandomObjects(seed);
      SortedMap<ObjectId, Observed> known = random.world();
      SortedMap<ObjectId, Observed> wanted = random.world();

      for (Change change : Difference.ofAll(known, wanted)) {
        Observed before = known.get(change.id());
        Observed after = wanted.get(change.id());
        assertThat(before != null && after != null && before.sameButForVersion(after))
            .as("seed %d, %s", seed, change)
            .isFalse();
      }
    }
  }

  @Test
  void anotherResourceVersionAloneIsNoDifference() {
    assertThat(
            Difference.ofObject(
                ID,
                Optional.of(namespace("u", "1", "alice")),
                Optional.of(namespace("u", "2", "alice"))))
        .isEmpty();
  }

  @Test
  void anotherObjectUnderTheNameIsATombstoneAndThenAValue() {
    Observed successor = namespace("u2", "1", "alice");

    assertThat(
            Difference.ofObject(
                ID, Optional.of(namespace("u1", "1", "alice")), Optional.of(successor)))
        .containsExactly(Change.tombstone(ID), Change.put(ID, successor));
  }

  @Test
  void goneWorkloadsComeFirstAndGoneResourcesLast() {
    SortedMap<ObjectId, Observed> known = new TreeMap<>();
    RandomObjects random = new RandomObjects(1);
    ObjectId oldPod = ObjectId.pod("a", "old");
    ObjectId newPod = ObjectId.pod("a", "new");
    ObjectId oldPolicy = ObjectId.policy("old");
    ObjectId newPolicy = ObjectId.policy("new");
    known.put(oldPod, random.object(oldPod));
    known.put(oldPolicy, random.object(oldPolicy));
    SortedMap<ObjectId, Observed> wanted = new TreeMap<>();
    wanted.put(newPod, random.object(newPod));
    wanted.put(newPolicy, random.object(newPolicy));

    assertThat(Difference.ofAll(known, wanted))
        .extracting(Change::id)
        .containsExactly(oldPod, newPolicy, newPod, oldPolicy);
  }

  private static Observed namespace(String uid, String version, String user) {
    return new Observed.OfWorkload(
        new Workload.Namespace(new Metadata(uid, version, 1, 7), Map.of("user", user)));
  }

  private static void apply(Change change, SortedMap<ObjectId, Observed> topic) {
    change
        .value()
        .ifPresentOrElse(value -> topic.put(change.id(), value), () -> topic.remove(change.id()));
  }
}

package io.sluice.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.model.Kind;
import io.sluice.model.Metadata;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Workload;
import io.sluice.watcher.core.Change;
import io.sluice.watcher.core.Observed;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class WatcherTest {

  private static final ObjectId ALICE = ObjectId.namespace("alice");
  private static final ObjectId FILE = new ObjectId(Kind.MANIFEST_FILE, "", "a.yaml");

  private final MemoryTopicLog topics = new MemoryTopicLog();

  @Test
  void onlyDifferencesArePublished() throws Exception {
    topics.publish(Change.put(ALICE, namespace("u1", "1", "a")));
    watch(sink -> {
      sink.object(ALICE, Optional.of(namespace("u1", "2", "a")));
      sink.object(ObjectId.namespace("never-was"), Optional.empty());
      sink.object(ObjectId.namespace("paul"), Optional.of(namespace("u2", "3", "b")));
    });

    assertThat(topics.records())
        .containsExactly(
            Change.put(ALICE, namespace("u1", "1", "a")),
            Change.put(ObjectId.namespace("paul"), namespace("u2", "3", "b")));
  }

  @Test
  void anObjectThatTookTheNameOfAnotherComesAfterATombstone() throws Exception {
    topics.publish(Change.put(ALICE, namespace("u1", "1", "a")));
    watch(sink -> sink.object(ALICE, Optional.of(namespace("u2", "2", "a"))));

    assertThat(topics.records())
        .containsExactly(
            Change.put(ALICE, namespace("u1", "1", "a")),
            Change.tombstone(ALICE),
            Change.put(ALICE, namespace("u2", "2", "a")));
  }

  @Test
  void statusesOfFilesComeAndGo() throws Exception {
    watch(sink -> sink.status(FILE, Optional.of(Status.ofConditions(0))));
    assertThat(topics.read().statuses()).containsOnlyKeys(FILE);

    watch(sink -> sink.status(FILE, Optional.empty()));
    assertThat(topics.read().statuses()).isEmpty();
  }

  @Test
  void aFailureOfAnyPartEndsTheWatcher() {
    IllegalStateException cause = new IllegalStateException("the broker said no");

    assertThatExceptionOfType(WatcherFailedException.class)
        .isThrownBy(() -> watch(sink -> sink.failed(cause)))
        .withCause(cause);
  }

  /** Runs a watcher until what the source says at its start is published. */
  private void watch(Consumer<Sink> says) throws Exception {
    Outbox outbox = new Outbox();
    TopicLog untilDone =
        new TopicLog() {
          @Override
          public Content read() {
            return topics.read();
          }

          @Override
          public void publish(Change change) {
            topics.publish(change);
          }

          @Override
          public void publishStatus(ObjectId subject, Optional<Status> status) {
            if (subject.name().equals("end")) {
              outbox.close();
            } else {
              topics.publishStatus(subject, status);
            }
          }

          @Override
          public void commit() {}

          @Override
          public void close() {}
        };
    Source source =
        new Source() {
          @Override
          public void start(Content known, Sink sink) {
            says.accept(sink);
            // Statuses follow the objects of a batch, and this is the last of them.
            sink.status(
                new ObjectId(Kind.MANIFEST_FILE, "", "end"), Optional.of(Status.ofConditions(0)));
          }

          @Override
          public Optional<String> problem() {
            return Optional.empty();
          }

          @Override
          public Map<String, Duration> sinceHeard() {
            return Map.of();
          }

          @Override
          public void close() {}
        };
    new Watcher(untilDone, source, outbox, WatcherMetrics.unread()).run();
  }

  private static Observed namespace(String uid, String version, String label) {
    return new Observed.OfWorkload(
        new Workload.Namespace(new Metadata(uid, version, 1, 7), Map.of("v", label)));
  }
}

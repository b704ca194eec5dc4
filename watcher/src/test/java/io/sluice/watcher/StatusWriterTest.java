package io.sluice.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import io.sluice.model.StatusKey.Author;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StatusWriterTest {

  private static final ObjectId P1 = ObjectId.policy("p1");
  private static final ObjectId P2 = ObjectId.policy("p2");

  private final Feed feed = new Feed();
  private final Target target = new Target();
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final StatusWriter writer = new StatusWriter(feed, target, new Outbox(), nanos::get);

  @Test
  void nothingIsWrittenBeforeAllHasBeenRead() {
    feed.caughtUp = false;
    say(P1, "first");
    step();
    assertThat(target.written).isEmpty();

    say(P1, "second");
    feed.caughtUp = true;
    step();
    assertThat(target.written).containsExactly("begin [EgressNATPolicy p1]", "p1 second");
  }

  @Test
  void aStatusThatIsTakenBackIsRemoved() {
    say(P1, "first");
    step();
    feed.next.add(new StatusFeed.Said(P1, Author.ALLOCATION, Optional.empty()));
    step();

    assertThat(target.written).endsWith("p1 first", "p1 gone");
  }

  @Test
  void aWriteThatFailsIsRepeatedWithGrowingPausesAndHoldsUpNothingElse() {
    target.failing.add("p1");
    say(P1, "first");
    say(P2, "first");
    step();
    assertThat(target.written).endsWith("p1 failed", "p2 first");

    pass(Duration.ofMillis(499));
    assertThat(target.written).endsWith("p2 first");
    pass(Duration.ofMillis(1));
    assertThat(target.written).endsWith("p2 first", "p1 failed");
    pass(Duration.ofMillis(999));
    assertThat(target.written).hasSize(4);
    pass(Duration.ofMillis(1));
    assertThat(target.written).hasSize(5);
    for (int i = 0; i < 10; i++) {
      pass(Duration.ofSeconds(30));
    }
    assertThat(target.written).as("never longer than 30 s").hasSize(15);

    say(P1, "newest");
    step();
    assertThat(target.written).as("no haste for what just failed").hasSize(15);
    target.failing.clear();
    pass(Duration.ofSeconds(30));
    assertThat(target.written).endsWith("p1 newest").hasSize(16);
    pass(Duration.ofSeconds(30));
    assertThat(target.written).hasSize(16);
  }

  private void say(ObjectId id, String reason) {
    feed.next.add(
        new StatusFeed.Said(
            id,
            Author.ALLOCATION,
            Optional.of(
                Status.ofConditions(1, new Condition("Ready", Truth.TRUE, reason, "", 1)))));
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    step();
  }

  private void step() {
    writer.step(Duration.ZERO);
  }

  private static final class Feed implements StatusFeed {

    private final List<Said> next = new ArrayList<>();
    private boolean caughtUp = true;

    @Override
    public List<Said> poll(Duration timeout) {
      List<Said> polled = List.copyOf(next);
      next.clear();
      return polled;
    }

    @Override
    public boolean caughtUp() {
      return caughtUp;
    }

    @Override
    public void wakeup() {}

    @Override
    public void close() {}
  }

  private static final class Target implements StatusTarget {

    private final List<String> written = new ArrayList<>();
    private final Set<String> failing = new HashSet<>();

    @Override
    public void begin(SortedSet<ObjectId> subjects) {
      written.add("begin " + subjects);
    }

    @Override
    public void write(ObjectId subject, Optional<Status> status) throws IOException {
      if (failing.contains(subject.name())) {
        written.add(subject.name() + " failed");
        throw new IOException("the disk is full");
      }
      written.add(
          subject.name()
              + " "
              + status.map(shown -> shown.conditions().getFirst().reason()).orElse("gone"));
    }
  }
}

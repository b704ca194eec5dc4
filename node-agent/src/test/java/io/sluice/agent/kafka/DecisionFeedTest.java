package io.sluice.agent.kafka;

import static io.sluice.agent.core.Given.clearanceId;
import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.holder;
import static io.sluice.agent.core.Given.ip;
import static io.sluice.agent.core.Given.pod;
import static io.sluice.agent.core.Given.podId;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.Given;
import io.sluice.agent.core.Input;
import io.sluice.kafka.TopicRecord;
import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.BindingKey;
import io.sluice.model.IpAddress;
import io.sluice.schemas.Topics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DecisionFeedTest {

  private static final IpAddress FIP = ip("10.40.1.100");

  private final BlockingQueue<Input> inputs = new LinkedBlockingQueue<>();
  private final List<DecisionFeed> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(DecisionFeed::close);
  }

  @Test
  void whatIsThereIsHandedOnAsAWholeAndWithoutItsHistory() throws InterruptedException {
    Script script =
        new Script()
            .then(assignment(granted(holder(1, 1), 1)), binding(Optional.of(pod("10.244.1.5"))))
            .then(assignment(granted(holder(2, 1), 2)), binding(Optional.empty()))
            .end();
    feed(() -> script);

    assertThat(next())
        .isEqualTo(new Input.TopicsRead(Map.of(FIP, granted(holder(2, 1), 2)), Map.of()));
  }

  @Test
  void whatComesLaterIsHandedOnRecordByRecord() throws InterruptedException {
    Script script =
        new Script()
            .end()
            .then(assignment(granted(holder(1, 1), 1)), binding(Optional.of(pod("10.244.1.5"))));
    feed(() -> script);

    assertThat(next()).isEqualTo(new Input.TopicsRead(Map.of(), Map.of()));
    assertThat(next())
        .isEqualTo(new Input.AssignmentRead(FIP, Optional.of(granted(holder(1, 1), 1))));
    assertThat(next())
        .isEqualTo(new Input.BindingRead(podId("p", "pod-1"), Optional.of(pod("10.244.1.5"))));
  }

  @Test
  void ofTheClearancesOnlyThoseOfTheOwnNodeAreHandedOn() throws InterruptedException {
    Script script =
        new Script()
            .then(clearance("here", "node-1"), clearance("there", "node-2"))
            .end()
            .then(clearance("elsewhere", "node-3"), clearance("here", "node-2"));
    feed(() -> script);

    assertThat(next())
        .isEqualTo(
            new Input.TopicsRead(
                Map.of(), Map.of(clearanceId("here"), Given.clearance("node-1", "10.244.1.5"))));
    assertThat(next()).isEqualTo(new Input.BindingRead(clearanceId("here"), Optional.empty()));
  }

  private static TopicRecord<?, ?> clearance(String pod, String node) {
    return new TopicRecord<>(
        Topics.BINDINGS,
        0,
        0,
        0,
        new BindingKey("local", clearanceId(pod)),
        Optional.of(Given.clearance(node, "10.244.1.5")));
  }

  @Test
  void afterAFailureEverythingIsReadAnew() throws InterruptedException {
    Queue<Supplier<Source>> attempts = new ArrayDeque<>();
    attempts.add(() -> {
      throw new KafkaException("not yet");
    });
    attempts.add(() -> new Script().end().failing());
    attempts.add(() -> new Script().then(assignment(granted(holder(3, 1), 3))).end());
    feed(() -> attempts.remove().get());

    assertThat(next()).isEqualTo(new Input.TopicsRead(Map.of(), Map.of()));
    assertThat(next())
        .isEqualTo(new Input.TopicsRead(Map.of(FIP, granted(holder(3, 1), 3)), Map.of()));
  }

  private void feed(Supplier<Source> opener) {
    DecisionFeed feed = new DecisionFeed("node-1", opener, inputs::put);
    open.add(feed);
    feed.start();
  }

  private Input next() throws InterruptedException {
    Input next = inputs.poll(5, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  private static TopicRecord<?, ?> assignment(Assignment assignment) {
    return new TopicRecord<>(
        Topics.ASSIGNMENTS, 0, 0, 0, new AssignmentKey("local", FIP), Optional.of(assignment));
  }

  private static TopicRecord<?, ?> binding(Optional<Binding.OfPod> value) {
    BindingId id = podId("p", "pod-1");
    return new TopicRecord<>(
        Topics.BINDINGS, 0, 0, 0, new BindingKey("local", id), value.map(Binding.class::cast));
  }

  /** Topics that tell what they were told to, and then nothing until they are woken up. */
  private static final class Script implements Source {

    private final Queue<List<TopicRecord<?, ?>>> batches = new ArrayDeque<>();
    private final Semaphore woken = new Semaphore(0);
    private int batchesUntilCaughtUp;
    private boolean fails;

    Script then(TopicRecord<?, ?>... records) {
      batches.add(List.of(records));
      return this;
    }

    Script end() {
      batchesUntilCaughtUp = batches.size();
      return this;
    }

    Script failing() {
      fails = true;
      return this;
    }

    @Override
    public List<TopicRecord<?, ?>> poll(Duration timeout) {
      batchesUntilCaughtUp--;
      if (!batches.isEmpty()) {
        return batches.remove();
      }
      if (fails) {
        throw new KafkaException("the broker refuses");
      }
      woken.acquireUninterruptibly();
      return List.of();
    }

    @Override
    public boolean caughtUp() {
      return batchesUntilCaughtUp <= 0;
    }

    @Override
    public void wakeup() {
      woken.release();
    }

    @Override
    public void close() {
      batches.clear();
    }
  }
}

package io.sluice.agent;

import io.sluice.agent.core.DataPlane;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.Rehearsal;
import io.sluice.agent.kafka.Beats;
import io.sluice.agent.kafka.DecisionFeed;
import io.sluice.agent.kafka.Delivery;
import io.sluice.agent.kafka.Reports;
import io.sluice.agent.kafka.Source;
import io.sluice.agent.kernel.WallClock;
import io.sluice.kafka.KafkaOptions;
import io.sluice.kafka.TopicReader;
import io.sluice.kafka.TopicWriter;
import io.sluice.model.NodeKey;
import io.sluice.operations.Health;
import io.sluice.operations.Stall;
import io.sluice.schemas.Topic;
import io.sluice.schemas.TopicCatalogue;
import io.sluice.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Puts the agent's loop between Kafka and the kernel, and drives it until it has stopped. */
final class AgentProcess {

  private static final Logger log = LoggerFactory.getLogger(AgentProcess.class);

  /** Beyond its own farewell, for the last report and for closing. */
  private static final Duration CLOSING = Duration.ofSeconds(8);

  /** A beat that could not be delivered within this time says nothing any more. */
  private static final Duration DELIVERY = Duration.ofSeconds(2);

  private static final Duration REQUEST = Duration.ofSeconds(1);

  /** The loop rests for a second at most; only a very long change of the kernel takes longer. */
  private static final Duration LOOP_PATIENCE = Duration.ofSeconds(30);

  private final AgentSettings settings;
  private final Duration beatInterval;
  private final KafkaOptions kafka;
  private final DataPlane dataPlane;
  private final Tenure tenure;
  private final boolean keepOnStop;
  private final Health health;

  /**
   * @param keepOnStop whether a signal to stop means a restart, which everything outlives
   * @param health is told how to ask the loop
   */
  AgentProcess(
      AgentSettings settings,
      Duration beatInterval,
      KafkaOptions kafka,
      DataPlane dataPlane,
      Tenure tenure,
      boolean keepOnStop,
      Health health) {
    this.settings = settings;
    this.beatInterval = beatInterval;
    this.kafka = kafka;
    this.dataPlane = dataPlane;
    this.tenure = tenure;
    this.keepOnStop = keepOnStop;
    this.health = health;
  }

  /** Runs until a signal asks to stop, and has said farewell then. */
  void run() throws InterruptedException {
    Thread.setDefaultUncaughtExceptionHandler(AgentProcess::crash);
    Rehearsal.run();
    Inbox inbox = new Inbox();
    AtomicLong loopMovedAt = new AtomicLong(System.nanoTime());
    Stall moving = new Stall("the loop", LOOP_PATIENCE, System::nanoTime);
    AtomicReference<AgentLoop.Phase> phase = new AtomicReference<>(AgentLoop.Phase.STARTING);
    health.alive("loop", moving).ready("decisions", () -> unready(phase.get()));
    CountDownLatch ended = new CountDownLatch(1);
    stopOnSignal(inbox, ended);
    try (TopicWriter writer = TopicWriter.open(kafka.clientProperties(), writerSettings());
        Beats beats =
            new Beats(
                settings.instance(),
                beatInterval,
                settings.lease(),
                delivery(writer, Topics.HEARTBEATS),
                input -> {
                  tenure.heard(input);
                  inbox.accept(input);
                },
                System::nanoTime,
                WallClock::nanos,
                loopMovedAt::get);
        Reports reports = new Reports(delivery(writer, Topics.AGENTS));
        DecisionFeed feed = new DecisionFeed(this::openTopics, inbox::acceptWhenRoom)) {
      AgentLoop loop =
          new AgentLoop(
              settings,
              inbox,
              dataPlane,
              tenure,
              beats,
              reports,
              System.currentTimeMillis(),
              System::nanoTime);
      tenure.onTrouble(() -> inbox.accept(new Input.DriftNoticed()));
      dataPlane.onDrift(() -> inbox.accept(new Input.DriftNoticed()));
      beats.start();
      reports.start();
      feed.start();
      while (loop.phase() != AgentLoop.Phase.STOPPED) {
        long now = System.nanoTime();
        loop.doWork(now);
        loopMovedAt.set(now);
        moving.moved();
        phase.set(loop.phase());
        inbox.await(loop.nanosUntilWork(System.nanoTime()));
      }
    } finally {
      ended.countDown();
    }
  }

  private static Optional<String> unready(AgentLoop.Phase phase) {
    return switch (phase) {
      case RUNNING -> Optional.empty();
      case STARTING -> Optional.of("not all read from the topics and carried out yet");
      case LEAVING, RESTARTING, STOPPED -> Optional.of("stopping");
    };
  }

  /** The process ends with its shutdown hooks, so the hook waits for the loop. */
  private void stopOnSignal(Inbox inbox, CountDownLatch ended) {
    Runnable stop =
        () -> {
          if (ended.getCount() == 0) {
            // It ended by itself and has an exit code of its own.
            return;
          }
          inbox.accept(new Input.StopRequested(keepOnStop));
          try {
            long patience = settings.farewell().plus(CLOSING).toMillis();
            if (ended.await(patience, TimeUnit.MILLISECONDS)) {
              // Otherwise the exit code would be that of a signal: 143, as if it had failed.
              Runtime.getRuntime().halt(CommandLine.ExitCode.OK);
            }
            log.error("gave up waiting for the end after {} ms", patience);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        };
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(stop));
  }

  /** The kernel stays as it is: the next process takes it over. */
  private static void crash(Thread thread, Throwable mistake) {
    log.error("thread {} failed; the agent ends at once", thread.getName(), mistake);
    Runtime.getRuntime().halt(1);
  }

  private <V> Delivery<V> delivery(TopicWriter writer, Topic<NodeKey, V> topic) {
    NodeKey key = new NodeKey(kafka.cluster(), settings.node());
    return (value, done) -> {
      // The outcome, whatever it is, goes to the callback.
      Future<RecordMetadata> _ =
          writer.send(topic, key, value, (_, failure) -> done.accept(Optional.ofNullable(failure)));
    };
  }

  private Source openTopics() {
    Properties client = kafka.clientProperties();
    try (Admin admin = Admin.create(client)) {
      TopicCatalogue.ensure(admin, kafka.topicPartitions(), kafka.topicReplication())
          .forEach(log::warn);
    }
    readerSettings().forEach(client::putIfAbsent);
    return Source.of(
        TopicReader.open(client, kafka.cluster(), List.of(Topics.ASSIGNMENTS, Topics.BINDINGS)));
  }

  /** A beat's thread must not wait for Kafka, and what is late is not worth delivering. */
  private Map<String, Object> writerSettings() {
    return Map.of(
        ProducerConfig.MAX_BLOCK_MS_CONFIG, String.valueOf(beatInterval.toMillis()),
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, String.valueOf(REQUEST.toMillis()),
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, String.valueOf(DELIVERY.toMillis()),
        ProducerConfig.BUFFER_MEMORY_CONFIG, String.valueOf(4 * 1024 * 1024));
  }

  /** An agent is to be small; the readers' big fetches are for programs that are not. */
  private static Map<String, String> readerSettings() {
    return Map.of(
        ConsumerConfig.FETCH_MAX_BYTES_CONFIG, String.valueOf(4 * 1024 * 1024),
        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, String.valueOf(2 * 1024 * 1024),
        ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
  }
}

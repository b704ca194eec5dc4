package io.sluice.allocator.kafka;

import io.sluice.kafka.Refusal;
import io.sluice.model.AuditKey;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka Streams application as it runs. A thread that fails is replaced; one that fails again
 * and again ends the application, for a restart by whoever watches the process.
 */
public final class Application implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Application.class);

  private static final int MOST_FAILURES = 5;
  private static final Duration FAILURES_WITHIN = Duration.ofMinutes(1);
  private static final Duration POLL_WITHIN = Duration.ofMinutes(1);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

  private final String name;
  private final AuditKey.Stream stream;
  private final AllocatorMetrics metrics;
  private final KafkaStreams streams;
  private final AbandonedTransactions abandoned;
  private final FailureLimit failures = new FailureLimit(MOST_FAILURES, FAILURES_WITHIN);
  private final CompletableFuture<Void> running = new CompletableFuture<>();
  private final CompletableFuture<Void> failed = new CompletableFuture<>();

  /**
   * @param stream what it decides
   * @param metrics counts failures
   */
  public Application(
      AuditKey.Stream stream, Topology topology, Properties properties, AllocatorMetrics metrics) {
    this.stream = stream;
    this.metrics = metrics;
    name = properties.getProperty(StreamsConfig.APPLICATION_ID_CONFIG);
    StreamsClients clients = new StreamsClients();
    abandoned = new AbandonedTransactions(name, clients);
    TakeOvers takeOvers = new TakeOvers(abandoned::look);
    streams = new KafkaStreams(topology, properties, clients);
    streams.setStandbyUpdateListener(takeOvers);
    streams.setGlobalStateRestoreListener(takeOvers);
    streams.setStateListener(this::onState);
    streams.setUncaughtExceptionHandler(this::onFailure);
  }

  /** Starts, and returns before it has a task. */
  public void start() {
    streams.start();
  }

  /** Completes when it runs for the first time. */
  public CompletableFuture<Void> running() {
    return running;
  }

  /** Completes exceptionally when it has given up, and never otherwise. */
  public CompletableFuture<Void> failed() {
    return failed;
  }

  /** How many producers of instances that are gone were fenced. */
  public long fencedProducers() {
    return abandoned.fenced();
  }

  /** How often fencing was given up. */
  public long fencingFailures() {
    return abandoned.failures();
  }

  /** What keeps it from ever going on; empty if it does, or may. */
  public Optional<String> hasStopped() {
    State state = streams.state();
    boolean given = state == State.ERROR || state == State.PENDING_ERROR || failed.isDone();
    return given ? Optional.of("it has given up: " + state) : stuckFor().map(Application::stuck);
  }

  /** What keeps it from deciding now; empty if it does. */
  public Optional<String> isNotRunning() {
    State state = streams.state();
    return state == State.RUNNING ? Optional.empty() : Optional.of("it is " + state);
  }

  /** What it decides, as a label. */
  String kind() {
    return stream.name().toLowerCase(Locale.ROOT);
  }

  /** How many records it has not read yet, in the partition furthest behind. */
  double inputLag() {
    return streams.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals("records-lag-max"))
        .filter(metric -> !metric.metricName().tags().get("client-id").contains("restore"))
        .mapToDouble(metric -> ((Number) metric.metricValue()).doubleValue())
        .filter(Double::isFinite)
        .max()
        .orElse(0);
  }

  private static String stuck(Duration pause) {
    return "a thread has not asked Kafka for %d s".formatted(pause.toSeconds());
  }

  /**
   * How long a thread has not polled, if that is too long; restoring does not keep it from that.
   */
  private Optional<Duration> stuckFor() {
    return streams.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals("last-poll-seconds-ago"))
        .filter(metric -> !metric.metricName().tags().get("client-id").contains("restore"))
        .map(metric -> Duration.ofSeconds(((Number) metric.metricValue()).longValue()))
        .filter(pause -> pause.compareTo(POLL_WITHIN) > 0)
        .findFirst();
  }

  private void onState(State now, State before) {
    log.info("{}: {} (was {})", name, now, before);
    if (now == State.RUNNING) {
      // Names the process as the members of the group and the transactions do.
      streams
          .metadataForLocalThreads()
          .forEach(thread -> log.info("{}: runs as {}", name, thread.threadName()));
      running.complete(null);
    } else if (now == State.ERROR) {
      failed.completeExceptionally(new IllegalStateException(name + " has failed"));
    }
  }

  private StreamThreadExceptionResponse onFailure(Throwable failure) {
    metrics.threadFailures.labelValues(kind()).inc();
    boolean replace =
        failure instanceof Exception
            && Refusal.of(failure).isEmpty()
            && failures.allows(System.nanoTime() / 1_000_000);
    log.error("{}: a thread failed; {}", name, replace ? "replacing it" : "giving up", failure);
    if (replace) {
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
    failed.completeExceptionally(failure);
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  /** Ends the current transaction and leaves the group, so that others take over at once. */
  @Override
  public void close() {
    abandoned.close();
    boolean closed =
        streams.close(
            CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSE_WITHIN));
    if (!closed) {
      log.warn("{}: not closed within {}", name, CLOSE_WITHIN);
    }
  }
}

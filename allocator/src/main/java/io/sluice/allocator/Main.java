package io.sluice.allocator;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.allocator.core.allocation.AllocationSettings;
import io.sluice.allocator.kafka.AllocatorMetrics;
import io.sluice.allocator.kafka.Application;
import io.sluice.allocator.kafka.BrokerLimits;
import io.sluice.allocator.kafka.DeadLetters;
import io.sluice.allocator.kafka.Rehearsal;
import io.sluice.allocator.kafka.StreamsSettings;
import io.sluice.allocator.kafka.Topologies;
import io.sluice.kafka.Component;
import io.sluice.kafka.KafkaOptions;
import io.sluice.kafka.Refusal;
import io.sluice.model.AuditKey;
import io.sluice.operations.Health;
import io.sluice.operations.OperationsOptions;
import io.sluice.operations.ProgramMetrics;
import io.sluice.schemas.Topic;
import io.sluice.schemas.TopicCatalogue;
import io.sluice.schemas.TopicCatalogueException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The allocator: decides where each floating IP is and which Pods use it. */
@Command(
    name = "sluice-allocator",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = {
      "Decides where each floating IP is, and which Pods use it.",
      "Any number of instances may run; they share the clusters on one Kafka among them."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sluice-allocator --bootstrap-servers kafka:9092 --topic-replication 3",
      "  sluice-allocator --bootstrap-servers 10.40.0.1:9092 --profile fast",
      "",
      "Exit codes: 0 ended as asked, 1 operating failure, 2 wrong usage."
    })
public final class Main implements Callable<Integer> {

  private static final Logger log = LoggerFactory.getLogger(Main.class);

  private static final Duration KAFKA_PATIENCE = Duration.ofMinutes(2);
  private static final Duration KAFKA_RETRY = Duration.ofSeconds(1);

  @Spec private CommandSpec command;
  @Mixin private KafkaOptions kafka;
  @Mixin private TimeOptions times;
  @Mixin private StreamsOptions streams;

  @Mixin
  private OperationsOptions operations = new OperationsOptions(OperationsOptions.ALLOCATOR_PORT);

  private BrokerLimits brokers = BrokerLimits.UNKNOWN;

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public Integer call() throws InterruptedException {
    AllocationSettings allocation;
    StreamsSettings rehearsed;
    try {
      allocation = times.settings();
      // What contradicts itself is found without a broker.
      rehearsed = streams.settings(kafka.topicReplication(), BrokerLimits.UNKNOWN);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
    log.info("times: {}", allocation);
    Rehearsal.start(allocation, rehearsed);
    Health health = new Health().ready("topics", () -> Optional.of("not made or compared yet"));
    PrometheusRegistry registry = ProgramMetrics.registry();
    AllocatorMetrics metrics = new AllocatorMetrics(registry, allocation);
    try (var _ = operations.start(registry, health)) {
      Component.ALLOCATOR.topics().forEach(Topic::prepare);
      if (!makeTopics()) {
        return CommandLine.ExitCode.SOFTWARE;
      }
      health.ready("topics", Optional::empty);
      StreamsSettings settings = settings();
      return run(allocation, settings, health, metrics);
    }
  }

  /** As chosen, and as the brokers allow; warns of what makes a take-over slow. */
  private StreamsSettings settings() {
    StreamsSettings settings;
    try {
      settings = streams.settings(kafka.topicReplication(), brokers);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
    if (settings.standbyReplicas() > 0) {
      brokers.warnings().forEach(warning -> log.warn("take-over: {}", warning));
    }
    log.info(
        "an instance that dies is noticed after {} ms of silence", settings.sessionTimeoutMillis());
    return settings;
  }

  /** Never steps, whatever happens to the machine's time of day. */
  private static long monotonicMillis() {
    return System.nanoTime() / 1_000_000;
  }

  private int run(
      AllocationSettings allocation,
      StreamsSettings settings,
      Health health,
      AllocatorMetrics metrics)
      throws InterruptedException {
    Properties client = kafka.clientProperties();
    Application allocating =
        new Application(
            AuditKey.Stream.ALLOCATION,
            Topologies.allocation(allocation, Main::monotonicMillis, metrics),
            settings.properties(settings.allocationId(), client, metrics),
            metrics);
    Application selecting =
        new Application(
            AuditKey.Stream.SELECTION,
            Topologies.selection(Main::monotonicMillis, metrics),
            settings.properties(settings.selectionId(), client, metrics),
            metrics);
    metrics.observe(List.of(allocating, selecting));
    AtomicBoolean failed = new AtomicBoolean();
    Thread stop =
        Thread.ofPlatform()
            .name("stop")
            .unstarted(() -> {
              close(allocating, selecting);
              if (!failed.get()) {
                // Otherwise the exit code would be that of a signal: 143, as if it had failed.
                Runtime.getRuntime().halt(CommandLine.ExitCode.OK);
              }
            });
    Runtime.getRuntime().addShutdownHook(stop);
    allocating.start();
    selecting.start();
    health
        .alive("allocation", allocating::hasStopped)
        .alive("selection", selecting::hasStopped)
        .ready("allocation running", allocating::isNotRunning)
        .ready("selection running", selecting::isNotRunning);
    CompletableFuture<Void> ready =
        CompletableFuture.allOf(allocating.running(), selecting.running())
            .thenRun(() -> log.info("ready"));
    try {
      // Ends only by failure; a signal ends the process through the shutdown hook.
      CompletableFuture.anyOf(
              allocating.failed(),
              selecting.failed(),
              ready.thenCompose(_ -> new CompletableFuture<>()))
          .get();
      return CommandLine.ExitCode.OK;
    } catch (ExecutionException e) {
      failed.set(true);
      log.error("stopping: {}", Refusal.of(e).orElseGet(() -> e.getCause().toString()));
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  /** Both at once: each may wait for its broker. */
  private static void close(Application allocating, Application selecting) {
    log.info("stopping");
    CompletableFuture.allOf(
            CompletableFuture.runAsync(allocating::close, task -> Thread.ofVirtual().start(task)),
            CompletableFuture.runAsync(selecting::close, task -> Thread.ofVirtual().start(task)))
        .join();
    log.info("stopped");
  }

  /** Makes what is missing on Kafka; waits a while for a broker that is still starting. */
  private boolean makeTopics() throws InterruptedException {
    long deadline = System.nanoTime() + KAFKA_PATIENCE.toNanos();
    while (true) {
      try (Admin admin = Admin.create(kafka.clientProperties())) {
        TopicCatalogue.ensure(admin, kafka.topicPartitions(), kafka.topicReplication())
            .forEach(warning -> log.warn("topics: {}", warning));
        DeadLetters.ensureTopic(admin, kafka.topicReplication());
        brokers = BrokerLimits.ask(admin);
        return true;
      } catch (TopicCatalogueException e) {
        log.error("topics: {}", e.getMessage());
        return false;
      } catch (KafkaException e) {
        Optional<String> refusal = Refusal.of(e);
        if (refusal.isPresent()) {
          log.error("topics: {}", refusal.get());
          return false;
        }
        if (System.nanoTime() - deadline > 0) {
          log.error("no answer from Kafka within {}", KAFKA_PATIENCE, e);
          return false;
        }
        log.warn("Kafka does not answer, trying again: {}", e.toString());
        Thread.sleep(KAFKA_RETRY);
      }
    }
  }
}

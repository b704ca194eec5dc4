package io.sluice.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.lab.Program;
import io.sluice.cli.load.LoadCommand;
import io.sluice.kafka.TopicReader;
import io.sluice.kafka.TopicRecord;
import io.sluice.kafka.TopicWriter;
import io.sluice.model.Assignment;
import io.sluice.model.AuditEntry;
import io.sluice.model.AuditKey;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AssignmentChanged;
import io.sluice.model.StateChange.Liveness;
import io.sluice.model.StateChange.LivenessChanged;
import io.sluice.schemas.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A log that the real allocator wrote on a real broker while nodes died: it replays to the live
 * state, and a copy that somebody has tampered with does not.
 */
class FailoverLogTest {

  private static final String CLUSTER = "load";
  private static final int FAILOVERS = 8;
  private static final String LOAD =
      "--nodes 20 --gateway-nodes 5 --namespaces 10 --pods 1000 --policies 10 --floating-ips 15"
          + " --changes-per-second 100 --churn-seconds 2 --failovers "
          + FAILOVERS;

  /** One entry of the log. */
  private record Logged(AuditKey.Stream stream, AuditEntry entry) {}

  @TempDir static Path directory;

  private static LoopbackBroker broker;
  private static Program allocator;
  private static List<Logged> log;

  private final StringWriter out = new StringWriter();
  private final StringWriter errors = new StringWriter();

  @BeforeAll
  static void letNodesDie() {
    broker = LoopbackBroker.start(directory);
    allocator =
        Program.start(
            new Program.Plan(
                "allocator",
                Optional.empty(),
                "io.sluice.allocator.Main",
                256,
                List.of(),
                List.of(
                    "--bootstrap-servers",
                    broker.bootstrapServers(),
                    "--state-dir",
                    directory.resolve("streams").toString(),
                    "--operations-address",
                    "none"),
                directory,
                false));
    allocator.awaitReady(Duration.ofSeconds(60));
    String options = LOAD + " --cluster " + CLUSTER;
    assertThat(execute(new CommandLine(new LoadCommand()), options.split(" "))).isZero();
    log = read();
  }

  @AfterAll
  static void endThem() {
    if (allocator != null) {
      allocator.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  private static int execute(CommandLine command, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
    return command.execute(all.toArray(String[]::new));
  }

  private static List<Logged> read() {
    List<Logged> entries = new ArrayList<>();
    try (TopicReader reader =
        TopicReader.open(broker.clientProperties(), CLUSTER, List.of(Topics.AUDIT))) {
      while (!reader.caughtUp()) {
        for (TopicRecord<?, ?> record : reader.poll(Duration.ofMillis(200))) {
          entries.add(
              new Logged(
                  ((AuditKey) record.key()).stream(), (AuditEntry) record.value().orElseThrow()));
        }
      }
    }
    return entries;
  }

  private int replay(String cluster, String... further) {
    List<String> options = new ArrayList<>(List.of("--cluster", cluster, "--output", "json"));
    options.addAll(List.of(further));
    CommandLine command =
        new CommandLine(new ReplayCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(errors, true))
            .setExecutionExceptionHandler((failure, _, _) -> {
              errors.write(failure.getMessage());
              return 1;
            });
    return execute(command, options.toArray(String[]::new));
  }

  private JsonNode json() {
    return JsonMapper.builder().build().readTree(out.toString());
  }

  @Test
  void aThousandDecisionsWithFailoversReplayToTheLiveState() {
    assertThat(replay(CLUSTER)).as(errors.toString()).isZero();

    assertThat(json().get("identical").asBoolean()).isTrue();
    assertThat(json().get("decisions").asLong()).isGreaterThanOrEqualTo(1_000);
    assertThat(json().get("moves").findValuesAsString("move")).contains("failed over");
    assertThat(log.stream().filter(FailoverLogTest::isFailover).count())
        .isGreaterThanOrEqualTo(FAILOVERS);
  }

  @Test
  void theStateAsOfAFailoverShowsTheDeadNodeAndTheNewHolders() {
    AuditEntry failover = firstFailover().entry();
    String dead = silent(failover).orElseThrow();

    assertThat(replay(CLUSTER, "--at", Instant.ofEpochMilli(failover.timeMillis()).toString()))
        .as(errors.toString())
        .isZero();

    for (JsonNode node : json().get("nodes")) {
      assertThat(node.get("liveness").asString())
          .as(node.toString())
          .isEqualToIgnoringCase(node.get("name").asString().equals(dead) ? "silent" : "alive");
    }
    assertThat(json().get("floatingIPs")).hasSize(15);
    for (JsonNode ip : json().get("floatingIPs")) {
      assertThat(ip.get("node").asString()).isNotEqualTo(dead).isNotEmpty();
    }
  }

  @Test
  void aHoleIsRefusedWithItsSequence() throws ExecutionException, InterruptedException {
    Logged missing = firstFailover();
    List<Logged> holed = new ArrayList<>(log);
    holed.remove(missing);
    write("holed", holed);

    assertThat(replay("holed")).isEqualTo(1);

    assertFaultAt(missing);
  }

  @Test
  void aForgedHolderIsRefusedWithItsSequence() throws ExecutionException, InterruptedException {
    Logged failover = firstFailover();
    List<Logged> forged = new ArrayList<>(log);
    forged.set(
        log.indexOf(failover), new Logged(failover.stream(), grantedToTheDead(failover.entry())));
    write("forged", forged);

    assertThat(replay("forged")).isEqualTo(1);

    assertFaultAt(failover);
  }

  @Test
  void aDoubledEntryIsRefusedWithItsSequence() throws ExecutionException, InterruptedException {
    Logged failover = firstFailover();
    List<Logged> doubled = new ArrayList<>(log);
    doubled.add(log.indexOf(failover) + 1, failover);
    write("doubled", doubled);

    assertThat(replay("doubled")).isEqualTo(1);

    assertFaultAt(failover);
  }

  private void assertFaultAt(Logged at) {
    assertThat(json().get("sound").asBoolean()).isFalse();
    assertThat(json().get("stream").asString()).isEqualTo(at.stream().name());
    assertThat(json().get("sequence").asLong()).isEqualTo(at.entry().sequence());
    assertThat(errors.toString()).contains("sequence " + at.entry().sequence());
  }

  private static Logged firstFailover() {
    return log.stream().filter(FailoverLogTest::isFailover).findFirst().orElseThrow();
  }

  private static boolean isFailover(Logged logged) {
    return silent(logged.entry()).isPresent()
        && logged.entry().changes().stream().anyMatch(AssignmentChanged.class::isInstance);
  }

  private static Optional<String> silent(AuditEntry entry) {
    return entry.changes().stream()
        .filter(LivenessChanged.class::isInstance)
        .map(LivenessChanged.class::cast)
        .filter(change -> change.liveness() == Liveness.SILENT)
        .map(LivenessChanged::node)
        .findFirst();
  }

  /** The first address goes to the node that died, and not where it was decided to go. */
  private static AuditEntry grantedToTheDead(AuditEntry entry) {
    List<StateChange> changes = new ArrayList<>(entry.changes());
    for (int i = 0; i < changes.size(); i++) {
      if (changes.get(i) instanceof AssignmentChanged(var ip, var of)) {
        Assignment.Holder right = of.holder().orElseThrow();
        Assignment.Holder dead =
            new Assignment.Holder(silent(entry).orElseThrow(), right.session(), right.addresses());
        changes.set(
            i,
            new AssignmentChanged(
                ip,
                new Assignment(
                    of.state(),
                    Optional.of(dead),
                    of.epoch(),
                    of.gateway(),
                    of.leaseMode(),
                    of.auditSequence(),
                    of.reason())));
        return new AuditEntry(entry.sequence(), entry.cause(), entry.timeMillis(), changes);
      }
    }
    throw new AssertionError("no address moved in " + entry);
  }

  private static void write(String cluster, List<Logged> entries)
      throws ExecutionException, InterruptedException {
    List<Future<?>> sent = new ArrayList<>();
    try (TopicWriter writer = TopicWriter.open(broker.clientProperties(), Map.of())) {
      for (Logged logged : entries) {
        sent.add(writer.send(Topics.AUDIT, new AuditKey(cluster, logged.stream()), logged.entry()));
      }
      for (Future<?> acknowledged : sent) {
        acknowledged.get();
      }
    }
  }
}

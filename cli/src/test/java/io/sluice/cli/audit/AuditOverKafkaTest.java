package io.sluice.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.audit.core.LogScenario;
import io.sluice.cli.audit.core.LoggedEntry;
import io.sluice.kafka.TopicWriter;
import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import io.sluice.model.AuditKey;
import io.sluice.model.BindingKey;
import io.sluice.model.IpAddress;
import io.sluice.schemas.TopicCatalogue;
import io.sluice.schemas.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands as they are, against a real broker on the loopback interface. */
class AuditOverKafkaTest {

  private static final String CLUSTER = "production";
  private static final LogScenario SCENARIO = LogScenario.random(7, 1_000);

  @TempDir static Path directory;

  private static LoopbackBroker broker;

  private final StringWriter out = new StringWriter();
  private final StringWriter errors = new StringWriter();

  @BeforeAll
  static void startABroker() throws ExecutionException, InterruptedException {
    broker = LoopbackBroker.start(directory);
    try (Admin admin = Admin.create(client())) {
      TopicCatalogue.ensure(admin, 1, (short) 1);
    }
    write(CLUSTER, SCENARIO.log(), SCENARIO);
  }

  @AfterAll
  static void endTheBroker() {
    if (broker != null) {
      broker.close();
    }
  }

  private static Properties client() {
    return broker.clientProperties();
  }

  private static void write(String cluster, List<LoggedEntry> log, LogScenario live)
      throws ExecutionException, InterruptedException {
    List<Future<?>> sent = new ArrayList<>();
    try (TopicWriter writer = TopicWriter.open(client(), Map.of())) {
      for (LoggedEntry it : log) {
        sent.add(writer.send(Topics.AUDIT, new AuditKey(cluster, it.stream()), it.entry()));
      }
      for (var it : live.assignments().entrySet()) {
        AssignmentKey key = new AssignmentKey(cluster, it.getKey());
        sent.add(writer.send(Topics.ASSIGNMENTS, key, it.getValue()));
      }
      for (var it : live.bindings().entrySet()) {
        BindingKey key = new BindingKey(cluster, it.getKey());
        sent.add(writer.send(Topics.BINDINGS, key, it.getValue()));
      }
      for (Future<?> acknowledged : sent) {
        acknowledged.get();
      }
    }
  }

  private int execute(AuditCommand command, String cluster, String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of("--bootstrap-servers", broker.bootstrapServers(), "--cluster", cluster));
    all.addAll(List.of(arguments));
    return new CommandLine(command)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(errors, true))
        .setExecutionExceptionHandler((failure, _, _) -> {
          errors.write(failure.getMessage());
          return 1;
        })
        .execute(all.toArray(String[]::new));
  }

  private JsonNode json() {
    return JsonMapper.builder().build().readTree(out.toString());
  }

  @Test
  void aThousandEntriesReplayToTheLiveState() {
    assertThat(execute(new ReplayCommand(), CLUSTER)).as(errors.toString()).isZero();
    assertThat(out.toString())
        .contains("give exactly the live state", "failed over", "allocation", "selection");
  }

  @Test
  void aHoleIsRefusedWithItsSequence() throws ExecutionException, InterruptedException {
    List<LoggedEntry> holed = new ArrayList<>(SCENARIO.log());
    LoggedEntry missing = holed.remove(500);
    write("holed", holed, SCENARIO);

    assertThat(execute(new ReplayCommand(), "holed", "--output", "json")).isEqualTo(1);
    assertThat(errors.toString()).contains("sequence " + missing.entry().sequence());
    assertThat(json().get("sound").asBoolean()).isFalse();
    assertThat(json().get("sequence").asLong()).isEqualTo(missing.entry().sequence());
    assertThat(json().get("stream").asString()).isEqualTo(missing.stream().name());
  }

  @Test
  void aLiveStateThatTheLogDoesNotExplainIsShownInItsPlace()
      throws ExecutionException, InterruptedException {
    write("drifted", SCENARIO.log(), SCENARIO);
    IpAddress ip = SCENARIO.assignments().firstKey();
    try (TopicWriter writer = TopicWriter.open(client(), Map.of())) {
      Assignment drifted = SCENARIO.assignments().get(ip).withAuditSequence(1_000_000);
      writer.send(Topics.ASSIGNMENTS, new AssignmentKey("drifted", ip), drifted).get();
    }

    assertThat(execute(new ReplayCommand(), "drifted", "-o", "json")).isEqualTo(1);
    assertThat(json().get("identical").asBoolean()).isFalse();
    assertThat(json().get("differences")).hasSize(1);
    assertThat(json().get("differences").get(0).get("what").asString())
        .isEqualTo("floating IP " + ip);
    assertThat(json().get("differences").get(0).get("differsIn").get(0).asString())
        .isEqualTo("audit sequence");
  }

  @Test
  void aRecordThatCannotBeDecodedIsNotSkipped() throws ExecutionException, InterruptedException {
    write("damaged", SCENARIO.log(), SCENARIO);
    byte[] key =
        Topics.AUDIT
            .keySerde()
            .serializer()
            .serialize(Topics.AUDIT.name(), new AuditKey("damaged", AuditKey.Stream.ALLOCATION));
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client(), new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(Topics.AUDIT.name(), key, new byte[] {1, 2, 3})).get();
    }

    assertThat(execute(new ReplayCommand(), "damaged")).isEqualTo(1);
    assertThat(errors.toString())
        .contains("1 record(s) of sluice.audit cannot be decoded", "bring the topic back");
  }

  @Test
  void theCommandsAnswerFromTheTopic() {
    String ip = SCENARIO.assignments().firstKey().toString();
    String at = Instant.ofEpochMilli(LogScenario.START_MILLIS + 2_000).toString();

    assertThat(execute(new WhoHadCommand(), CLUSTER, ip, "--at", at)).isZero();
    assertThat(execute(new HistoryCommand(), CLUSTER, ip)).isZero();
    assertThat(execute(new ExplainCommand(), CLUSTER, "node/node-1")).isZero();
    assertThat(execute(new ReplayCommand(), CLUSTER, "--at", at)).isZero();
    assertThat(out.toString())
        .contains(" had " + ip, ip + " is ", "node-1 is ", "Cluster production as of ");
  }

  @Test
  void whatIsNotThereIsRefused() {
    assertThat(execute(new ExplainCommand(), CLUSTER, "nobody")).isEqualTo(1);
    assertThat(execute(new HistoryCommand(), "nowhere", "10.40.1.100")).isEqualTo(1);
    assertThat(execute(new ReplayCommand(), CLUSTER, "--at", "2000-01-01T00:00")).isEqualTo(1);
    assertThat(errors.toString())
        .contains("\"nobody\" is no floating IP, policy or node", "node-1, node-2, node-3")
        .contains("holds nothing of cluster \"nowhere\"")
        .contains("before the log begins; its first entry is of 2025-07-29T");
  }
}

package io.sluice.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.lab.KafkaView;
import io.sluice.cli.lab.Program;
import io.sluice.model.AuditEntry;
import io.sluice.model.StateChange.Liveness;
import io.sluice.model.StateChange.LivenessChanged;
import io.sluice.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker dies while gateway nodes die: nothing of the history is lost, and nothing twice in it.
 */
@Tag(Docker.TAG)
class BrokerLossIT {

  private static final int FAILOVERS = 6;

  @BeforeAll
  static void docker() {
    Docker.require();
  }

  @Test
  void aBrokerThatIsKilledDuringFailoversLosesAndDoublesNothing(@TempDir Path directory)
      throws Exception {
    try (ThreeBrokers kafka = ThreeBrokers.start()) {
      String bootstrap = kafka.bootstrapServers();
      try (Program _ = AllocatorProgram.start(bootstrap, 3, directory);
          KafkaView view = KafkaView.open(client(bootstrap), "default")) {
        CompletableFuture<Integer> load =
            CompletableFuture.supplyAsync(() -> SyntheticLoad.run(bootstrap, FAILOVERS));
        Awaitility.await("the second node has died")
            .atMost(Duration.ofMinutes(2))
            .until(() -> load.isDone() || deaths(view) >= 2);
        assertThat(load).as("failovers go on").isNotDone();
        SortedMap<String, Integer> leaders = leaders(bootstrap);
        assertThat(leaders).containsKey("sluice-allocation-changes-changelog");
        assertThat(leaders.values())
            .as("leaders of a decision: %s", leaders)
            .containsOnly(leaders.get(Topics.AUDIT.name()));
        // The broker whose loss hurts most.
        kafka.kill(leaders.get(Topics.AUDIT.name()));
        int deathsBefore = deaths(view);
        assertThat(load.get(4, TimeUnit.MINUTES)).as("exit code of sluice load").isZero();
        Awaitility.await("nodes died after the broker did, and the history has them")
            .atMost(Duration.ofSeconds(30))
            .until(() -> deaths(view) > deathsBefore && deaths(view) >= FAILOVERS);
        assertThat(SyntheticLoad.replay(bootstrap)).as("exit code of sluice replay").isZero();
      }
    }
  }

  private static int deaths(KafkaView view) {
    ToIntFunction<AuditEntry> silent =
        entry ->
            (int)
                entry.changes().stream()
                    .filter(change ->
                        change instanceof LivenessChanged liveness
                            && liveness.liveness() == Liveness.SILENT)
                    .count();
    return view.history().stream()
        .filter(seen -> seen.record().topic().equals(Topics.AUDIT))
        .mapToInt(seen -> silent.applyAsInt((AuditEntry) seen.record().value().orElseThrow()))
        .sum();
  }

  /** Who leads the only partition, by topic: those of Sluice and the changelogs. */
  private static SortedMap<String, Integer> leaders(String bootstrap) throws Exception {
    try (Admin admin = Admin.create(client(bootstrap))) {
      List<String> topics =
          admin.listTopics().names().get().stream()
              .filter(name -> name.startsWith("sluice"))
              .toList();
      SortedMap<String, Integer> leaders = new TreeMap<>();
      admin
          .describeTopics(topics)
          .allTopicNames()
          .get()
          .forEach((name, topic) -> leaders.put(name, topic.partitions().getFirst().leader().id()));
      return leaders;
    }
  }

  private static Properties client(String bootstrap) {
    Properties client = new Properties();
    client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    return client;
  }
}

package io.sluice.watcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.sluice.model.ObjectId;
import io.sluice.watcher.MemoryTopicLog;
import io.sluice.watcher.RunningWatcher;
import io.sluice.watcher.core.Change;
import io.sluice.watcher.kubernetes.ScriptedApiServer.Item;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An API server that has forgotten an old version, and one that is not there. */
@Timeout(60)
class UnwillingApiServerTest {

  private static final ObjectId ALICE = ObjectId.namespace("alice");

  private final MemoryTopicLog topics = new MemoryTopicLog();
  private final ScriptedApiServer server = new ScriptedApiServer();

  private KubernetesSource source(int port) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:" + port)
            .withRequestRetryBackoffLimit(0)
            .build();
    return new KubernetesSource(
        () -> new KubernetesClientBuilder().withConfig(config).build(), System::nanoTime);
  }

  private List<Change> recordsOf(ObjectId id) {
    return topics.records().stream().filter(change -> change.id().equals(id)).toList();
  }

  /** The gap in which it was deleted and made anew shows as nothing but another uid. */
  @Test
  void anObjectMadeAnewWhileTheVersionExpiredIsATombstoneThenTheValue() throws Exception {
    server.start(0);
    server.has("10", new Item("alice", "u1", "5"), new Item("paul", "u9", "6"));
    try (server;
        var _ = new RunningWatcher(topics, source(server.port()))) {
      var watch = server.nextWatch();
      await().until(() -> topics.read().objects().size() == 2);

      server.has("20", new Item("alice", "u2", "15"));
      watch.send(
          """
          {"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure",\
          "reason":"Expired","message":"too old resource version: 10 (15)","code":410}}\
          """);
      server.nextWatch();

      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(topics.read().objects()).containsOnlyKeys(ALICE));
      await().until(() -> recordsOf(ALICE).size() == 3);
      assertThat(recordsOf(ALICE).get(1)).isEqualTo(Change.tombstone(ALICE));
      assertThat(recordsOf(ALICE).get(2).value().orElseThrow().metadata().uid()).isEqualTo("u2");
      assertThat(recordsOf(ObjectId.namespace("paul")))
          .as("what was deleted in the gap")
          .hasSize(2)
          .last()
          .isEqualTo(Change.tombstone(ObjectId.namespace("paul")));
    }
  }

  @Test
  void anApiServerThatComesLateIsFollowed() throws Exception {
    int port = freePort();
    try (RunningWatcher watcher = new RunningWatcher(topics, source(port))) {
      watcher.awaitStarted();
      assertThat(topics.read().objects()).isEmpty();
      server.has("10", new Item("alice", "u1", "5"));
      server.start(port);
      await()
          .atMost(Duration.ofSeconds(45))
          .untilAsserted(() -> assertThat(topics.read().objects()).containsOnlyKeys(ALICE));
    } finally {
      server.close();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}

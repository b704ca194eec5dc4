package io.sluice.watcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.sluice.model.ObjectId;
import io.sluice.watcher.MemoryTopicLog;
import io.sluice.watcher.RunningWatcher;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A watch whose connection has died without a word. */
@EnableKubernetesMockClient(crud = true, https = false)
class HalfOpenWatchTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  private KubernetesClient client;
  private KubernetesMockServer server;
  private final MemoryTopicLog topics = new MemoryTopicLog();
  private final AtomicLong nanos = new AtomicLong();

  private void create(String namespace) {
    client
        .namespaces()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
  }

  private Map<ObjectId, ?> known() {
    return topics.read().objects();
  }

  @Test
  void isReplacedAndNothingThatHappenedMeanwhileIsMissed() throws Exception {
    try (StallingProxy proxy = new StallingProxy(server.getPort())) {
      Config config =
          new ConfigBuilder(Config.empty())
              .withMasterUrl("http://127.0.0.1:" + proxy.port())
              .build();
      try (KubernetesSource source =
          new KubernetesSource(
              () -> new KubernetesClientBuilder().withConfig(config).build(), nanos::get)) {
        create("stays");
        create("goes");
        RunningWatcher watcher = new RunningWatcher(topics, source);
        await().atMost(SOON).until(() -> known().size() == 2 && source.isWatching());
        source.replaceTheSilent();

        proxy.stall();
        client.namespaces().withName("goes").delete();
        create("comes");
        nanos.addAndGet(KubernetesSource.SILENCE.toNanos() - 1);
        source.replaceTheSilent();
        assertThat(known()).as("nobody has noticed yet").hasSize(2);
        assertThat(source.isWatching()).as("which is the trouble").isTrue();

        nanos.addAndGet(1);
        source.replaceTheSilent();
        await()
            .atMost(SOON)
            .untilAsserted(() ->
                assertThat(known())
                    .containsOnlyKeys(ObjectId.namespace("stays"), ObjectId.namespace("comes")));
        await().atMost(SOON).until(source::isWatching);
        watcher.close();
      }
    }
  }
}

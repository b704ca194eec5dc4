package io.sluice.watching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.sluice.model.ObjectId;
import io.sluice.model.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Watchers as processes over a real broker: killed, frozen and relieved, and nothing is missed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WatchersSuite {

  private static final int RESTARTS = 10;
  private static final int NAMES = 40;

  /**
   * Fast enough for changes to fall into every moment of a start, and the machine has to do more.
   */
  private static final long PACE_NANOS = 5_000_000;

  @TempDir static Path directory;

  private final List<String> results = new ArrayList<>();
  private final List<WatcherProcess> watchers = new ArrayList<>();
  private Broker broker;
  private ApiServer api;
  private Published published;
  private String test;

  /** Its own for each test, so that tests may share a broker and an API server. */
  private String namespace;

  /** What the tests run against. */
  abstract ApiServer apiServer(Path directory) throws IOException;

  @BeforeAll
  void start() throws IOException {
    api = apiServer(directory);
    broker = Broker.start(directory);
  }

  @AfterAll
  void stop() throws Exception {
    System.out.printf("%-66s | events | lost | against%n", "case");
    results.forEach(System.out::println);
    if (broker != null) {
      broker.close();
      api.close();
    }
  }

  @BeforeEach
  void begin(TestInfo info) {
    test = info.getTestMethod().orElseThrow().getName();
    namespace = "sluice-test-" + UUID.randomUUID().toString().substring(0, 8);
    api.namespace(namespace);
    published = new Published(broker.bootstrapServers(), namespace);
  }

  @AfterEach
  void end() {
    watchers.forEach(WatcherProcess::close);
    watchers.clear();
    published.close();
    api.client().namespaces().withName(namespace).delete();
    api.releaseLease();
  }

  final ApiServer api() {
    return api;
  }

  final String namespace() {
    return namespace;
  }

  final Published published() {
    return published;
  }

  final WatcherProcess watcher(String name) throws IOException {
    return watcher(name, api.kubeconfig());
  }

  final WatcherProcess watcher(String name, Path kubeconfig) throws IOException {
    WatcherProcess watcher =
        WatcherProcess.start(
            directory.resolve(namespace + "-" + name + ".log"),
            kubeconfig,
            namespace,
            broker.bootstrapServers());
    watchers.add(watcher);
    return watcher;
  }

  final void put(String pod, String label) {
    Pod wanted =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(pod)
            .addToLabels("v", label)
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("c")
            .withImage("none.invalid/none")
            .endContainer()
            .endSpec()
            .build();
    var resource = api.client().pods().inNamespace(namespace).withName(pod);
    if (resource.get() == null) {
      api.client().resource(wanted).create();
    } else {
      resource.edit(existing ->
          new PodBuilder(existing).editMetadata().addToLabels("v", label).endMetadata().build());
    }
  }

  final void delete(String pod) {
    api.client().pods().inNamespace(namespace).withName(pod).withGracePeriod(0).delete();
  }

  /** The Pods of the test as the API server has them: uid and label. */
  private SortedMap<String, String> there() {
    SortedMap<String, String> pods = new TreeMap<>();
    api.client().pods().inNamespace(namespace).list().getItems().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .forEach(pod ->
            pods.put(
                pod.getMetadata().getName(),
                pod.getMetadata().getUid() + " " + pod.getMetadata().getLabels().get("v")));
    return pods;
  }

  /** The same as the topic has them. */
  private SortedMap<String, String> onTheTopic() {
    SortedMap<String, String> pods = new TreeMap<>();
    published
        .now()
        .forEach((id, object) -> {
          if (id.namespace().equals(namespace) && object instanceof Workload.Pod pod) {
            pods.put(id.name(), pod.metadata().uid() + " " + pod.labels().get("v"));
          }
        });
    return pods;
  }

  final void awaitAgreement() {
    eventually().untilAsserted(() -> assertThat(onTheTopic()).isEqualTo(there()));
  }

  static ConditionFactory eventually() {
    return await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(100));
  }

  final void passed(int events) {
    results.add("%-66s | %6d | %4d | %s".formatted(test, events, 0, api.name()));
  }

  @Test
  void whatIsDeletedWhileNoWatcherRunsIsPublishedAsDeleted() throws Exception {
    WatcherProcess first = watcher("a");
    put("stays", "1");
    put("goes", "1");
    put("anew", "1");
    awaitAgreement();
    assertThat(onTheTopic()).hasSize(3);
    first.kill();

    delete("goes");
    delete("anew");
    put("anew", "1");
    put("comes", "1");
    watcher("b");
    awaitAgreement();
    assertThat(published.recordsOf(ObjectId.pod(namespace, "anew")))
        .as("another Pod under the name: the value, a tombstone, the value")
        .hasSize(3)
        .satisfies(records -> assertThat(records.get(1)).isEmpty());
    passed(7);
  }

  @Test
  void tenRestartsUnderChurnLoseNothing() throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    AtomicInteger events = new AtomicInteger();
    Thread churn = Thread.ofVirtual().start(() -> churn(enough, events));
    for (int restart = 0; restart < RESTARTS; restart++) {
      WatcherProcess watcher = watcher("restart-" + restart);
      int before = published.count();
      eventually().until(() -> published.count() > before);
      watcher.kill();
      api.releaseLease();
    }
    enough.set(true);
    churn.join();
    watcher("last");
    awaitAgreement();
    assertThat(onTheTopic()).isNotEmpty();
    passed(events.get());
  }

  private void churn(AtomicBoolean enough, AtomicInteger events) {
    Random random = new Random(7);
    while (!enough.get()) {
      String pod = "pod-" + random.nextInt(NAMES);
      if (random.nextInt(3) == 0) {
        delete(pod);
      } else {
        put(pod, Integer.toString(events.get()));
      }
      events.incrementAndGet();
      LockSupport.parkNanos(PACE_NANOS);
    }
  }

  @Test
  void aFrozenWatcherThatComesBackWritesNothingAndStandsByUntilItIsNeeded() throws Exception {
    WatcherProcess first = watcher("first");
    put("before", "1");
    awaitAgreement();
    WatcherProcess second = watcher("second");
    eventually().until(() -> second.logged("standing by") == 1);

    first.freeze();
    put("before", "2");
    put("meanwhile", "1");
    awaitAgreement();
    assertThat(second.logged("Watcher: ready")).as("the second has taken over").isEqualTo(1);
    put("meanwhile", "2");
    awaitAgreement();

    first.thaw();
    eventually().until(() -> first.logged("standing by") == 2);
    put("after", "1");
    awaitAgreement();
    assertThat(labelsOf("before")).as("every record").containsExactly("1", "2");
    assertThat(labelsOf("meanwhile")).as("every record").containsExactly("1", "2");

    assertThat(second.terminate()).as("ends by itself").isTrue();
    eventually().until(() -> first.logged("Watcher: ready") == 2);
    put("after", "2");
    delete("before");
    awaitAgreement();
    passed(7);
  }

  private List<String> labelsOf(String pod) {
    return published.recordsOf(ObjectId.pod(namespace, pod)).stream()
        .map(value -> Published.labels(value.orElseThrow()))
        .map((Map<String, String> labels) -> labels.get("v"))
        .toList();
  }
}

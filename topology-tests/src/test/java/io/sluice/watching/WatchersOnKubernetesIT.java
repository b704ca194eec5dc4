package io.sluice.watching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.sluice.model.ObjectId;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same against a real API server, and what only one of those does. */
@Tag(Kubernetes.TAG)
class WatchersOnKubernetesIT extends WatchersSuite {

  /** Some minutes of them: the Lease has run out, and pauses are at their longest by then. */
  private static final int TRIES_OF_A_LONG_TIME = 1_000;

  private static final int PODS = 40;

  private static final String WATCH =
      "/api/v1/namespaces/%s/pods?watch=true&timeoutSeconds=1&resourceVersion=%s";

  @Override
  ApiServer apiServer(Path directory) throws IOException {
    return Kubernetes.require(directory);
  }

  private Path leadThrough(Detour detour) throws IOException {
    return Files.writeString(
        directory.resolve(namespace() + ".kubeconfig"),
        Kubernetes.watcherKubeconfig(api().client(), detour.address()));
  }

  private Detour detour() throws IOException {
    return new Detour(api().client().getMasterUrl().toString());
  }

  /** The watcher has found the way shut so often: it knows, and goes on trying. */
  private static void awaitTries(Detour detour, int tries) {
    await().atMost(Duration.ofMinutes(10)).until(() -> detour.refused() >= tries);
  }

  @Test
  void anApiServerThatIsAwayAtTheStartIsWaitedFor() throws Exception {
    try (Detour detour = detour()) {
      Path kubeconfig = leadThrough(detour);
      detour.shut();
      watcher("early", kubeconfig);
      put("meanwhile", "1");
      awaitTries(detour, 3);
      assertThat(published().now()).isEmpty();
      detour.open();
      awaitAgreement();
      put("meanwhile", "2");
      awaitAgreement();
      passed(2);
    }
  }

  @Test
  void whatHappensWhileTheApiServerIsOutOfReachIsMadeUpFor() throws Exception {
    try (Detour detour = detour()) {
      watcher("cut-off", leadThrough(detour));
      put("changes", "1");
      put("goes", "1");
      put("anew", "1");
      awaitAgreement();
      detour.shut();
      put("changes", "2");
      delete("goes");
      delete("anew");
      put("anew", "2");
      put("comes", "1");
      awaitTries(detour, 20);
      detour.open();
      awaitAgreement();
      passed(8);
    }
  }

  /**
   * It is killed while changes are on their way, and more come as soon as it is back: before the
   * watcher can have found it again, and after.
   */
  @Test
  void anApiServerThatIsKilledAndStartedAgainIsFollowedOn() throws Exception {
    ServerSwitch server = ServerSwitch.require(api());
    try (Detour detour = detour()) {
      watcher("survivor", leadThrough(detour));
      for (int pod = 0; pod < PODS; pod++) {
        put("pod-" + pod, "1");
      }
      awaitAgreement();
      for (int pod = 0; pod < PODS; pod++) {
        put("pod-" + pod, "2");
      }
      server.stop();
      awaitTries(detour, TRIES_OF_A_LONG_TIME);
      detour.shut();
      server.start();
      int events = 2 * PODS;
      for (int pod = 0; pod < PODS; pod++) {
        if (pod == PODS / 2) {
          detour.open();
        }
        events += change(pod);
      }
      awaitAgreement();
      assertThat(published().recordsOf(ObjectId.pod(namespace(), "pod-1")))
          .as("one that was made anew: a tombstone before it")
          .anyMatch(Optional::isEmpty)
          .last()
          .matches(Optional::isPresent);
      passed(events);
    }
  }

  /**
   * Of four Pods one is deleted, one made anew, one changed, and one left alone beside a new one.
   */
  private int change(int pod) {
    switch (pod % 4) {
      case 0 -> delete("pod-" + pod);
      case 1 -> {
        delete("pod-" + pod);
        put("pod-" + pod, "3");
        return 2;
      }
      case 2 -> put("pod-" + pod, "3");
      default -> put("new-" + pod, "3");
    }
    return 1;
  }

  /**
   * The watch cannot be taken up where it ended: the server answers 410, and of the Pod that was
   * deleted and made anew nothing tells but its uid.
   */
  @Test
  void whatIsMadeAnewWhileTheServerForgetsTheVersionIsDeletedAndMadeOnTheTopic() throws Exception {
    try (Detour detour = detour()) {
      watcher("left-behind", leadThrough(detour));
      put("stays", "1");
      put("anew", "1");
      put("goes", "1");
      awaitAgreement();
      String version = newestVersion();
      detour.shut();
      delete("anew");
      delete("goes");
      put("anew", "2");
      int events = 6;
      while (remembers(version)) {
        put("stays", Integer.toString(events));
        events++;
      }
      detour.open();
      awaitAgreement();
      assertThat(published().recordsOf(ObjectId.pod(namespace(), "anew")))
          .as("the Pod, a tombstone, another Pod")
          .hasSize(3)
          .satisfies(records -> assertThat(records.get(1)).isEmpty());
      passed(events);
    }
  }

  private String newestVersion() {
    return api().client().pods().inNamespace(namespace()).list().getMetadata().getResourceVersion();
  }

  /** Whether a watch could begin there. */
  private boolean remembers(String version) {
    try {
      String answer = api().client().raw(WATCH.formatted(namespace(), version));
      return answer == null || !answer.contains("\"code\":410");
    } catch (KubernetesClientException e) {
      return e.getCode() != HttpURLConnection.HTTP_GONE;
    }
  }
}

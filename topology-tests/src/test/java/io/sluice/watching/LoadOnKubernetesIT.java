package io.sluice.watching;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.sluice.cli.kubernetes.Kubeconfig;
import io.sluice.cli.lab.Progress;
import io.sluice.cli.load.LoadShape;
import io.sluice.cli.load.SyntheticCluster;
import io.sluice.cli.load.kubernetes.ApiCluster;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code sluice load kubernetes} makes in an API server, and takes away again. */
@Tag(Kubernetes.TAG)
class LoadOnKubernetesIT {

  private static final LoadShape SHAPE = new LoadShape(5, 3, 4, 40, 8, 8);

  @TempDir static Path directory;

  private static ApiServer api;
  private static ApiCluster cluster;

  private final SyntheticCluster content = new SyntheticCluster(SHAPE);

  @BeforeAll
  static void start() throws IOException {
    api = Kubernetes.require(directory);
    cluster =
        ApiCluster.connect(Kubeconfig.read(Kubernetes.kubeconfig(directory), Optional.empty()));
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
      api.close();
    }
  }

  @AfterEach
  void empty() {
    cluster.empty(Progress.silent());
    cluster.awaitEmpty(Duration.ofMinutes(1));
  }

  @Test
  void whatIsFilledInIsThereAndIsTakenAwayAgain() {
    assertThat(cluster.holdsALoad()).isFalse();
    Map<Kind, Long> before = counts();

    cluster.fill(content, 100, Progress.silent());
    assertThat(cluster.holdsALoad()).isTrue();
    Map<ObjectId, String> there = cluster.uids();
    for (int number = 0; number < SHAPE.pods(); number++) {
      ObjectId id = content.podId(number);
      Pod pod = api.client().pods().inNamespace(id.namespace()).withName(id.name()).get();
      assertThat(there).containsEntry(id, pod.getMetadata().getUid());
      assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
      assertThat(pod.getStatus().getPodIP())
          .isEqualTo(content.pod(number, 0).ips().getFirst().toString());
      assertThat(pod.getMetadata().getLabels())
          .containsAllEntriesOf(content.pod(number, 0).labels());
    }
    assertThat(there).containsKey(content.gatewayId()).containsKey(content.policyId(7));
    assertThat(counts().get(Kind.NODE)).isEqualTo(before.getOrDefault(Kind.NODE, 0L) + 5);

    cluster.change(content, 3, 1);
    ObjectId changed = content.podId(3);
    assertThat(
            api.client()
                .pods()
                .inNamespace(changed.namespace())
                .withName(changed.name())
                .get()
                .getMetadata()
                .getLabels())
        .containsAllEntriesOf(content.pod(3, 1).labels());

    cluster.empty(Progress.silent());
    Predicate<ObjectId> ours = id -> id.kind() == Kind.POD && id.namespace().startsWith("tenant-");
    assertThat(cluster.uids().keySet()).noneMatch(ours);
    assertThat(counts().getOrDefault(Kind.NODE, 0L)).isEqualTo(before.getOrDefault(Kind.NODE, 0L));
    assertThat(counts().getOrDefault(Kind.EGRESS_NAT_POLICY, 0L))
        .isEqualTo(before.getOrDefault(Kind.EGRESS_NAT_POLICY, 0L));
  }

  private static Map<Kind, Long> counts() {
    return cluster.uids().keySet().stream()
        .collect(Collectors.groupingBy(ObjectId::kind, Collectors.counting()));
  }

  /** Nobody's own cluster is filled by mistake. */
  @Test
  void aPodThatNoLoadHasMadeIsNoticed() {
    cluster.fill(content, 0, Progress.silent());
    api.client()
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace("tenant-0")
                .withName("sluice-test-somebodys")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .withImage("none.invalid/none")
                .endContainer()
                .endSpec()
                .build())
        .create();
    assertThat(cluster.foreignObject()).isPresent();
  }
}

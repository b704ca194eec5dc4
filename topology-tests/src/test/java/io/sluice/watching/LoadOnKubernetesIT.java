package io.sluice.watching;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.sluice.cli.kubernetes.Kubeconfig;
import io.sluice.cli.lab.Progress;
import io.sluice.cli.load.LoadShape;
import io.sluice.cli.load.SyntheticCluster;
import io.sluice.cli.load.kubernetes.ApiCluster;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** The last of the namespaces has a single policy: its Pods change their addresses. */
  private static final LoadShape SHAPE = new LoadShape(5, 3, 4, 40, 7, 8);

  private static final int CHANGES_LABELS = 4;
  private static final int CHANGES_ADDRESSES = 3;

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
      Pod pod = pod(number);
      assertThat(there).containsEntry(content.podId(number), pod.getMetadata().getUid());
      assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
      assertThat(pod.getStatus().getPodIP())
          .isEqualTo(content.pod(number, 0).ips().getFirst().toString());
      assertThat(pod.getMetadata().getLabels())
          .containsAllEntriesOf(content.pod(number, 0).labels());
    }
    assertThat(there).containsKey(content.gatewayId()).containsKey(content.policyId(6));
    assertThat(there.keySet()).filteredOn(this::isPodOfTheLoad).hasSize(SHAPE.pods());
    assertThat(counts()).isEqualTo(with(before));

    cluster.empty(Progress.silent());
    assertThat(cluster.uids().keySet()).noneMatch(this::isPodOfTheLoad);
    for (Kind kind : List.of(Kind.NODE, Kind.EGRESS_NAT_POLICY, Kind.ANTHOS_NETWORK_GATEWAY)) {
      assertThat(counts().getOrDefault(kind, 0L))
          .as(kind.toString())
          .isEqualTo(before.getOrDefault(kind, 0L));
    }
  }

  @Test
  void aPodThatIsChangedHasItsNewLabelsOrAddresses() {
    cluster.fill(content, 0, Progress.silent());
    Workload.Pod relabelled = content.pod(CHANGES_LABELS, 1);
    Workload.Pod readdressed = content.pod(CHANGES_ADDRESSES, 1);
    assertThat(relabelled.labels()).isNotEqualTo(content.pod(CHANGES_LABELS, 0).labels());
    assertThat(readdressed.ips()).isNotEqualTo(content.pod(CHANGES_ADDRESSES, 0).ips());

    cluster.change(content, CHANGES_LABELS, 1);
    cluster.change(content, CHANGES_ADDRESSES, 1);

    assertThat(pod(CHANGES_LABELS).getMetadata().getLabels())
        .containsAllEntriesOf(relabelled.labels());
    assertThat(pod(CHANGES_ADDRESSES).getStatus().getPodIPs())
        .extracting(PodIP::getIp)
        .containsExactlyElementsOf(readdressed.ips().stream().map(IpAddress::toString).toList());
  }

  private boolean isPodOfTheLoad(ObjectId id) {
    return id.kind() == Kind.POD && id.namespace().startsWith("tenant-");
  }

  private Pod pod(int number) {
    ObjectId id = content.podId(number);
    return api.client().pods().inNamespace(id.namespace()).withName(id.name()).get();
  }

  /** These counts and what the load adds. */
  private static Map<Kind, Long> with(Map<Kind, Long> before) {
    Map<Kind, Long> counts = new HashMap<>(before);
    counts.merge(Kind.NODE, (long) SHAPE.nodes(), Long::sum);
    counts.merge(Kind.NAMESPACE, (long) SHAPE.namespaces(), Long::sum);
    counts.merge(Kind.POD, (long) SHAPE.pods(), Long::sum);
    counts.merge(Kind.EGRESS_NAT_POLICY, (long) SHAPE.policies(), Long::sum);
    counts.merge(Kind.ANTHOS_NETWORK_GATEWAY, 1L, Long::sum);
    return counts;
  }

  private static Map<Kind, Long> counts() {
    return cluster.uids().keySet().stream()
        .collect(Collectors.groupingBy(ObjectId::kind, Collectors.counting()));
  }

  /** Nobody's own cluster is filled by mistake; the load's own objects are no obstacle. */
  @Test
  void aPolicyThatNoLoadHasMadeIsNoticed() {
    cluster.fill(content, 0, Progress.silent());
    assertThat(cluster.foreignObjects()).noneMatch(name -> name.startsWith("EgressNATPolicy"));
    GenericKubernetesResource somebodys =
        new GenericKubernetesResourceBuilder()
            .withApiVersion("networking.gke.io/v1")
            .withKind("EgressNATPolicy")
            .withNewMetadata()
            .withName("sluice-test-somebodys")
            .endMetadata()
            .addToAdditionalProperties(
                "spec",
                Map.of(
                    "sources",
                    List.of(Map.of("namespaceSelector", Map.of("matchLabels", Map.of("a", "b")))),
                    "action",
                    "SNAT",
                    "destinations",
                    List.of(Map.of("cidr", "203.0.113.0/24"))))
            .build();
    api.client().resource(somebodys).create();
    try {
      assertThat(cluster.foreignObjects()).contains("EgressNATPolicy sluice-test-somebodys");
    } finally {
      api.client().resource(somebodys).delete();
    }
  }
}

package io.sluice.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cli.lab.LabSpec.NodeSpec;
import io.sluice.cli.lab.LabSpec.PodSpec;
import io.sluice.cli.lab.LabSpec.Segment;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LabSpecTest {

  @Test
  void addressesFollowFromPositions() {
    LabSpec spec = LabSpec.threeNodes();

    assertThat(spec.nodeAddress("node-1")).isEqualTo("10.40.0.11");
    assertThat(spec.nodeAddress("node-3")).isEqualTo("10.40.0.13");
    assertThat(spec.podNetwork("node-2")).isEqualTo("10.244.2.0/24");
    assertThat(spec.podAddress("alice-2")).isEqualTo("10.244.2.10");
  }

  @Test
  void aNodeOfTheSecondSegmentHasAnAddressOfItsSubnet() {
    LabSpec spec = LabSpec.threeNodes().withNode(new NodeSpec("far", Segment.SECOND, Map.of()));

    assertThat(spec.nodeAddress("far")).isEqualTo("10.41.0.14");
  }

  @Test
  void noTwoPodsShareAnAddress() {
    LabSpec spec = LabSpec.of(5);

    List<String> addresses = spec.pods().stream().map(pod -> spec.podAddress(pod.name())).toList();
    assertThat(new HashSet<>(addresses)).hasSameSizeAs(addresses);
  }

  @Test
  void aPodOnNoNodeIsRefused() {
    PodSpec lost = new PodSpec("alice", "lost", Map.of(), "node-9");

    assertThatThrownBy(() -> LabSpec.threeNodes().withPod(lost))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lost")
        .hasMessageContaining("no node");
  }

  @Test
  void twoHostsOfOneNameAreRefused() {
    PodSpec twin = new PodSpec("paul", "alice-1", Map.of(), "node-1");

    assertThatThrownBy(() -> LabSpec.threeNodes().withPod(twin))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("alice-1");
  }

  @Test
  void aNameThatIsTooLongForAnInterfaceIsRefused() {
    PodSpec pod = new PodSpec("paul", "a-very-long-name", Map.of(), "node-1");

    assertThatThrownBy(() -> LabSpec.threeNodes().withPod(pod))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a-very-long-name");
  }

  @Test
  void aLabWithoutNodesIsRefused() {
    assertThatThrownBy(
            () -> new LabSpec(List.of(), new TreeMap<>(), List.of(), LabSpec.Settings.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void manifestsSayWhatTheLabHas() {
    LabSpec spec = LabSpec.threeNodes();

    assertThat(Manifests.node(spec, spec.node("node-2")))
        .contains("name: node-2", "podCIDR: 10.244.2.0/24", "address: 10.40.0.12");
    assertThat(Manifests.pod(spec, spec.pod("alice-3")))
        .contains(
            "namespace: alice", "nodeName: node-3", "podIP: 10.244.3.10", "role: \"frontend\"");
    assertThat(Manifests.namespace("paul", Map.of("user", "paul"))).contains("{user: \"paul\"}");
  }
}

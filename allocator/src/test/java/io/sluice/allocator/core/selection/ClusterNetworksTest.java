package io.sluice.allocator.core.selection;

import static io.sluice.allocator.core.selection.SelectedCluster.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Cidr;
import io.sluice.model.ObjectId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which addresses are inside the cluster. */
class ClusterNetworksTest {

  private final SelectedCluster cluster = new SelectedCluster();

  @Test
  void nodeAddressesAndPodNetworksAreInsideTheCluster() {
    cluster.resource(
        ObjectId.node("node-1"),
        node(true, List.of("10.40.0.11", "2001:db8::11"), List.of("10.244.1.0/24")));
    assertThat(cluster.networks())
        .containsExactly(
            Cidr.parse("10.40.0.11/32"),
            Cidr.parse("10.244.1.0/24"),
            Cidr.parse("2001:db8::11/128"));
    cluster.nowMillis += 1_000;
    cluster.resource(ObjectId.node("node-1"), null);
    assertThat(cluster.networks()).isEmpty();
  }

  @Test
  void nodesThatComeTogetherAreWrittenTogether() {
    for (int n = 1; n <= 50; n++) {
      cluster.resource(ObjectId.node("node-" + n), node(true, List.of("10.40.0." + n), List.of()));
    }
    assertThat(cluster.networks()).hasSize(1);
    assertThat(cluster.selection.nextDeadlineMillis()).isEqualTo(1_100);
    cluster.audit.addAll(cluster.selection.tick(1_100));
    assertThat(cluster.networks()).hasSize(50);
    assertThat(cluster.selection.nextDeadlineMillis()).isEqualTo(Selection.NO_DEADLINE);
  }

  @Test
  void aNodeThatBecomesReadyChangesNothingHere() {
    cluster.resource(ObjectId.node("n"), node(false, List.of("10.40.0.1"), List.of()));
    assertThat(cluster.resource(ObjectId.node("n"), node(true, List.of("10.40.0.1"), List.of())))
        .isEmpty();
  }

  @Test
  void anUnreadableNetworkOfANodeSpoilsNoOther() {
    cluster.resource(
        ObjectId.node("n"), node(true, List.of("nonsense", "10.40.0.1"), List.of("10.244.0.0/99")));
    assertThat(cluster.networks()).containsExactly(Cidr.parse("10.40.0.1/32"));
  }
}

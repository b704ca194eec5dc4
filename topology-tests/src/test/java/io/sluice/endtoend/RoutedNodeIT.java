package io.sluice.endtoend;

import static io.sluice.endtoend.Tests.eventuallySeenAs;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.lab.Lab;
import io.sluice.cli.lab.LabSpec;
import io.sluice.cli.lab.LabSpec.NodeSpec;
import io.sluice.cli.lab.LabSpec.PodSpec;
import io.sluice.cli.lab.LabSpec.Segment;
import io.sluice.cli.lab.LocalCluster;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node that shares no L2 segment with the gateway node reaches it through VXLAN. */
class RoutedNodeIT {

  @Test
  void aPodBehindARouterArrivesWithTheFloatingIp() {
    LabSpec spec =
        LabSpec.of(1)
            .withNode(new NodeSpec("far-1", Segment.SECOND, Map.of()))
            .withPod(new PodSpec("alice", "alice-far", Map.of("role", "frontend"), "far-1"));
    try (LocalCluster cluster = LocalCluster.start(spec, Tests.quiet())) {
      String floatingIp = Tests.applyMainJob(cluster);
      assertThat(cluster.view().state().carrier(floatingIp)).contains("node-1");
      eventuallySeenAs(cluster.pod("alice-far"), Lab.MATCHED_DESTINATION, floatingIp);
      assertThat(cluster.pod("alice-far").askSourceByTcp(Lab.MATCHED_DESTINATION))
          .contains(floatingIp);
      assertThat(cluster.pod("alice-far").askSource(Lab.OTHER_DESTINATION))
          .contains(spec.nodeAddress("far-1"));
    }
  }
}

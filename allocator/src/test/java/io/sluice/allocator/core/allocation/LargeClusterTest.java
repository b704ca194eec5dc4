package io.sluice.allocator.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ObjectId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** 100 nodes, 1,000 floating IPs, 300 policies. */
class LargeClusterTest {

  private static final int NODES = 100;
  private static final int POLICIES = 300;

  private final Scenario scenario = new Scenario();

  @Test
  void aNodeOfALargeClusterIsReplacedInOneEntryAndNothingElseMoves() {
    scenario.disobedient();
    scenario.gateway("10.40.4.0-10.40.7.231");
    for (int n = 1; n <= NODES; n++) {
      scenario.node("node-" + n, "10.40.0." + n + "/16");
    }
    for (int p = 0; p < POLICIES; p++) {
      scenario.policy("p-" + p, Scenario.policyOf(p, Optional.empty(), "203.0.113.0/24"));
    }
    scenario.run(1_000);
    assertThat(scenario.addressesByNode()).hasSize(NODES);
    assertThat(scenario.state().egressIps().values().stream().distinct()).hasSize(POLICIES);
    scenario.silence("node-7").run(390);
    long entries = scenario.audit().size();

    scenario.run(110);

    assertThat(scenario.audit()).hasSize((int) entries + 1);
    assertThat(scenario.addressesByNode()).doesNotContainKey("node-7").hasSize(NODES - 1);
    assertThat(scenario.addressesByNode().values().stream().mapToInt(List::size).max())
        .hasValue(11);
    assertThat(scenario.status(ObjectId.policy("p-0")).egressIps()).hasSize(1);
  }
}

package io.sluice.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.TestRecords;
import io.sluice.model.AgentReport.AppliedState;
import org.junit.jupiter.api.Test;

class ClusterStateTest {

  private static final String IP = "10.40.1.100";

  private final ClusterState state = new ClusterState();

  @Test
  void anAddressIsCarriedWhenTheHoldersAgentSaysSoForTheNewestEpoch() {
    state.apply(TestRecords.granted(IP, "node-1", 7));
    assertThat(state.holder(IP)).contains("node-1");
    assertThat(state.carrier(IP)).isEmpty();

    state.apply(TestRecords.report("node-1", IP, 6, AppliedState.HELD));
    assertThat(state.carrier(IP)).isEmpty();

    state.apply(TestRecords.report("node-1", IP, 7, AppliedState.HELD));
    assertThat(state.carrier(IP)).contains("node-1");
  }

  @Test
  void anotherNodesReportDoesNotMakeItTheCarrier() {
    state.apply(TestRecords.granted(IP, "node-1", 7));
    state.apply(TestRecords.report("node-2", IP, 7, AppliedState.HELD));

    assertThat(state.carrier(IP)).isEmpty();
  }

  @Test
  void aReleasedAddressIsNotCarried() {
    state.apply(TestRecords.granted(IP, "node-1", 7));
    state.apply(TestRecords.report("node-1", IP, 7, AppliedState.RELEASED));

    assertThat(state.carrier(IP)).isEmpty();
  }

  @Test
  void aTombstoneTakesARecordAway() {
    state.apply(TestRecords.policyBinding("alice-paul", IP));
    assertThat(state.egressIp("alice-paul")).contains(IP);

    state.apply(TestRecords.policyBindingDeleted("alice-paul"));
    assertThat(state.egressIp("alice-paul")).isEmpty();
    assertThat(state.bindings()).isEmpty();
  }

  @Test
  void aCopyStaysAsItWas() {
    state.apply(TestRecords.granted(IP, "node-1", 7));
    ClusterState copy = state.copy();
    state.apply(TestRecords.granted(IP, "node-2", 8));

    assertThat(copy.holder(IP)).contains("node-1");
    assertThat(state.holder(IP)).contains("node-2");
  }
}

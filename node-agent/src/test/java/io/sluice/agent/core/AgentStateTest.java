package io.sluice.agent.core;

import static io.sluice.agent.core.Given.NIC;
import static io.sluice.agent.core.Given.clearance;
import static io.sluice.agent.core.Given.clearanceId;
import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.guarded;
import static io.sluice.agent.core.Given.holder;
import static io.sluice.agent.core.Given.ip;
import static io.sluice.agent.core.Given.ips;
import static io.sluice.agent.core.Given.noSnat;
import static io.sluice.agent.core.Given.pod;
import static io.sluice.agent.core.Given.podId;
import static io.sluice.agent.core.Given.policyId;
import static io.sluice.agent.core.Given.snat;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Cidr;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The state as a whole: what stays as it was, what a fresh start finds, what is refused. */
class AgentStateTest extends AgentStateGiven {

  @Test
  void whatDidNotChangeIsTheSameInstance() {
    bindTo("10.40.1.100");
    assign(FIP, granted(holder(2, 1), 1));
    KernelTables before = tables();
    assertThat(tables()).isSameAs(before);

    assign(FIP, granted(holder(3, 1), 2));
    KernelTables after = tables();
    assertThat(after.podClasses()).isSameAs(before.podClasses());
    assertThat(after.classes()).isSameAs(before.classes());
    assertThat(after.pool()).isSameAs(before.pool());
    assertThat(after.clusterNetworks()).isSameAs(before.clusterNetworks());
    assertThat(after.routes()).isNotEqualTo(before.routes());
  }

  @Test
  void anAgentThatStartsAgainFindsNothingToChange() {
    bindTo("10.40.1.100");
    bind("x", "pod-8", "10.244.1.8");
    state.read(policyId("x"), Optional.of(snat(1, "198.51.100.0/24", "10.40.1.101")));
    assign(OTHER, granted(holder(2, 1), 1));
    assign(ip("10.40.1.102"), granted(holder(3, 1), 1));
    tables();
    // Numbers are no longer those that a fresh start would give.
    state.read(podId("p", "pod-1"), Optional.empty());
    state.read(ip("10.40.1.102"), Optional.empty());
    tables();
    state.settle();
    bind("p", "pod-7", "10.244.1.7");
    assign(FIP, granted(holder(1, 1), 1));
    assign(ip("10.40.1.99"), granted(holder(4, 1), 1));
    KernelTables inKernel = state.tables(ips("10.40.1.100"), NIC);

    AgentState again = new AgentState("node-1", LeakGuardMode.CLOSED);
    again.remember(inKernel);
    again.read(new BindingId.OfPod("p", "shop", "pod-7"), Optional.of(pod("10.244.1.7")));
    again.read(new BindingId.OfPod("x", "shop", "pod-8"), Optional.of(pod("10.244.1.8")));
    again.read(policyId("p"), Optional.of(snat(1, "203.0.113.0/24", "10.40.1.100")));
    again.read(policyId("x"), Optional.of(snat(1, "198.51.100.0/24", "10.40.1.101")));
    state.assignments().all().forEach((fip, value) -> again.read(fip, Optional.of(value)));
    KernelTables desired = again.tables(ips("10.40.1.100"), NIC);

    assertThat(desired.podClasses()).isEqualTo(inKernel.podClasses());
    assertThat(desired.classes()).isEqualTo(inKernel.classes());
    assertThat(desired.snat()).isEqualTo(inKernel.snat());
    assertThat(desired.routes()).isEqualTo(inKernel.routes());
  }

  @Test
  void readingAllAnewForgetsWhatIsGoneButNotTheEpochs() {
    bindTo("10.40.1.100");
    state.read(
        new BindingId.ClusterNetworks(),
        Optional.of(new Binding.ClusterNetworks(List.of(Cidr.parse("10.244.0.0/16")))));
    assign(FIP, granted(holder(2, 1), 5));
    tables();

    state.readAll(
        Map.of(OTHER, granted(holder(3, 1), 1)), Map.of(podId("q", "pod-2"), pod("10.244.1.6")));

    KernelTables tables = tables();
    assertThat(tables.pool()).containsExactly(OTHER);
    assertThat(tables.podClasses()).containsOnlyKeys(ip("10.244.1.6"));
    assertThat(tables.clusterNetworks()).isEmpty();
    assertThat(state.read(FIP, Optional.of(granted(holder(2, 1), 5))))
        .isEqualTo(Assignments.Reading.STALE);
  }

  @Test
  void podsThatAreKnownAndNetworksThatAreGuardedComeIntoTheTablesAndGo() {
    state.read(new BindingId.ClusterNetworks(), Optional.of(guarded(2)));
    assertThat(state.read(clearanceId("x"), Optional.of(clearance("node-1", "10.244.1.7"))))
        .isTrue();
    LeakGuard guard = tables().leakGuard();
    assertThat(guard.cleared()).containsExactly(ip("10.244.1.7"));
    assertThat(guard.ownPods()).containsExactly(Cidr.parse("10.244.1.0/24"));
    assertThat(state.podsCleared()).isEqualTo(1);
    state.readAll(Map.of(), Map.of(new BindingId.ClusterNetworks(), guarded(2)));
    assertThat(tables().leakGuard().cleared()).isEmpty();
    state.read(new BindingId.ClusterNetworks(), Optional.empty());
    assertThat(tables().leakGuard()).isEqualTo(LeakGuard.NONE);
    assertThat(state.read(clearanceId("x"), Optional.of(pod("10.244.1.5")))).isFalse();
  }

  @Test
  void aBindingWhoseKeyAndValueDisagreeIsRefused() {
    assertThat(state.read(policyId("p"), Optional.of(pod("10.244.1.5")))).isFalse();
    assertThat(state.read(podId("p", "x"), Optional.of(noSnat(1, "10.0.0.0/8")))).isFalse();
    assertThat(state.readAll(Map.of(), Map.of(policyId("p"), pod("10.244.1.5"))))
        .containsExactly(policyId("p"));
  }
}

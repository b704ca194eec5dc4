package io.sluice.agent.core;

import static io.sluice.agent.core.Given.GATEWAY;
import static io.sluice.agent.core.Given.NIC;
import static io.sluice.agent.core.Given.addresses;
import static io.sluice.agent.core.Given.clearance;
import static io.sluice.agent.core.Given.clearanceId;
import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.guarded;
import static io.sluice.agent.core.Given.holder;
import static io.sluice.agent.core.Given.ip;
import static io.sluice.agent.core.Given.ips;
import static io.sluice.agent.core.Given.moving;
import static io.sluice.agent.core.Given.noSnat;
import static io.sluice.agent.core.Given.pod;
import static io.sluice.agent.core.Given.podId;
import static io.sluice.agent.core.Given.policyId;
import static io.sluice.agent.core.Given.releasing;
import static io.sluice.agent.core.Given.snat;
import static io.sluice.agent.core.Given.unassigned;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.AgentReport.Nic;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentStateTest {

  private static final IpAddress FIP = ip("10.40.1.100");
  private static final IpAddress OTHER = ip("10.40.1.101");
  private static final IpAddress POD = ip("10.244.1.5");

  private final AgentState state = new AgentState("node-1", LeakGuardMode.CLOSED);

  // ---- classes ----------------------------------------------------------------------------------

  @Test
  void podsWithEqualSetsOfPoliciesShareAClass() {
    state.read(policyId("a"), Optional.of(noSnat(1, "203.0.113.0/24")));
    bind("a", "pod-1", "10.244.1.1");
    bind("b", "pod-1", "10.244.1.1");
    bind("b", "pod-2", "10.244.1.2");
    bind("a", "pod-2", "10.244.1.2");
    bind("a", "pod-3", "10.244.1.3", "fd00:244::3");

    var classes = tables().podClasses();
    assertThat(classes.get(ip("10.244.1.1"))).isEqualTo(classes.get(ip("10.244.1.2")));
    assertThat(classes.get(ip("10.244.1.3"))).isEqualTo(classes.get(ip("fd00:244::3")));
    assertThat(classes.get(ip("10.244.1.1"))).isNotEqualTo(classes.get(ip("10.244.1.3")));
    assertThat(tables().classes()).hasSize(2);
  }

  @Test
  void aClassDisappearsWithItsLastPod() {
    state.read(policyId("a"), Optional.of(noSnat(1, "203.0.113.0/24")));
    bind("a", "pod-1", "10.244.1.1");
    tables();
    state.read(podId("a", "pod-1"), Optional.empty());

    assertThat(tables().podClasses()).isEmpty();
    assertThat(tables().classes()).isEmpty();
  }

  @Test
  void aPodThatChangesItsAddressLeavesNothingBehind() {
    bind("a", "pod-1", "10.244.1.1");
    tables();
    bind("a", "pod-1", "10.244.1.9");

    assertThat(tables().podClasses()).containsOnlyKeys(ip("10.244.1.9"));
  }

  @Test
  void ofTwoPodsThatClaimOneAddressTheFirstByNameCountsAlone() {
    bind("a", "pod-2", "10.244.1.5");
    bind("b", "pod-1", "10.244.1.5");
    state.read(policyId("a"), Optional.of(noSnat(1, "203.0.113.0/24")));
    state.read(policyId("b"), Optional.of(snat(1, "203.0.113.0/24")));

    assertThat(verdict(POD, "203.0.113.1")).contains(new Verdict.Drop());

    state.read(podId("b", "pod-1"), Optional.empty());
    assertThat(verdict(POD, "203.0.113.1")).contains(new Verdict.KeepPodAddress());
  }

  // ---- verdicts ---------------------------------------------------------------------------------

  @Test
  void anEgressIpServesDestinationsOfItsFamilyOnly() {
    bind("a", "pod-1", "10.244.1.5");
    state.read(
        policyId("a"),
        Optional.of(
            new Binding.OfPolicy(
                1,
                io.sluice.model.Policy.Action.SNAT,
                List.of(Cidr.parse("203.0.113.0/24"), Cidr.parse("2001:db8::/32")),
                List.of(FIP))));

    assertThat(verdict(POD, "203.0.113.1")).containsInstanceOf(Verdict.Egress.class);
    assertThat(verdict(POD, "2001:db8::1")).contains(new Verdict.Drop());
    assertThat(verdict(POD, "198.51.100.1")).isEmpty();
  }

  @Test
  void noSnatKeepsThePodsAddressWithinAWiderSnat() {
    bind("wide", "pod-1", "10.244.1.5");
    bind("narrow", "pod-1", "10.244.1.5");
    state.read(policyId("wide"), Optional.of(snat(1, "203.0.113.0/24", "10.40.1.100")));
    state.read(policyId("narrow"), Optional.of(noSnat(2, "203.0.113.128/25")));

    assertThat(verdict(POD, "203.0.113.1")).containsInstanceOf(Verdict.Egress.class);
    assertThat(verdict(POD, "203.0.113.200")).contains(new Verdict.KeepPodAddress());
  }

  // ---- places -----------------------------------------------------------------------------------

  @Test
  void whatIsHeldHereIsTranslatedHere() {
    bindTo("10.40.1.100");
    assign(FIP, granted(holder(1, 1), 1));

    KernelTables tables = state.tables(ips("10.40.1.100"), NIC);

    int index = egressIndex(tables);
    assertThat(tables.held()).containsExactly(FIP);
    assertThat(tables.pool()).containsExactly(FIP);
    assertThat(tables.egressRoutes()).containsEntry(index, KernelTables.HELD_HERE);
    assertThat(tables.snat()).containsExactly(Map.entry(index, FIP));
    assertThat(tables.routes()).isEmpty();
  }

  @Test
  void aSuccessorHasAllInPlaceAndStillSendsToTheHolder() {
    bindTo("10.40.1.100");
    assign(FIP, moving(holder(2, 1), holder(1, 1), 1));

    KernelTables ready = state.tables(ips(), ips("10.40.1.100"), NIC);

    int index = egressIndex(ready);
    assertThat(ready.held()).containsExactly(FIP);
    assertThat(ready.snat()).containsExactly(Map.entry(index, FIP));
    assertThat(route(ready)).contains(new NextHop(true, ip("10.40.0.12")));

    assign(FIP, granted(holder(1, 1), 2));
    KernelTables granted = state.tables(ips("10.40.1.100"), ips(), NIC);
    assertThat(granted.held()).isEqualTo(ready.held());
    assertThat(granted.snat()).isEqualTo(ready.snat());
    assertThat(granted.egressRoutes()).containsEntry(index, KernelTables.HELD_HERE);
  }

  @Test
  void aHolderOnTheSameSegmentIsTheNextHopItself() {
    bindTo("10.40.1.100");
    assign(FIP, granted(holder(2, 1), 1));

    assertThat(route(tables())).contains(new NextHop(true, ip("10.40.0.12")));
  }

  @Test
  void aHolderElsewhereIsReachedThroughTheTunnel() {
    bindTo("10.40.1.100");
    assign(FIP, granted(new Holder("node-9", 1, addresses("10.99.0.9/16")), 1));

    assertThat(route(tables())).contains(new NextHop(false, ip("10.99.0.9")));
  }

  @Test
  void aSegmentOfTheOtherFamilyIsNoDirectWay() {
    state.read(policyId("p"), Optional.of(snat(1, "2001:db8::/32", "fd00:40::100")));
    bind("p", "pod-1", "fd00:244::5");
    assign(ip("fd00:40::100"), granted(holder(2, 1), 1));

    assertThat(tables().routes().values()).containsExactly(new NextHop(false, ip("10.40.0.12")));
  }

  @Test
  void aHolderWithoutAUsableAddressIsAProblemAndItsPacketsAreDropped() {
    bindTo("10.40.1.100");
    assign(FIP, granted(new Holder("node-2", 1, List.of()), 1));

    KernelTables tables = tables();
    assertThat(tables.egressRoutes()).containsEntry(egressIndex(tables), KernelTables.NOWHERE);
    assertThat(state.problems()).singleElement().asString().contains("node-2", "10.40.1.100");
  }

  @Test
  void packetsGoNowhereWhenNobodyHoldsTheAddress() {
    bindTo("10.40.1.100");
    assertThat(tables().egressRoutes().values()).containsExactly(KernelTables.NOWHERE);

    assign(FIP, unassigned(1));
    assertThat(tables().egressRoutes().values()).containsExactly(KernelTables.NOWHERE);
  }

  @Test
  void aReleasingHolderIsUsedUntilAnotherOneHasTheGrant() {
    bindTo("10.40.1.100");
    assign(FIP, granted(holder(2, 1), 1));
    assign(FIP, releasing(holder(2, 1), 1));
    assertThat(route(tables())).contains(new NextHop(true, ip("10.40.0.12")));

    assign(FIP, granted(holder(3, 1), 2));
    assertThat(route(tables())).contains(new NextHop(true, ip("10.40.0.13")));
  }

  @Test
  void aRouteIndexIsNotGivenToAnotherHolderInTheSameChange() {
    bindTo("10.40.1.100");
    assign(FIP, granted(holder(2, 1), 1));
    int before = tables().routes().firstKey();
    state.settle();

    assign(FIP, granted(holder(3, 1), 2));
    int after = tables().routes().firstKey();
    assertThat(after).isNotEqualTo(before);
    state.settle();

    assign(FIP, granted(holder(4, 1), 3));
    assertThat(tables().routes().firstKey()).isEqualTo(before);
  }

  @Test
  void addressesThatShareAHolderShareARoute() {
    assign(FIP, granted(holder(2, 1), 1));
    assign(OTHER, granted(holder(2, 1), 1));

    assertThat(tables().routes()).hasSize(1);
    assertThat(tables().egressRoutes()).hasSize(2);
  }

  @Test
  void anAddressThatNoGatewayListsAnyMoreIsNotGuarded() {
    assign(FIP, unassigned(1));
    assign(
        OTHER,
        new Assignment(
            Assignment.State.UNASSIGNED,
            Optional.empty(),
            1,
            Optional.empty(),
            LeaseMode.AVAILABLE,
            1,
            "removed"));

    assertThat(GATEWAY).isPresent();
    assertThat(tables().pool()).containsExactly(FIP);
  }

  @Test
  void anAddressOfTheNodeItselfIsNeitherHeldNorGuarded() {
    assign(ip("10.40.0.11"), granted(holder(1, 1), 1));

    KernelTables tables = state.tables(ips("10.40.0.11"), NIC);
    assertThat(tables.held()).isEmpty();
    assertThat(tables.pool()).isEmpty();
    assertThat(state.problems()).singleElement().asString().contains("10.40.0.11");
  }

  @Test
  void anotherSubnetOnTheInterfaceChangesTheWay() {
    bindTo("10.40.1.100");
    assign(FIP, granted(new Holder("node-9", 1, addresses("10.99.0.9/16")), 1));
    assertThat(route(tables())).contains(new NextHop(false, ip("10.99.0.9")));

    Nic both = new Nic("eth0", "02:00:00:00:00:11", addresses("10.40.0.11/16", "10.99.0.1/16"));
    assertThat(route(state.tables(ips(), both))).contains(new NextHop(true, ip("10.99.0.9")));
  }

  // ---- as a whole -------------------------------------------------------------------------------

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

  private void bind(String policy, String pod, String... podIps) {
    assertThat(state.read(podId(policy, pod), Optional.of(pod(podIps)))).isTrue();
  }

  private void bindTo(String egressIp) {
    state.read(policyId("p"), Optional.of(snat(1, "203.0.113.0/24", egressIp)));
    bind("p", "pod-1", POD.toString());
  }

  private void assign(IpAddress floatingIp, Assignment assignment) {
    assertThat(state.read(floatingIp, Optional.of(assignment)))
        .isEqualTo(Assignments.Reading.ACCEPTED);
  }

  private KernelTables tables() {
    return state.tables(ips(), NIC);
  }

  private Optional<Verdict> verdict(IpAddress podIp, String destination) {
    KernelTables tables = tables();
    return tables.classes().get(tables.podClasses().get(podIp)).verdict(ip(destination));
  }

  private static int egressIndex(KernelTables tables) {
    PodClass only = tables.classes().get(tables.podClasses().get(POD));
    return ((Verdict.Egress) only.verdict(ip("203.0.113.1")).orElseThrow()).index();
  }

  private static Optional<NextHop> route(KernelTables tables) {
    return Optional.ofNullable(tables.routes().get(tables.egressRoutes().get(egressIndex(tables))));
  }
}

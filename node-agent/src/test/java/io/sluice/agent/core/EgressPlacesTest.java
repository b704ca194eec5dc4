package io.sluice.agent.core;

import static io.sluice.agent.core.Given.GATEWAY;
import static io.sluice.agent.core.Given.NIC;
import static io.sluice.agent.core.Given.addresses;
import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.holder;
import static io.sluice.agent.core.Given.ip;
import static io.sluice.agent.core.Given.ips;
import static io.sluice.agent.core.Given.moving;
import static io.sluice.agent.core.Given.policyId;
import static io.sluice.agent.core.Given.releasing;
import static io.sluice.agent.core.Given.snat;
import static io.sluice.agent.core.Given.unassigned;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.AgentReport.Nic;
import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.LeaseMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where packets for an egress IP go: here, to the next hop, through the tunnel, nowhere. */
class EgressPlacesTest extends AgentStateGiven {

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
}

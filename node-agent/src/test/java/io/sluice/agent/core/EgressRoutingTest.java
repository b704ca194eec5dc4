package io.sluice.agent.core;

import static io.sluice.agent.core.Given.NIC;
import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.handingOver;
import static io.sluice.agent.core.Given.holder;
import static io.sluice.agent.core.Given.ip;
import static io.sluice.agent.core.Given.ips;
import static io.sluice.agent.core.Given.moving;
import static io.sluice.agent.core.Given.releasing;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.IpAddress;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

/** Where packets go while an address moves, as node-1 sees it. */
class EgressRoutingTest {

  private static final IpAddress FIP = ip("10.40.1.100");
  private static final SortedSet<IpAddress> NONE = ips();
  private static final SortedSet<IpAddress> THIS = ips("10.40.1.100");
  private static final Holder HERE = holder(1, 1);

  private final AgentState state = new AgentState("node-1", LeakGuardMode.CLOSED);

  private KernelTables tables(
      Assignment assignment, SortedSet<IpAddress> held, SortedSet<IpAddress> prepared) {
    assertThat(state.read(FIP, Optional.of(assignment))).isEqualTo(Assignments.Reading.ACCEPTED);
    return state.tables(held, prepared, NIC);
  }

  private static int route(KernelTables tables) {
    assertThat(tables.egressRoutes()).hasSize(1);
    return tables.egressRoutes().firstEntry().getValue();
  }

  private static Optional<NextHop> nextHop(KernelTables tables) {
    return Optional.ofNullable(tables.routes().get(route(tables)));
  }

  private static Optional<NextHop> node(int number) {
    return Optional.of(new NextHop(true, ip("10.40.0." + (10 + number))));
  }

  @Test
  void everybodySendsToTheSuccessorFromWhenTheHolderIsAskedToLetGo() {
    assertThat(nextHop(tables(moving(holder(2, 1), holder(3, 1), 1), NONE, NONE)))
        .isEqualTo(node(2));
    assertThat(nextHop(tables(handingOver(holder(2, 1), holder(3, 1), 1), NONE, NONE)))
        .isEqualTo(node(3));
    KernelTables before = state.tables(NONE, NONE, NIC);
    KernelTables after = tables(granted(holder(3, 1), 2), NONE, NONE);
    assertThat(after).as("the grant itself changes nothing any more").isEqualTo(before);
  }

  @Test
  void theFormerHolderTooSendsToTheSuccessor() {
    assertThat(route(tables(moving(HERE, holder(2, 1), 1), THIS, NONE)))
        .isEqualTo(KernelTables.HELD_HERE);
    KernelTables released = tables(handingOver(HERE, holder(2, 1), 1), NONE, NONE);
    assertThat(nextHop(released)).isEqualTo(node(2));
    assertThat(released.snat()).isEmpty();
  }

  @Test
  void withoutASuccessorAnAddressIsWhereItWas() {
    assertThat(nextHop(tables(releasing(holder(2, 1), 1), NONE, NONE))).isEqualTo(node(2));
    assertThat(route(tables(releasing(HERE, 2), NONE, NONE))).isEqualTo(KernelTables.NOWHERE);
  }

  @Test
  void aSuccessorThatIsReadyLetsOthersWaitAtOnceAndItsOwnPodsFromTheReleaseOn() {
    KernelTables ready = tables(moving(holder(2, 1), HERE, 1), NONE, THIS);
    assertThat(nextHop(ready)).isEqualTo(node(2));
    assertThat(ready.waiting().values()).containsExactly(FIP);

    KernelTables waits = tables(handingOver(holder(2, 1), HERE, 1), NONE, THIS);
    assertThat(route(waits)).isEqualTo(KernelTables.HELD_BACK);
    assertThat(waits.waiting().values()).containsExactly(FIP);

    KernelTables holds = tables(granted(HERE, 2), THIS, NONE);
    assertThat(route(holds)).isEqualTo(KernelTables.HELD_HERE);
    assertThat(holds.waiting()).isEmpty();
    assertThat(holds.snat()).isEqualTo(waits.snat());
  }

  @Test
  void aSuccessorThatIsNotReadyNeverSendsBackToTheFormerHolder() {
    KernelTables tables = tables(handingOver(holder(2, 1), HERE, 1), NONE, NONE);
    assertThat(route(tables)).isEqualTo(KernelTables.NOWHERE);
    assertThat(tables.waiting()).isEmpty();
  }

  @Test
  void whenAMoveIsCalledOffPacketsGoToWhoeverHasTheAddress() {
    tables(handingOver(holder(2, 1), HERE, 1), NONE, THIS);
    KernelTables calledOff = tables(granted(holder(3, 1), 2), NONE, NONE);
    assertThat(nextHop(calledOff)).isEqualTo(node(3));
    assertThat(calledOff.waiting()).isEmpty();
  }

  @Test
  void nothingWaitsForAnAddressThatIsLetGoOf() {
    KernelTables waits = tables(handingOver(holder(2, 1), HERE, 1), NONE, THIS);
    KernelTables without = waits.withoutHeld(Set.of(FIP));
    assertThat(route(without)).isEqualTo(KernelTables.NOWHERE);
    assertThat(without.waiting()).isEmpty();
  }
}

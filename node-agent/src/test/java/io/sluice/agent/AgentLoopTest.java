package io.sluice.agent;

import static io.sluice.agent.GivenShop.FIP;
import static io.sluice.agent.GivenShop.OTHER;
import static io.sluice.agent.GivenShop.SESSION;
import static io.sluice.agent.GivenShop.SHOP;
import static io.sluice.agent.GivenShop.held;
import static io.sluice.agent.core.Given.addresses;
import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.holder;
import static io.sluice.agent.core.Given.ip;
import static io.sluice.agent.core.Given.ips;
import static io.sluice.agent.core.Given.releasing;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.Input;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.NextHop;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.AgentReport.Nic;
import io.sluice.model.Assignment;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The loop and its kernel: errors, drift, and what is reported of both. */
class AgentLoopTest {

  private final SteppedAgent agent = new SteppedAgent();

  @Test
  void anErrorOfTheKernelIsReportedAndVanishesWhenItIsOver() {
    agent.started(Map.of(), SHOP);
    agent.dataPlane.failuresToCome = 1;

    agent.read(FIP, granted(holder(1, SESSION), 1));
    assertThat(agent.lastError()).contains("the kernel is out of memory");
    assertThat(agent.applied()).isEmpty();

    agent.advance(150);
    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP);
    assertThat(agent.lastError()).isEmpty();
    assertThat(agent.applied()).containsExactly(held(FIP, 1));
  }

  @Test
  void aKernelThatKeepsRefusingIsAskedMoreAndMoreSeldom() {
    agent.started(Map.of(), SHOP);
    agent.dataPlane.failuresToCome = 1_000;

    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(60_000);

    assertThat(1_000 - agent.dataPlane.failuresToCome).isBetween(10, 25);
    assertThat(agent.orders).as("and the agent beats on").hasSize(1);
    assertThat(agent.session()).isEqualTo(SESSION);
  }

  @Test
  void driftIsRepairedWhenTheKernelTellsOfIt() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(1_000);
    KernelTables right = agent.dataPlane.kernel;
    agent.dataPlane.kernel = right.withoutHeld(ips("10.40.1.100"));

    agent.tell(new Input.DriftNoticed());

    assertThat(agent.dataPlane.kernel).isEqualTo(right);
    assertThat(agent.driftRepaired()).isEqualTo(1);
    assertThat(agent.dataPlane.installations).isEqualTo(2);
  }

  @Test
  void driftIsRepairedWithin30SecondsThoughNobodyTells() {
    agent.started(Map.of(), SHOP);
    KernelTables right = agent.dataPlane.kernel;
    agent.dataPlane.kernel = KernelTables.EMPTY;

    agent.advance(30_100);

    assertThat(agent.dataPlane.kernel).isEqualTo(right);
    assertThat(agent.driftRepaired()).isEqualTo(1);
  }

  @Test
  void noDriftIsNoRepair() {
    agent.started(Map.of(), SHOP);

    agent.tell(new Input.DriftNoticed());
    agent.advance(100_000);

    assertThat(agent.driftRepaired()).isZero();
    assertThat(agent.dataPlane.observations).isBetween(4, 6);
  }

  @Test
  void whoKeepsDisturbingDoesNotKeepTheAgentBusy() {
    agent.started(Map.of(), SHOP);

    for (int i = 0; i < 100; i++) {
      agent.tell(new Input.DriftNoticed());
      agent.advance(10);
    }

    assertThat(agent.dataPlane.observations).isLessThan(15);
  }

  @Test
  void aNewAddressOfTheInterfaceIsReportedAndUsed() {
    agent.started(
        Map.of(FIP, granted(new Assignment.Holder("node-9", 1, addresses("10.99.0.9/16")), 1)),
        SHOP);
    agent.advance(1_000);
    Nic both = new Nic("eth0", "02:00:00:00:00:11", addresses("10.40.0.11/16", "10.99.0.1/16"));
    agent.dataPlane.nic = both;

    agent.tell(new Input.DriftNoticed());
    agent.advance(20);

    assertThat(agent.reports.getLast().nic()).isEqualTo(both);
    assertThat(agent.dataPlane.kernel.routes().values())
        .containsExactly(new NextHop(true, ip("10.99.0.9")));
  }

  @Test
  void whatNobodyCanReachIsNotReportedAsHeld() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(10_000);
    int announced = agent.dataPlane.announced.size();

    agent.dataPlane.carrier = false;
    agent.tell(new Input.DriftNoticed());

    assertThat(agent.applied())
        .as("nor as let go of")
        .containsExactly(new Applied(FIP, 1, AppliedState.PREPARED));
    assertThat(agent.lastError().orElseThrow()).contains("eth0 has no carrier");
    agent.read(FIP, releasing(holder(1, SESSION), 1));
    assertThat(agent.applied()).containsExactly(new Applied(FIP, 1, AppliedState.RELEASED));
    assertThat(agent.dataPlane.announced).hasSize(announced);
  }

  @Test
  void whenTheCarrierIsBackWhatIsHeldIsAnnouncedAndReported() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.dataPlane.carrier = false;
    agent.tell(new Input.DriftNoticed());
    agent.advance(10_000);
    int announced = agent.dataPlane.announced.size();

    agent.dataPlane.carrier = true;
    agent.tell(new Input.DriftNoticed());
    agent.advance(10);

    assertThat(agent.applied()).containsExactly(held(FIP, 1));
    assertThat(agent.lastError()).isEmpty();
    assertThat(agent.dataPlane.announced).hasSize(announced + 1);
  }

  @Test
  void whatIsReadAnewReplacesWhatWasReadBefore() {
    agent.started(Map.of(FIP, granted(holder(2, 1), 1)), SHOP);

    agent.topicsRead(Map.of(OTHER, granted(holder(3, 1), 1)), Map.of());
    agent.advance(10);

    assertThat(agent.dataPlane.kernel.pool()).containsExactly(OTHER);
    assertThat(agent.dataPlane.kernel.podClasses()).isEmpty();
  }

  @Test
  void unchangedReportsAreNotRepeated() {
    agent.started(Map.of(), SHOP);

    agent.advance(60_000);

    assertThat(agent.reports).hasSize(1);
  }
}

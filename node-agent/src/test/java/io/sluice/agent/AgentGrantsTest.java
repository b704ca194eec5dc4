package io.sluice.agent;

import static io.sluice.agent.GivenShop.FIP;
import static io.sluice.agent.GivenShop.OTHER;
import static io.sluice.agent.GivenShop.SESSION;
import static io.sluice.agent.GivenShop.SHOP;
import static io.sluice.agent.GivenShop.held;
import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.handingOver;
import static io.sluice.agent.core.Given.holder;
import static io.sluice.agent.core.Given.ip;
import static io.sluice.agent.core.Given.ips;
import static io.sluice.agent.core.Given.moving;
import static io.sluice.agent.core.Given.releasing;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.Input;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.NextHop;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which grants an agent carries out, and in which order it says so. */
class AgentGrantsTest {

  private final SteppedAgent agent = new SteppedAgent();

  @Test
  void aGrantToThisSessionIsHeldAnnouncedAndReported() {
    agent.started(Map.of(), SHOP);

    agent.read(FIP, granted(holder(1, SESSION), 1));

    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP);
    assertThat(agent.dataPlane.kernel.snat().values()).containsExactly(FIP);
    assertThat(agent.dataPlane.announced).containsExactly(FIP);
    assertThat(agent.applied()).containsExactly(held(FIP, 1));
    agent.advance(6_000);
    assertThat(agent.dataPlane.announced).hasSize(4);
  }

  @Test
  void aGrantToAnotherSessionIsNotHeld() {
    agent.started(Map.of(), SHOP);

    agent.read(FIP, granted(holder(1, SESSION - 1), 1));
    assertThat(agent.dataPlane.kernel.held()).isEmpty();

    agent.read(FIP, granted(holder(1, SESSION + 1), 2));
    assertThat(agent.dataPlane.kernel.held()).isEmpty();
    assertThat(agent.lastError().orElseThrow()).contains("the other agent");
  }

  @Test
  void aGrantWithAnOldEpochIsNotHeld() {
    agent.started(Map.of(FIP, granted(holder(2, 1), 5)), SHOP);

    agent.read(FIP, granted(holder(1, SESSION), 4));

    assertThat(agent.dataPlane.kernel.held()).isEmpty();
    assertThat(agent.dataPlane.kernel.routes().values())
        .containsExactly(new NextHop(true, ip("10.40.0.12")));
  }

  @Test
  void aTombstoneEndsAGrant() {
    agent.started(Map.of(FIP, granted(holder(2, 1), 1)), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 2));

    agent.tell(new Input.AssignmentRead(FIP, Optional.empty()));

    assertThat(agent.dataPlane.kernel.held()).isEmpty();
    assertThat(agent.dataPlane.kernel.egressRoutes().values())
        .containsExactly(KernelTables.NOWHERE);
  }

  @Test
  void whatIsAnothersIsShutBeforeTheKernelHasChanged() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    List<Collection<IpAddress>> open = new ArrayList<>();
    agent.dataPlane.beforeApply = () -> open.add(agent.fence.open());

    agent.read(FIP, granted(holder(2, 1), 2));

    assertThat(open).containsExactly(ips());
  }

  @Test
  void whatIsAskedBackStaysOpenUntilItsPacketsHaveAnotherWay() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    List<Collection<IpAddress>> open = new ArrayList<>();
    agent.dataPlane.beforeApply = () -> open.add(agent.fence.open());

    agent.read(FIP, releasing(holder(1, SESSION), 1));

    assertThat(open).containsExactly(ips("10.40.1.100"));
    assertThat(agent.fence.open()).isEmpty();
  }

  @Test
  void aReleaseIsCarriedOutBeforeItIsReported() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.dataPlane.failuresToCome = 1;

    agent.read(FIP, releasing(holder(1, SESSION), 1));
    assertThat(agent.applied()).containsExactly(held(FIP, 1));

    agent.advance(200);
    assertThat(agent.dataPlane.kernel.held()).isEmpty();
    assertThat(agent.applied()).containsExactly(new Applied(FIP, 1, AppliedState.RELEASED));
  }

  @Test
  void aSuccessorOpensAndAnnouncesBeforeWhatHasWaitedLeaves() {
    agent.started(Map.of(FIP, granted(holder(2, 1), 1)), SHOP);
    agent.read(FIP, moving(holder(2, 1), holder(1, SESSION), 1));
    agent.read(FIP, handingOver(holder(2, 1), holder(1, SESSION), 1));
    agent.advance(1_000);
    assertThat(agent.dataPlane.kernel.egressRoutes()).containsValue(KernelTables.HELD_BACK);
    assertThat(agent.fence.admitted.values()).as("to be ready opens nothing").isEmpty();
    assertThat(agent.dataPlane.announced).isEmpty();
    agent.journal.clear();

    agent.read(FIP, granted(holder(1, SESSION), 2));

    assertThat(agent.journal)
        .containsExactly(
            "open for [10.40.1.100]",
            "announced 10.40.1.100",
            "what waited for 10.40.1.100 goes on");
    assertThat(agent.applied()).containsExactly(held(FIP, 2));
    agent.advance(6_000);
    assertThat(agent.dataPlane.announced).hasSize(4);
  }

  @Test
  void whatIsOpenIsReportedOnlyWhenTheKernelHasTakenTheChange() {
    agent.started(Map.of(FIP, granted(holder(2, 1), 1)), SHOP);
    agent.read(FIP, moving(holder(2, 1), holder(1, SESSION), 1));
    agent.read(FIP, handingOver(holder(2, 1), holder(1, SESSION), 1));
    assertThat(agent.applied()).containsExactly(new Applied(FIP, 1, AppliedState.PREPARED));
    agent.dataPlane.failuresToCome = 2;

    agent.read(FIP, granted(holder(1, SESSION), 2));

    assertThat(agent.dataPlane.kernel.waiting()).as("what waits goes on waiting").isNotEmpty();
    assertThat(agent.applied()).doesNotContain(held(FIP, 2));
    assertThat(agent.lastError()).isPresent();
    agent.advance(500);
    assertThat(agent.dataPlane.kernel.waiting()).isEmpty();
    assertThat(agent.applied()).containsExactly(held(FIP, 2));
  }

  /** Nor is it said to be released before the kernel has let go of it. */
  @Test
  void whatWasOpenedInVainIsReleasedWhenTheKernelHasLetGo() {
    agent.started(Map.of(FIP, granted(holder(2, 1), 1)), SHOP);
    agent.read(FIP, moving(holder(2, 1), holder(1, SESSION), 1));
    agent.read(FIP, handingOver(holder(2, 1), holder(1, SESSION), 1));
    agent.dataPlane.failuresToCome = 2;

    agent.read(FIP, granted(holder(1, SESSION), 2));
    agent.read(FIP, releasing(holder(1, SESSION), 2));

    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP);
    assertThat(agent.applied()).doesNotContain(new Applied(FIP, 2, AppliedState.RELEASED));
    agent.advance(500);
    assertThat(agent.dataPlane.kernel.held()).isEmpty();
    assertThat(agent.applied()).containsExactly(new Applied(FIP, 2, AppliedState.RELEASED));
  }

  @Test
  void whatIsLetGoOfStaysOpenWhileSomethingElseIsOpened() {
    agent.started(Map.of(OTHER, granted(holder(2, 1), 1)), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.read(OTHER, moving(holder(2, 1), holder(1, SESSION), 1));
    agent.journal.clear();

    agent.tellBoth(
        new Input.AssignmentRead(
            FIP, Optional.of(handingOver(holder(1, SESSION), holder(2, 1), 1))),
        new Input.AssignmentRead(OTHER, Optional.of(granted(holder(1, SESSION), 2))));

    assertThat(agent.journal.subList(0, 3))
        .as("its packets go elsewhere before its fence is shut")
        .containsExactly(
            "open for [10.40.1.100, 10.40.1.101]", "announced 10.40.1.101", "held [10.40.1.101]");
    assertThat(agent.journal).last().isEqualTo("open for [10.40.1.101]");
  }
}

package io.sluice.agent;

import static io.sluice.agent.GivenShop.FIP;
import static io.sluice.agent.GivenShop.OTHER;
import static io.sluice.agent.GivenShop.SESSION;
import static io.sluice.agent.GivenShop.SHOP;
import static io.sluice.agent.core.Given.addresses;
import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.holder;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.Input;
import io.sluice.agent.core.WireWatch;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who yields when somebody else announces the address. */
class AgentOnTheWireTest {

  private final SteppedAgent agent = new SteppedAgent();

  @Test
  void aHolderThatIsCutOffYieldsAtOnceAndGoesOnOnlyWithAGrantToItsNextSession() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.read(OTHER, granted(holder(1, SESSION), 1));
    agent.advance(300);
    agent.kafkaIsThere = false;
    agent.advance(1_000);
    assertThat(agent.dataPlane.asked).contains(FIP, OTHER);

    assertThat(agent.claim(FIP)).isEqualTo(WireWatch.Response.YIELD);

    assertThat(agent.fence.open()).containsExactly(OTHER);
    assertThat(agent.dataPlane.kernel.held()).containsExactly(OTHER);
    assertThat(agent.session()).isEqualTo(SESSION + 1);
    agent.kafkaIsThere = true;
    agent.advance(1_000);
    assertThat(agent.dataPlane.kernel.held())
        .as("beats alone do not bring it back")
        .doesNotContain(FIP);
    agent.read(FIP, granted(holder(1, SESSION), 2));
    assertThat(agent.dataPlane.kernel.held()).as("nor an older grant").doesNotContain(FIP);
    agent.read(FIP, granted(holder(1, SESSION + 1), 3));
    assertThat(agent.fence.open()).containsExactly(FIP, OTHER);
  }

  @Test
  void theFenceIsShutBeforeTheLoopHasMoved() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.kafkaIsThere = false;
    agent.advance(1_000);

    agent.claimBeforeTheLoop(FIP);

    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP);
    assertThat(agent.fence.open()).isEmpty();
  }

  @Test
  void aHolderWhoseBeatsAreAcknowledgedAnnouncesAgainInstead() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(10_000);
    int before = agent.dataPlane.announced.size();

    assertThat(agent.claim(FIP)).isEqualTo(WireWatch.Response.DEFEND);
    assertThat(agent.claim(FIP)).isEqualTo(WireWatch.Response.NONE);
    agent.advance(1_000);

    assertThat(agent.dataPlane.announced).hasSize(before + 1);
    assertThat(agent.fence.open()).containsExactly(FIP);
    assertThat(agent.session()).isEqualTo(SESSION);
  }

  @Test
  void aFenceThatCannotBeShutIsRenewedNoMore() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.kafkaIsThere = false;
    agent.advance(1_000);
    agent.fence.failuresToCome = 1_000;
    agent.claim(FIP);
    int before = agent.fence.renewals;

    agent.advance(1_000);
    assertThat(agent.fence.renewals).isEqualTo(before);
    assertThat(agent.fence.open()).isEmpty();
    agent.fence.failuresToCome = 0;
    agent.advance(100);
    assertThat(agent.fence.admitted.values()).allMatch(addresses -> !addresses.contains(FIP));
  }

  @Test
  void aHolderWhoseCableIsBackSaysNothingBeforeItHasAsked() {
    cutOffWithItsCableOut();
    assertThat(agent.fence.open()).as("it serves nobody").isEmpty();
    assertThat(agent.dataPlane.asked).as("and nobody hears it").isEmpty();

    cableBack();
    assertThat(agent.dataPlane.asked).containsExactly(FIP);
    assertThat(agent.fence.open()).isEmpty();
    assertThat(agent.claim(FIP)).isEqualTo(WireWatch.Response.YIELD);
    agent.advance(1_000);

    assertThat(agent.fence.open()).isEmpty();
    assertThat(agent.dataPlane.kernel.held()).isEmpty();
  }

  @Test
  void aHolderWhoseCableIsBackGoesOnWhenNobodyHasAnswered() {
    cutOffWithItsCableOut();

    cableBack();
    assertThat(agent.millisUntilWork()).isEqualTo(20);
    int before = agent.dataPlane.announced.size();
    agent.advance(30);

    assertThat(agent.fence.open()).containsExactly(FIP);
    assertThat(agent.dataPlane.announced.size()).isGreaterThan(before);
  }

  /** With Kafka on another network interface, say. */
  @Test
  void aProvenHolderWhoseCableIsBackGoesOnAtOnce() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(300);
    cableOut();
    agent.advance(3_000);
    assertThat(agent.fence.open()).isEmpty();

    cableBack();

    assertThat(agent.fence.open()).containsExactly(FIP);
    assertThat(agent.dataPlane.asked).isEmpty();
  }

  /**
   * What was read back a moment ago is not read back again at once, but the carrier is looked at.
   */
  @Test
  void theCarrierIsLookedAtBeforeAnythingIsReadBack() {
    cutOffWithItsCableOut();
    agent.tell(new Input.DriftNoticed());
    int before = agent.dataPlane.observations;

    cableBack();

    assertThat(agent.dataPlane.observations).isEqualTo(before);
    assertThat(agent.dataPlane.asked).containsExactly(FIP);
  }

  private void cutOffWithItsCableOut() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(300);
    agent.kafkaIsThere = false;
    cableOut();
    agent.advance(3_000);
  }

  private void cableOut() {
    agent.dataPlane.carrier = false;
    agent.tell(new Input.DriftNoticed());
  }

  private void cableBack() {
    agent.dataPlane.carrier = true;
    agent.tell(new Input.DriftNoticed());
  }

  @Test
  void theLoopWakesForTheEndOfTheLease() {
    agent.started(Map.of(), SHOP);
    agent.advance(20);

    assertThat(agent.millisUntilWork()).isBetween(300L, 400L);
  }
}

package io.sluice.agent;

import static io.sluice.agent.GivenShop.FIP;
import static io.sluice.agent.GivenShop.OTHER;
import static io.sluice.agent.GivenShop.SESSION;
import static io.sluice.agent.GivenShop.SHOP;
import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.holder;
import static io.sluice.agent.core.Given.strict;
import static io.sluice.agent.core.Given.strictMoving;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.BeatOrder;
import io.sluice.agent.core.WireWatch;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Heartbeat.Intent;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of the addresses when a lease ends, with Kafka and without. */
class AgentLeaseTest {

  private final SteppedAgent agent = new SteppedAgent();

  @Test
  void whileKafkaIsAwayAnAvailableGrantIsKept() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(1_000);
    agent.kafkaIsThere = false;

    agent.advance(600_000);

    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP);
    assertThat(agent.session()).isEqualTo(SESSION);
  }

  @Test
  void whenKafkaIsBackWhatIsHeldIsAnnouncedAgain() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(10_000);
    agent.kafkaIsThere = false;
    agent.advance(10_000);
    int before = agent.dataPlane.announced.size();
    agent.kafkaIsThere = true;

    agent.advance(300);

    assertThat(agent.dataPlane.announced.size()).isGreaterThan(before);
  }

  @Test
  void whileKafkaIsAwayAStrictGrantEndsWithItsLease() {
    agent.started(Map.of(), SHOP);
    agent.advance(50);
    agent.read(FIP, strict(holder(1, SESSION), 1));
    agent.read(OTHER, granted(holder(1, SESSION), 1));
    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP, OTHER);
    agent.kafkaIsThere = false;

    agent.advance(500);

    assertThat(agent.dataPlane.kernel.held())
        .as("the available grant survives the strict one")
        .containsExactly(OTHER);
    assertThat(agent.session()).isEqualTo(SESSION + 1);
    agent.kafkaIsThere = true;
    agent.advance(500);
    assertThat(agent.dataPlane.kernel.held()).containsExactly(OTHER);
    agent.read(FIP, strict(holder(1, SESSION + 1), 2));
    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP, OTHER);
  }

  /** Nothing depends on the gap, and a thousand new sessions at once would cost the allocator. */
  @Test
  void whoCarriesNothingGoesOnThroughAnOutage() {
    agent.started(Map.of(), SHOP);
    outage();

    assertThat(agent.session()).isEqualTo(SESSION);
  }

  @Test
  void whoIsToTakeAStrictAddressOverAfterAnOutageIsReadyInASessionWithoutAGap() {
    agent.started(Map.of(FIP, strict(holder(2, 1), 1)), SHOP);
    outage();

    agent.read(FIP, strictMoving(holder(2, 1), holder(1, SESSION), 1));
    assertThat(agent.session()).isEqualTo(SESSION + 1);
    assertThat(agent.applied()).as("nobody is to let go for the session that is over").isEmpty();
    agent.advance(50);
    agent.read(FIP, strictMoving(holder(2, 1), holder(1, SESSION + 1), 1));
    assertThat(agent.applied()).containsExactly(new Applied(FIP, 1, AppliedState.PREPARED));
    agent.read(FIP, strict(holder(1, SESSION + 1), 2));

    assertThat(agent.fence.open()).containsExactly(FIP);
    assertThat(agent.session()).isEqualTo(SESSION + 1);
  }

  @Test
  void whoIsGrantedAStrictAddressAfterAnOutageBeginsAnewAtOnce() {
    agent.started(Map.of(), SHOP);
    outage();

    agent.read(FIP, strict(holder(1, SESSION), 1));

    assertThat(agent.session()).isEqualTo(SESSION + 1);
    assertThat(agent.applied()).containsExactly(new Applied(FIP, 1, AppliedState.RELEASED));
  }

  /** The one that began in the outage has a gap, too, once its first beat is heard too late. */
  @Test
  void whoLostAStrictAddressInAnOutageIsInASessionWithoutAGapBeforeItIsGrantedAgain() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, strict(holder(1, SESSION), 1));
    outage();

    assertThat(agent.session()).isEqualTo(SESSION + 2);
    agent.read(FIP, strict(holder(1, SESSION + 2), 2));
    assertThat(agent.fence.open()).containsExactly(FIP);
    assertThat(agent.session()).isEqualTo(SESSION + 2);
  }

  private void outage() {
    agent.advance(300);
    agent.kafkaIsThere = false;
    agent.advance(1_000);
    agent.kafkaIsThere = true;
    agent.advance(1_000);
  }

  @Test
  void aFrozenAgentLetsGoOfEverythingBeforeItBeatsInANewSession() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(300);

    agent.freeze(2_000);

    assertThat(agent.dataPlane.kernel.held()).isEmpty();
    assertThat(agent.journal.subList(agent.journal.size() - 2, agent.journal.size()))
        .containsExactly("held []", "beat " + new BeatOrder(SESSION + 1, Intent.RUNNING));
    assertThat(agent.reports.getLast().session()).isEqualTo(SESSION + 1);
    agent.advance(1_000);
    assertThat(agent.dataPlane.kernel.held())
        .as("a grant to the ended session stays void")
        .isEmpty();
    agent.read(FIP, granted(holder(1, SESSION + 1), 2));
    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP);
  }

  @Test
  void aFrozenAgentWithoutKafkaAsksTheWireAndGoesOnIfNobodyAnswers() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(300);
    agent.kafkaIsThere = false;

    agent.freeze(2_000);
    agent.advance(390);
    assertThat(agent.dataPlane.asked).containsExactly(FIP, FIP, FIP);
    assertThat(agent.fence.open()).isEmpty();

    agent.advance(100);
    assertThat(agent.dataPlane.kernel.held()).containsExactly(FIP);
    assertThat(agent.fence.open()).containsExactly(FIP);
    assertThat(agent.session()).isEqualTo(SESSION + 1);
    assertThat(agent.dataPlane.announced).endsWith(FIP);
  }

  @Test
  void aFrozenAgentWithoutKafkaYieldsWhatSomebodyAnswersFor() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.read(OTHER, granted(holder(1, SESSION), 1));
    agent.advance(300);
    agent.kafkaIsThere = false;

    agent.freeze(2_000);
    agent.advance(150);
    assertThat(agent.claim(FIP)).isEqualTo(WireWatch.Response.YIELD);
    agent.advance(1_000);

    assertThat(agent.fence.open()).containsExactly(OTHER);
    assertThat(agent.dataPlane.kernel.held()).containsExactly(OTHER);
  }

  @Test
  void aFrozenAgentThatHearsFromKafkaAsksNobody() {
    agent.started(Map.of(), SHOP);
    agent.read(FIP, granted(holder(1, SESSION), 1));
    agent.advance(300);

    agent.freeze(2_000);
    agent.advance(1_000);

    assertThat(agent.dataPlane.asked).isEmpty();
    assertThat(agent.fence.open()).isEmpty();
  }
}

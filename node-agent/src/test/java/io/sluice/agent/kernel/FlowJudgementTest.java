package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.Verdict;
import io.sluice.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FlowJudgementTest {

  private static final String POD = "10.244.1.2";
  private static final String NODE = "10.40.0.11";
  private static final String FLOATING = "10.40.1.100";
  private static final KernelTables HERE = Underlay.tables(true, Collections.emptySortedMap());
  private static final KernelTables ELSEWHERE = Underlay.tables(false, Underlay.route(1, true));
  private static final KernelTables NOWHERE = Underlay.tables(false, Collections.emptySortedMap());
  private static final KernelTables UNTOUCHED =
      Underlay.tables(
          false,
          Collections.emptySortedMap(),
          new Verdict.KeepPodAddress(),
          new Verdict.KeepPodAddress());

  private static Flow flow(String source, String destination, String repliesTo) {
    return new Flow(
        IpAddress.parse(source),
        IpAddress.parse(destination),
        IpAddress.parse(repliesTo),
        new Flow.Key(Libc.AF_INET, ByteBuffer.allocate(0), Optional.empty()));
  }

  private static boolean stale(KernelTables before, KernelTables after, Flow flow) {
    return new FlowJudgement(before, after).isStale(flow);
  }

  @Test
  void aConnectionMustLeaveWithTheFloatingIpOfItsHolder() {
    assertThat(stale(HERE, HERE, flow(POD, Underlay.MATCHED, FLOATING))).isFalse();
    assertThat(stale(HERE, HERE, flow(POD, Underlay.MATCHED, NODE))).isTrue();
    assertThat(stale(HERE, HERE, flow(POD, Underlay.MATCHED, POD))).isTrue();
  }

  @Test
  void aConnectionToAHolderElsewhereMustBeUntouched() {
    assertThat(stale(ELSEWHERE, ELSEWHERE, flow(POD, Underlay.MATCHED, POD))).isFalse();
    assertThat(stale(ELSEWHERE, ELSEWHERE, flow(POD, Underlay.MATCHED, FLOATING))).isTrue();
    assertThat(stale(UNTOUCHED, UNTOUCHED, flow(POD, Underlay.MATCHED, POD))).isFalse();
    assertThat(stale(UNTOUCHED, UNTOUCHED, flow(POD, Underlay.MATCHED, NODE))).isTrue();
  }

  @Test
  void aFloatingIpThatMovesAwayTakesItsConnectionsAlong() {
    assertThat(stale(HERE, ELSEWHERE, flow(POD, Underlay.MATCHED, FLOATING))).isTrue();
    assertThat(stale(ELSEWHERE, HERE, flow(POD, Underlay.MATCHED, POD))).isTrue();
  }

  @Test
  void aConnectionMadeWhileNobodyHeldItIsTranslatedAnew() {
    assertThat(stale(NOWHERE, HERE, flow(POD, Underlay.MATCHED, NODE))).isTrue();
    assertThat(stale(NOWHERE, NOWHERE, flow(POD, Underlay.MATCHED, NODE))).isFalse();
  }

  @Test
  void aPolicyThatEndsGivesItsConnectionsBack() {
    assertThat(stale(HERE, KernelTables.EMPTY, flow(POD, Underlay.MATCHED, FLOATING))).isTrue();
    assertThat(stale(UNTOUCHED, KernelTables.EMPTY, flow(POD, Underlay.MATCHED, POD))).isTrue();
  }

  @Test
  void otherConnectionsAreLeftAlone() {
    assertThat(stale(ELSEWHERE, HERE, flow(POD, Underlay.UNMATCHED, NODE))).isFalse();
    assertThat(stale(ELSEWHERE, HERE, flow("10.244.1.3", Underlay.MATCHED, NODE))).isFalse();
    assertThat(stale(ELSEWHERE, HERE, flow(POD, "10.244.1.3", POD))).isFalse();
    assertThat(stale(KernelTables.EMPTY, HERE, flow(POD, "10.40.0.200", POD)))
        .as("a cluster network that does not start with the address")
        .isFalse();
  }

  @Test
  void nobodyElseKeepsAFloatingIp() {
    assertThat(stale(HERE, HERE, flow("10.244.1.3", Underlay.MATCHED, FLOATING))).isTrue();
  }
}

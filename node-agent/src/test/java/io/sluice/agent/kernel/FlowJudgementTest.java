package io.sluice.agent.kernel;

import static io.sluice.agent.kernel.FlowJudgement.Outcome.FITS;
import static io.sluice.agent.kernel.FlowJudgement.Outcome.LEFT_OVER;
import static io.sluice.agent.kernel.FlowJudgement.Outcome.STALE;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.Verdict;
import io.sluice.agent.kernel.FlowJudgement.Outcome;
import io.sluice.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FlowJudgementTest {

  private static final String POD = "10.244.1.2";
  private static final String NODE = "10.40.0.11";
  private static final String FLOATING = "10.40.1.100";
  private static final String OTHER = "10.40.1.101";
  private static final String SERVICE = "10.96.0.10";
  private static final KernelTables HERE = Underlay.tables(true, Collections.emptySortedMap());
  private static final KernelTables ELSEWHERE = Underlay.tables(false, Underlay.route(1, true));
  private static final KernelTables NOWHERE = Underlay.tables(false, Collections.emptySortedMap());
  private static final KernelTables UNTOUCHED =
      Underlay.tables(
          false,
          Collections.emptySortedMap(),
          new Verdict.KeepPodAddress(),
          new Verdict.KeepPodAddress());

  /** In the zone where the rules put what is translated to the floating IP. */
  private static Flow flow(String source, String destination, String repliesTo) {
    return flow(source, destination, destination, repliesTo, repliesTo.equals(FLOATING));
  }

  private static Flow inDefaultZone(String source, String destination, String repliesTo) {
    return flow(source, destination, destination, repliesTo, false);
  }

  private static Flow flow(
      String source, String sentTo, String destination, String repliesTo, boolean inZone) {
    return new Flow(
        IpAddress.parse(source),
        IpAddress.parse(sentTo),
        IpAddress.parse(destination),
        IpAddress.parse(repliesTo),
        inZone,
        false,
        new Flow.Key(Libc.AF_INET, ByteBuffer.allocate(0), Optional.empty()));
  }

  private static Outcome judge(KernelTables before, KernelTables after, Flow flow) {
    return new FlowJudgement(before, after).judge(flow);
  }

  @Test
  void aConnectionMustLeaveWithTheFloatingIpOfItsHolder() {
    assertThat(judge(HERE, HERE, flow(POD, Underlay.MATCHED, FLOATING))).isEqualTo(FITS);
    assertThat(judge(HERE, HERE, flow(POD, Underlay.MATCHED, Underlay.MATCHED, OTHER, true)))
        .as("another floating IP")
        .isEqualTo(STALE);
  }

  @Test
  void aConnectionToAHolderElsewhereMustBeUntouched() {
    assertThat(judge(ELSEWHERE, ELSEWHERE, flow(POD, Underlay.MATCHED, POD))).isEqualTo(FITS);
    assertThat(judge(UNTOUCHED, UNTOUCHED, flow(POD, Underlay.MATCHED, POD))).isEqualTo(FITS);
    assertThat(judge(UNTOUCHED, UNTOUCHED, flow(POD, Underlay.MATCHED, NODE))).isEqualTo(STALE);
  }

  @Test
  void aFloatingIpThatComesOrGoesLeavesAnEntryOverForReplies() {
    assertThat(judge(HERE, ELSEWHERE, flow(POD, Underlay.MATCHED, FLOATING))).isEqualTo(LEFT_OVER);
    assertThat(judge(ELSEWHERE, HERE, flow(POD, Underlay.MATCHED, POD))).isEqualTo(LEFT_OVER);
  }

  @Test
  void whatAFormerVersionTranslatedHasThePortOfTheNextPacket() {
    assertThat(judge(HERE, HERE, inDefaultZone(POD, Underlay.MATCHED, FLOATING))).isEqualTo(STALE);
    assertThat(judge(HERE, ELSEWHERE, inDefaultZone(POD, Underlay.MATCHED, FLOATING)))
        .isEqualTo(STALE);
  }

  /** It is looked for in the zone where it began, so its next packet would find it. */
  @Test
  void aConnectionToAServiceIsTranslatedAnew() {
    Flow here = flow(POD, SERVICE, Underlay.MATCHED, FLOATING, false);
    assertThat(judge(HERE, HERE, here)).isEqualTo(FITS);
    assertThat(judge(HERE, ELSEWHERE, here)).isEqualTo(STALE);
    Flow elsewhere = flow(POD, SERVICE, Underlay.MATCHED, POD, false);
    assertThat(judge(ELSEWHERE, HERE, elsewhere)).isEqualTo(STALE);
    Flow inCluster = flow(POD, SERVICE, "10.244.1.3", POD, true);
    assertThat(judge(HERE, ELSEWHERE, inCluster)).isEqualTo(FITS);
  }

  @Test
  void aConnectionMadeWhileNobodyHeldItIsLeftOver() {
    assertThat(judge(NOWHERE, HERE, flow(POD, Underlay.MATCHED, NODE))).isEqualTo(LEFT_OVER);
    assertThat(judge(NOWHERE, NOWHERE, flow(POD, Underlay.MATCHED, NODE))).isEqualTo(FITS);
  }

  @Test
  void aPolicyThatEndsGivesItsConnectionsBack() {
    assertThat(judge(HERE, KernelTables.EMPTY, flow(POD, Underlay.MATCHED, FLOATING)))
        .isEqualTo(LEFT_OVER);
    assertThat(judge(UNTOUCHED, KernelTables.EMPTY, flow(POD, Underlay.MATCHED, POD)))
        .isEqualTo(STALE);
  }

  @Test
  void otherConnectionsAreLeftAlone() {
    assertThat(judge(ELSEWHERE, HERE, flow(POD, Underlay.UNMATCHED, NODE))).isEqualTo(FITS);
    assertThat(judge(ELSEWHERE, HERE, flow("10.244.1.3", Underlay.MATCHED, NODE))).isEqualTo(FITS);
    assertThat(judge(ELSEWHERE, HERE, flow(POD, "10.244.1.3", POD))).isEqualTo(FITS);
    assertThat(judge(KernelTables.EMPTY, HERE, flow(POD, "10.40.0.200", POD)))
        .as("a cluster network that does not start with the address")
        .isEqualTo(FITS);
  }

  @Test
  void nobodyElseKeepsAFloatingIp() {
    assertThat(judge(HERE, HERE, flow("10.244.1.3", Underlay.MATCHED, FLOATING)))
        .isEqualTo(LEFT_OVER);
    assertThat(judge(HERE, HERE, inDefaultZone("10.244.1.3", Underlay.MATCHED, FLOATING)))
        .isEqualTo(STALE);
  }
}

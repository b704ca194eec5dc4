package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.agent.core.LeaseFence;
import io.sluice.agent.core.LeaseFence.Deadline;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The lease in a real kernel, judged by what passes the wire. The holder is node-2. */
class FenceTest {

  private static final int HOLDER = 1;
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String FLOATING = Underlay.FLOATING.toString();

  private static Underlay net;

  private final LeaseFence fence = net.dataPlanes.get(HOLDER).fence();

  @BeforeAll
  static void build() {
    net = Underlay.mirrored();
  }

  @AfterAll
  static void tearDown() {
    if (net != null) {
      net.close();
    }
  }

  @BeforeEach
  void held() {
    net.nobodyHolds();
    net.forgetConnections();
    net.holder(HOLDER, true);
  }

  private void admit(LeaseMode mode, IpAddress... addresses) {
    SortedMap<LeaseMode, SortedSet<IpAddress>> all = new TreeMap<>();
    all.put(mode, new TreeSet<>(List.of(addresses)));
    fence.admit(all);
  }

  private static Optional<String> seen(Probe probe, String destination) {
    return probe.sourceSeenBy(destination);
  }

  /** Whether a host that has forgotten it learns the address again. */
  private static boolean answersArp() {
    net.outside.run("ip neigh flush to " + FLOATING);
    try (Probe probe = Probe.from(net.outside)) {
      probe.sourceSeenBy(FLOATING);
    }
    String neighbour = net.outside.run("ip neigh show to " + FLOATING);
    return neighbour.contains("lladdr");
  }

  @ParameterizedTest
  @EnumSource(LeaseMode.class)
  void anAddressIsOpenForAsLongAsItsLeaseAndNothingNeedsToRunForItsEnd(LeaseMode mode) {
    try (Probe probe = Probe.from(net.pod1)) {
      admit(mode, Underlay.FLOATING, Underlay.FLOATING_V6);
      fence.renew(mode, Underlay.in(LONG));
      assertThat(fence.open()).containsExactly(Underlay.FLOATING, Underlay.FLOATING_V6);
      assertThat(seen(probe, Underlay.MATCHED)).contains(FLOATING);
      assertThat(seen(probe, Underlay.MATCHED_V6)).isPresent();
      assertThat(answersArp()).isTrue();

      fence.renew(mode, Underlay.in(SHORT));
      await().atMost(Duration.ofSeconds(2)).until(() -> fence.open().isEmpty());

      assertThat(seen(probe, Underlay.MATCHED)).as("established flow").isEmpty();
      assertThat(seen(probe, Underlay.MATCHED_V6)).as("established flow, IPv6").isEmpty();
      assertThat(answersArp()).isFalse();
    }
  }

  @Test
  void aRenewalOpensAgainAndPacketsOfTheSameConnectionPass() {
    try (Probe probe = Probe.from(net.pod1)) {
      fence.renew(LeaseMode.AVAILABLE, Underlay.in(Duration.ofMillis(1)));
      await().until(() -> fence.open().isEmpty());
      assertThat(seen(probe, Underlay.MATCHED)).isEmpty();
      fence.renew(LeaseMode.AVAILABLE, Underlay.in(LONG));
      assertThat(seen(probe, Underlay.MATCHED)).contains(FLOATING);
    }
  }

  /**
   * A question for the next hop that was asked in the address's name while it was shut would be
   * repeated after a second only.
   */
  @Test
  void afterARenewalPacketsLeaveAtOnceAlthoughTheNextHopWasForgotten() {
    fence.renew(LeaseMode.AVAILABLE, Underlay.in(Duration.ofMillis(-1)));
    net.nodes.get(HOLDER).run("ip neigh flush dev eth0");
    try (Probe probe = Probe.from(net.pod1)) {
      assertThat(seen(probe, Underlay.MATCHED)).isEmpty();
      fence.renew(LeaseMode.AVAILABLE, Underlay.in(LONG));
      assertThat(seen(probe, Underlay.MATCHED)).contains(FLOATING);
    }
  }

  /** The clock was read, then the process stood still: the relative end alone would revive. */
  @Test
  void aRenewalStalledOnItsWayToTheKernelOpensNothing() {
    long longAgo = WallClock.nanos() - TimeUnit.MILLISECONDS.toNanos(1);
    fence.renew(LeaseMode.AVAILABLE, new Deadline(System.nanoTime() + LONG.toNanos(), longAgo));
    assertShut();
  }

  /** The wall clock was set back by a day: the absolute end alone would hold the lease open. */
  @Test
  void aWallClockThatWasSetBackProlongsNothing() {
    long tomorrow = WallClock.nanos() + TimeUnit.DAYS.toNanos(1);
    fence.renew(LeaseMode.AVAILABLE, new Deadline(System.nanoTime() + SHORT.toNanos(), tomorrow));
    await().atMost(Duration.ofSeconds(2)).until(() -> fence.open().isEmpty());
    assertShut();
  }

  @Test
  void aDeadlineThatHasPassedShuts() {
    fence.renew(LeaseMode.AVAILABLE, Underlay.in(Duration.ofMillis(-1)));
    assertShut();
  }

  @Test
  void theLeaseOfOneModeIsNoneOfTheOther() {
    admit(LeaseMode.STRICT, Underlay.FLOATING);
    fence.renew(LeaseMode.STRICT, Underlay.in(Duration.ofMillis(-1)));
    fence.renew(LeaseMode.AVAILABLE, Underlay.in(LONG));
    assertShut();
    fence.renew(LeaseMode.STRICT, Underlay.in(LONG));
    assertThat(fence.open()).containsExactly(Underlay.FLOATING);
  }

  @Test
  void whatIsNoLongerAdmittedIsShutAtOnceAlthoughTheKernelHasIt() {
    fence.admit(Collections.emptySortedMap());
    assertShut();
  }

  /**
   * A step that fails counts as none in the kernel, takes it half a second, and renewals wait for
   * it: what another machine has is shut in one that succeeds, whatever is admitted.
   */
  @Test
  void anAddressIsShutInOneStepThatDoesNotFail() {
    SortedMap<LeaseMode, SortedSet<IpAddress>> both = new TreeMap<>();
    for (LeaseMode mode : LeaseMode.values()) {
      both.put(mode, new TreeSet<>(List.of(Underlay.FLOATING, Underlay.FLOATING_V6)));
      fence.renew(mode, Underlay.in(LONG));
    }
    fence.admit(both);
    int before = generation();

    fence.shut(Underlay.FLOATING);

    assertThat(generation()).isEqualTo(before + 1);
    assertThat(fence.open()).containsExactly(Underlay.FLOATING_V6);
    assertShut();
    fence.shut(Underlay.FLOATING);
    assertThat(generation()).as("of one that is shut already").isEqualTo(before + 2);
    admit(LeaseMode.AVAILABLE, Underlay.FLOATING);
    fence.shut(Underlay.FLOATING);
    assertThat(generation()).as("of one in a single mode").isEqualTo(before + 4);
    assertShut();
  }

  /** How many transactions the kernel has carried out on the holder, NFT_MSG_GETGEN. */
  private static int generation() {
    int type = 10 << 8 | 16;
    ByteBuffer message =
        new MessageBuilder(type, MessageBuilder.NLM_F_REQUEST).u8(0).u8(0).u16BigEndian(0).build();
    try (NetlinkSocket socket =
        net.nodes.get(HOLDER).inside(() -> NetlinkSocket.open(NetlinkSocket.NETLINK_NETFILTER))) {
      return socket
          .query(new NetlinkRequest(message, "nft generation"))
          .attributes(NftMessages.FIXED_BYTES)
          .find(1)
          .orElseThrow()
          .u32BigEndian();
    }
  }

  @Test
  void anAddressThatIsTakenAwayIsNotAdmittedAnyMore() {
    net.nobodyHolds();
    net.holder(HOLDER, true);
    net.nobodyHolds();
    assertThat(net.nodes.get(HOLDER).run("nft list set netdev sluice available_v4"))
        .doesNotContain(FLOATING);
  }

  @Test
  void aLeaseThatIsOverIsNotProlonged() {
    assertThat(fence.prolong(LeaseMode.AVAILABLE, Underlay.in(SHORT))).isTrue();
    await().atMost(Duration.ofSeconds(2)).until(() -> fence.open().isEmpty());
    assertThat(fence.prolong(LeaseMode.AVAILABLE, Underlay.in(LONG))).isFalse();
    assertShut();
  }

  /** As after a step of the wall clock, or on a machine that was suspended. */
  @Test
  void aLeaseOfWhichOnlyTheAbsoluteEndHasPassedIsNotProlonged() {
    long monotonicNanos = Underlay.in(LONG).monotonicNanos();
    fence.renew(
        LeaseMode.AVAILABLE, new LeaseFence.Deadline(monotonicNanos, WallClock.nanos() - 1));
    assertThat(fence.prolong(LeaseMode.AVAILABLE, Underlay.in(LONG))).isFalse();
    assertShut();
  }

  @Test
  void loadingTheRulesAgainShutsAndOpensNothing() {
    net.dataPlanes.get(HOLDER).install();
    assertThat(fence.open()).containsExactly(Underlay.FLOATING, Underlay.FLOATING_V6);
    fence.admit(Collections.emptySortedMap());
    net.dataPlanes.get(HOLDER).install();
    assertShut();
  }

  @Test
  void aFenceThatSomebodyTookAwayIsMissedAndComesBackShut() {
    net.nodes.get(HOLDER).run("nft delete table netdev sluice");
    assertThatThrownBy(() -> fence.renew(LeaseMode.AVAILABLE, Underlay.in(LONG)))
        .isInstanceOf(KernelException.class);
    net.dataPlanes.get(HOLDER).install();
    assertShut();
  }

  @Test
  void otherNodesTalkToTheAddressThroughTheirFence() {
    try (Probe probe = Probe.from(net.pod1)) {
      assertThat(seen(probe, Underlay.MATCHED)).contains(FLOATING);
    }
    assertThat(net.nodes.getFirst().run("nft list counters table netdev sluice"))
        .contains("packets 0 bytes 0");
  }

  /** Counted on the far side: dropping the answers alone would look the same to the Pod. */
  @Test
  void nothingLeavesOnTheWireAfterTheEnd() {
    net.outside.run("nft add table inet seen");
    try (Probe probe = Probe.from(net.pod1)) {
      net.outside.run("nft add chain inet seen far { type filter hook prerouting priority raw ; }");
      net.outside.run("nft add rule inet seen far ip saddr " + FLOATING + " counter");
      net.outside.run("nft add rule inet seen far ip6 saddr " + Underlay.FLOATING_V6 + " counter");
      seen(probe, Underlay.MATCHED);
      seen(probe, Underlay.MATCHED_V6);
      assertThat(net.outside.run("nft list table inet seen")).doesNotContain("packets 0");

      fence.renew(LeaseMode.AVAILABLE, Underlay.in(Duration.ofMillis(-1)));
      String before = net.outside.run("nft list table inet seen");
      assertThat(seen(probe, Underlay.MATCHED)).isEmpty();
      assertThat(seen(probe, Underlay.MATCHED_V6)).isEmpty();
      assertThat(net.outside.run("nft list table inet seen")).isEqualTo(before);
    } finally {
      net.outside.run("nft delete table inet seen");
    }
  }

  /** Between a grant and the next beat, for instance; the announcement is repeated. */
  @Test
  void anAnnouncementThatTheFenceDropsIsCountedThereAndNoError() {
    LinuxDataPlane holder = net.dataPlanes.get(HOLDER);
    fence.renew(LeaseMode.AVAILABLE, Underlay.in(Duration.ofMillis(-1)));
    long before = holder.fenceCounters().get("lease_over_leaving").packets();

    holder.announce(Underlay.FLOATING);
    holder.announce(Underlay.FLOATING_V6);

    assertThat(holder.fenceCounters().get("lease_over_leaving").packets()).isEqualTo(before + 2);
  }

  @Test
  void nothingComesInAfterTheEnd() {
    try (Probe probe = Probe.from(net.pod1)) {
      // Now the outside knows where the addresses are.
      assertThat(seen(probe, Underlay.MATCHED)).isPresent();
      assertThat(seen(probe, Underlay.MATCHED_V6)).isPresent();
    }
    fence.renew(LeaseMode.AVAILABLE, Underlay.in(Duration.ofMillis(-1)));
    NetworkNamespace holder = net.nodes.get(HOLDER);
    long before = arrivalsDropped(holder);
    try (Probe probe = Probe.from(net.outside)) {
      probe.sourceSeenBy(FLOATING);
      probe.sourceSeenBy(Underlay.FLOATING_V6.toString());
    }
    assertThat(arrivalsDropped(holder)).isEqualTo(before + 2);
  }

  private static long arrivalsDropped(NetworkNamespace node) {
    String counter = node.run("nft list counter netdev sluice lease_over_arriving");
    return Long.parseLong(counter.replaceAll("(?s).*packets (\\d+).*", "$1"));
  }

  private void assertShut() {
    assertThat(fence.open()).doesNotContain(Underlay.FLOATING);
    try (Probe probe = Probe.from(net.pod1)) {
      assertThat(seen(probe, Underlay.MATCHED)).isEmpty();
    }
    assertThat(answersArp()).isFalse();
  }
}

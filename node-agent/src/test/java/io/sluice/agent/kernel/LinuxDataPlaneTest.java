package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.NextHop;
import io.sluice.model.AgentReport;
import io.sluice.model.Cidr;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinuxDataPlaneTest {

  private static final IpAddress FLOATING = IpAddress.parse("10.40.1.100");
  private static final IpAddress FLOATING_V6 = IpAddress.parse("fd00:40::1:100");

  private LoneNode lone;
  private NetworkNamespace node;
  private LinuxDataPlane dataPlane;

  @BeforeEach
  void aNode() {
    lone = new LoneNode();
    node = lone.namespace;
    dataPlane = lone.dataPlane();
  }

  @AfterEach
  void remove() {
    if (lone != null) {
      lone.close();
    }
  }

  private static KernelTables holding(IpAddress... ips) {
    var held = new TreeSet<>(List.of(ips));
    var routes = new TreeMap<Integer, Integer>();
    var snat = new TreeMap<Integer, IpAddress>();
    int index = 1;
    for (IpAddress ip : held) {
      routes.put(index, KernelTables.HELD_HERE);
      snat.put(index++, ip);
    }
    return new KernelTables(
        held,
        held,
        Collections.emptySortedSet(),
        Collections.emptySortedMap(),
        Collections.emptySortedMap(),
        routes,
        snat,
        new TreeMap<>(
            Map.of(
                1, new NextHop(true, IpAddress.parse("10.40.0.12")),
                2, new NextHop(false, IpAddress.parse("10.41.0.12")))));
  }

  @Test
  void theNicIsReportedWithoutFloatingAddresses() {
    dataPlane.install();
    dataPlane.apply(KernelTables.EMPTY, holding(FLOATING, FLOATING_V6));
    assertThat(dataPlane.nic())
        .isEqualTo(
            new AgentReport.Nic(
                "eth0",
                "02:00:00:00:00:11",
                List.of(
                    InterfaceAddress.parse("10.40.0.11/16"),
                    InterfaceAddress.parse("fd00:40::11/64"))));
  }

  @Test
  void whetherTheNicHasACarrierIsKnownAndTold() {
    dataPlane.install();
    assertThat(dataPlane.hasCarrier()).isTrue();
    AtomicInteger told = new AtomicInteger();
    dataPlane.onDrift(told::incrementAndGet);
    node.run("ip link set far down");
    await().until(() -> told.get() > 0);
    assertThat(dataPlane.hasCarrier()).isFalse();
    int before = told.get();
    node.run("ip link set far up");
    await().until(() -> told.get() > before);
    assertThat(dataPlane.hasCarrier()).isTrue();
  }

  @Test
  void aFreshKernelHoldsNothing() {
    assertThat(dataPlane.observe()).isEqualTo(KernelTables.EMPTY);
    dataPlane.install();
    assertThat(dataPlane.observe()).isEqualTo(KernelTables.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatWasAppliedIsWhatIsObserved(long seed) {
    RandomTables tables = new RandomTables(new Random(seed));
    dataPlane.install();
    KernelTables before = KernelTables.EMPTY;
    for (int step = 0; step < 12; step++) {
      KernelTables wanted = tables.next();
      dataPlane.apply(before, wanted);
      assertThat(dataPlane.observe()).as("seed %d, step %d", seed, step).isEqualTo(wanted);
      before = wanted;
    }
    dataPlane.apply(before, KernelTables.EMPTY);
    assertThat(dataPlane.observe()).isEqualTo(KernelTables.EMPTY);
  }

  @Test
  void installingAgainAndASecondAgentKeepWhatIsThere() {
    KernelTables wanted = new RandomTables(new Random(99)).next();
    dataPlane.install();
    dataPlane.apply(KernelTables.EMPTY, wanted);
    String rules = node.run("nft -s list ruleset");
    String routing = node.run("ip -d rule") + node.run("ip -d route show table all");
    dataPlane.install();
    dataPlane = lone.reopen();
    dataPlane.install();
    dataPlane.apply(dataPlane.observe(), wanted);
    assertThat(dataPlane.observe()).isEqualTo(wanted);
    assertThat(node.run("nft -s list ruleset")).isEqualTo(rules);
    assertThat(node.run("ip -d rule") + node.run("ip -d route show table all")).isEqualTo(routing);
  }

  @Test
  void installHealsRulesSomebodyRemoved() {
    dataPlane.install();
    String rules = node.run("nft -s list ruleset");
    node.run("nft flush chain inet sluice classify");
    node.run("nft delete chain inet sluice guard_local");
    node.run("ip rule del pref 5199");
    node.run("ip link del sluice0");
    assertThat(node.run("nft -s list ruleset")).isNotEqualTo(rules);
    dataPlane.install();
    assertThat(sorted(node.run("nft -s list ruleset"))).isEqualTo(sorted(rules));
    assertThat(node.run("ip rule show pref 5199")).contains("blackhole");
    assertThat(node.run("ip -d link show sluice0")).contains("vxlan external");
  }

  /** A chain that was made again stands at another place in the listing. */
  private static List<String> sorted(String text) {
    return text.lines().sorted().toList();
  }

  @Test
  void removeAllLeavesWhatIsNotOurs() {
    node.run("ip addr add 10.40.1.7/32 dev eth0");
    node.run("ip rule add pref 5100 fwmark 0x1 lookup 51001");
    node.run("ip route add 10.99.0.0/16 via 10.40.0.254 table 51001");
    node.run("nft add table inet other");
    node.run("nft add chain inet other sluice");
    String addresses = node.run("ip addr show eth0");
    String routing = node.run("ip rule") + node.run("ip route show table all");
    String rules = node.run("nft list ruleset");
    dataPlane.install();
    dataPlane.apply(KernelTables.EMPTY, holding(FLOATING, FLOATING_V6));
    assertThat(node.run("ip addr show eth0")).contains("10.40.1.100/32", "fd00:40::1:100/128");

    dataPlane.removeAll();

    assertThat(node.run("ip addr show eth0")).isEqualTo(addresses);
    assertThat(node.run("ip rule") + node.run("ip route show table all")).isEqualTo(routing);
    assertThat(node.run("nft list ruleset")).isEqualTo(rules);
    assertThat(node.tryRun("ip link show sluice0")).isNotZero();
  }

  @Test
  void foreignThingsAreNotCountedAsOurs() {
    node.run("ip addr add 10.40.1.7/32 dev eth0");
    node.run("ip rule add pref 5100 fwmark 0x58010000/0xffff0000 lookup 51001");
    node.run("ip route add default via 10.40.0.254 table 51001");
    dataPlane.install();
    assertThat(dataPlane.observe()).isEqualTo(KernelTables.EMPTY);
  }

  @Test
  void straysGoWithTheNextChange() {
    dataPlane.install();
    KernelTables wanted = holding(FLOATING);
    dataPlane.apply(KernelTables.EMPTY, wanted);
    node.run("nft add element inet sluice bound_v4 { 0x50000063 . 10.40.1.9 }");
    node.run("nft add element inet sluice snat_v4 { 0x50000063 : 10.40.1.8 }");
    node.run("nft add element inet sluice egress_route { 0x1 : 0x2 }");
    node.run("ip route add default via 10.40.0.13 dev eth0 table 51009 proto 83");
    node.run("ip route add default via 10.40.0.13 dev eth0 table 77 proto 83");
    node.run("ip route add 10.98.0.0/16 via 10.40.0.13 dev eth0 table 51001 proto 83");
    node.run("ip rule add pref 5100 fwmark 0x7 lookup 77 proto 83");
    KernelTables observed = dataPlane.observe();
    assertThat(observed).isEqualTo(wanted);
    dataPlane.apply(observed, wanted);
    assertThat(node.run("nft list table inet sluice"))
        .doesNotContain("10.40.1.9", "10.40.1.8", "0x00000001 : 0x00000002");
    assertThat(node.run("ip route show table all")).doesNotContain("51009", "table 77");
    assertThat(dataPlane.observe()).isEqualTo(wanted);
  }

  @Test
  void aHalfLostTranslationIsMadeWholeAgain() {
    dataPlane.install();
    KernelTables wanted = holding(FLOATING);
    dataPlane.apply(KernelTables.EMPTY, wanted);
    node.run("nft delete element inet sluice bound_v4 { 0x50000001 . 10.40.1.100 }");
    KernelTables observed = dataPlane.observe();
    assertThat(observed.snat()).isEmpty();
    dataPlane.apply(observed, wanted);
    assertThat(dataPlane.observe()).isEqualTo(wanted);
  }

  @Test
  void ownChangesAreNoDriftAndOthersAre() {
    AtomicInteger told = new AtomicInteger();
    dataPlane.onDrift(told::incrementAndGet);
    KernelTables wanted = holding(FLOATING, FLOATING_V6);
    dataPlane.install();
    dataPlane.apply(KernelTables.EMPTY, wanted);
    dataPlane.apply(wanted, KernelTables.EMPTY);
    dataPlane.apply(KernelTables.EMPTY, wanted);
    dataPlane.install();
    dataPlane.fence().admit(Underlay.available(FLOATING));
    dataPlane.fence().renew(LeaseMode.AVAILABLE, Underlay.in(Duration.ofMillis(1)));
    await().until(() -> dataPlane.fence().open().isEmpty());
    dataPlane.fence().shut(FLOATING);
    node.run("nft add table netdev other");
    node.run("nft add table inet other");
    node.run("ip route add 10.99.0.0/16 via 10.40.0.254");
    assertThat(told).hasValue(0);

    for (String interference :
        List.of(
            "ip addr del 10.40.1.100/32 dev eth0",
            "ip addr del fd00:40::1:100/128 dev eth0",
            "nft delete element inet sluice snat_v4 { 0x50000001 : 10.40.1.100 }",
            "nft flush chain inet sluice classify",
            "nft delete element netdev sluice guarded_v4 { 10.40.1.100 }",
            "nft flush set arp sluice guarded_arp",
            "nft flush chain netdev sluice leaving",
            "nft delete table arp sluice",
            "nft delete table netdev sluice",
            "ip rule del pref 5199",
            "ip route flush table 51001",
            "ip addr add 10.40.0.99/16 dev eth0",
            "ip link set far down",
            "ip link del sluice0",
            "nft delete table inet sluice")) {
      int before = told.get();
      node.run(interference);
      await(interference).until(() -> told.get() > before);
    }
    node.run("ip link set far up");
    dataPlane.install();
    dataPlane.apply(dataPlane.observe(), wanted);
    assertThat(dataPlane.observe()).isEqualTo(wanted);
  }

  @Test
  void anAddressThatSomebodyElsePutThereIsNotTakenOver() {
    node.run("ip addr add 10.40.1.100/32 dev eth0");
    dataPlane.install();
    assertThatThrownBy(() -> dataPlane.apply(KernelTables.EMPTY, holding(FLOATING)))
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("10.40.1.100")
        .hasMessageContaining("EEXIST");
  }

  @Test
  void aRouteThatSomebodyElsePutInOurTableIsNotReplaced() {
    node.run("ip route add default via 10.40.0.254 table 51001");
    dataPlane.install();
    assertThatThrownBy(() -> dataPlane.apply(KernelTables.EMPTY, holding(FLOATING)))
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("table 51001")
        .hasMessageContaining("EEXIST");
    assertThat(node.run("ip route show table 51001")).contains("10.40.0.254");
  }

  @Test
  void aRefusedTransactionNamesWhatItWas() {
    dataPlane.install();
    assertThatThrownBy(() -> dataPlane.apply(holding(FLOATING), KernelTables.EMPTY))
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("egress_route")
        .hasMessageContaining("ENOENT");
    assertThat(dataPlane.observe().snat()).isEmpty();
  }

  @Test
  void aNodeThatDoesNotForwardIsRefusedWithTheFix() {
    node.run("sysctl -qw net.ipv4.ip_forward=0");
    assertThatThrownBy(dataPlane::install)
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("net.ipv4.ip_forward=1");
  }

  @Test
  void withoutItsTunnelARemoteHolderHidesNothingElse() {
    dataPlane.install();
    node.run("ip link del sluice0");
    KernelTables wanted = holding(FLOATING);
    dataPlane.apply(KernelTables.EMPTY, wanted);
    KernelTables observed = dataPlane.observe();
    assertThat(observed.held()).containsExactly(FLOATING);
    assertThat(observed.routes()).containsOnlyKeys(1);
    dataPlane.install();
    dataPlane.apply(dataPlane.observe(), wanted);
    assertThat(dataPlane.observe()).isEqualTo(wanted);
  }

  @Test
  void aMissingNicIsNamed() {
    assertThatThrownBy(() -> node.inside(() -> LinuxDataPlane.open("eth7", VxlanSettings.DEFAULT)))
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("eth7");
  }

  @Test
  void aForeignDeviceOfTheTunnelsNameIsRefused() {
    node.run("ip link add sluice0 type veth peer name other");
    assertThatThrownBy(dataPlane::install)
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("sluice0");
  }

  @Test
  void theTunnelFollowsItsSettings() {
    dataPlane.install();
    assertThat(node.run("ip -d link show sluice0"))
        .contains("mtu 1444", "dstport 4799", "gpe", "alias sluice", "UP");
    assertThat(node.run("ip addr show sluice0")).contains("10.40.0.11/32 scope link");
    node.run("ip link set eth0 mtu 1400");
    dataPlane = lone.reopen(new VxlanSettings("sluice0", 4800, 7));
    dataPlane.install();
    assertThat(node.run("ip -d link show sluice0")).contains("mtu 1344", "dstport 4800");
  }

  @Test
  void theGuardsCountersAreRead() {
    dataPlane.install();
    assertThat(dataPlane.guardCounters())
        .containsEntry("arrival_not_reply", new GuardCounter(0, 0))
        .containsKeys("no_holder", "node_address", "unbound_floating")
        .doesNotContainKeys("began_to_wait", "let_out");
    assertThat(dataPlane.waitingCounters()).containsOnlyKeys("began_to_wait", "let_out");
    assertThat(dataPlane.fenceCounters())
        .containsOnlyKeys("lease_over_leaving", "lease_over_arriving", "other_interface");
  }

  @Test
  void theLastAddressesOfBothFamiliesCanBeClusterNetworks() {
    dataPlane.install();
    KernelTables wanted =
        new KernelTables(
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            new TreeSet<>(
                List.of(
                    Cidr.parse("255.0.0.0/8"), Cidr.parse("0.0.0.0/8"), Cidr.parse("ff00::/8"))),
            Collections.emptySortedMap(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap());
    dataPlane.apply(KernelTables.EMPTY, wanted);
    assertThat(dataPlane.observe()).isEqualTo(wanted);
    KernelTables everything =
        new KernelTables(
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            new TreeSet<>(List.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0"))),
            Collections.emptySortedMap(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap());
    dataPlane.apply(wanted, everything);
    assertThat(dataPlane.observe()).isEqualTo(everything);
  }
}

package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.NextHop;
import io.sluice.model.IpAddress;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitingDeviceTest {

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

  /** Packets of the Pods here wait for the one address, and go to its holder for the other one. */
  private static KernelTables ready() {
    var both = new TreeSet<>(List.of(FLOATING, FLOATING_V6));
    return new KernelTables(
        both,
        both,
        Collections.emptySortedSet(),
        Collections.emptySortedMap(),
        Collections.emptySortedMap(),
        new TreeMap<>(Map.of(1, KernelTables.HELD_BACK, 300, 1)),
        new TreeMap<>(Map.of(1, FLOATING, 300, FLOATING_V6)),
        new TreeMap<>(Map.of(1, new NextHop(true, IpAddress.parse("fd00:40::12")))));
  }

  @Test
  void nothingIsAskedOnIt() {
    dataPlane.install();
    assertThat(node.run("ip -d link show sluice-wait")).contains("veth", "mtu 65535", "UP");
    assertThat(node.run("ip -d link show sluice-back")).contains("alias sluice", "mtu 65535", "UP");
    assertThat(node.run("ip addr show sluice-back")).contains("10.40.0.11/32 scope link");
    assertThat(node.run("ip addr show sluice-wait")).doesNotContain("inet");
    assertThat(node.run("sysctl -n net.ipv4.conf.sluice-back.rp_filter").strip()).isEqualTo("2");
    for (String family : List.of("ipv4", "ipv6")) {
      String parameters = "net." + family + ".neigh.sluice-wait.";
      assertThat(node.run("sysctl -n " + parameters + "app_solicit").strip()).isEqualTo("3");
      assertThat(node.run("sysctl -n " + parameters + "mcast_solicit").strip()).isEqualTo("0");
      assertThat(node.run("sysctl -n " + parameters + "unres_qlen_bytes").strip())
          .isEqualTo("16777216");
    }
  }

  @Test
  void eachAddressHasANextHopOfItsOwn() {
    dataPlane.install();
    dataPlane.apply(KernelTables.EMPTY, ready());
    assertThat(dataPlane.observe()).isEqualTo(ready());
    assertThat(node.run("ip route show table all dev sluice-wait"))
        .contains("default via 169.254.0.1 table 53049 proto 83 onlink");
    assertThat(node.run("ip -6 route show table all dev sluice-wait"))
        .contains("default via fe80::83:12c table 53348 proto 83");
    assertThat(node.run("ip rule")).contains("fwmark 0x5fff0001 lookup 53049");
    assertThat(node.run("ip -6 rule")).contains("fwmark 0x5fff012c lookup 53348");
    dataPlane.apply(ready(), KernelTables.EMPTY);
    assertThat(node.run("ip rule") + node.run("ip -6 rule")).doesNotContain("lookup 53");
    assertThat(node.run("ip route show table all")).doesNotContain("table 53");
  }

  @Test
  void aProcessThatComesBackFindsWhatWaits() {
    dataPlane.install();
    dataPlane.apply(KernelTables.EMPTY, ready());
    dataPlane = lone.reopen();
    dataPlane.install();
    assertThat(dataPlane.observe()).isEqualTo(ready());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ip link del sluice-wait",
        "ip link del sluice-back",
        "ip rule del fwmark 0x5fff0001",
        "ip route flush table 53049",
        "nft delete element inet sluice egress_waiting { 0x50000001 : 0x5fff0001 }"
      })
  void whatSomebodyTakesAwayIsNoticedAndPutBack(String interference) {
    AtomicInteger told = new AtomicInteger();
    dataPlane.onDrift(told::incrementAndGet);
    dataPlane.install();
    dataPlane.apply(KernelTables.EMPTY, ready());
    assertThat(told).hasValue(0);
    node.run(interference);
    await().until(() -> told.get() > 0);
    dataPlane.install();
    KernelTables observed = dataPlane.observe();
    assertThat(observed).isNotEqualTo(ready());
    dataPlane.apply(observed, ready());
    assertThat(dataPlane.observe()).isEqualTo(ready());
  }

  @Test
  void aForeignDeviceOfItsNameIsRefused() {
    node.run("ip link add sluice-back type veth peer name other");
    node.run("ip link set sluice-back up");
    assertThatThrownBy(dataPlane::install)
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("sluice-back");
  }

  @Test
  void itGoesWithEverythingElse() {
    dataPlane.install();
    dataPlane.apply(KernelTables.EMPTY, ready());
    dataPlane.removeAll();
    assertThat(node.tryRun("ip link show sluice-wait")).isNotZero();
    assertThat(node.run("ip rule")).doesNotContain("proto 83");
  }
}

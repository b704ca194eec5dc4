package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.agent.core.NextHop;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every message against the words of ip(8). */
class RoutingMessagesTest {

  private NetworkNamespace namespace;
  private NetlinkSocket socket;
  private Links.Link nic;

  @BeforeEach
  void open() {
    namespace = NetworkNamespace.create("routing");
    namespace.run("sysctl -qw net.ipv6.conf.default.accept_dad=0");
    namespace.run("ip link add eth0 mtu 1460 type veth peer name far");
    namespace.run("ip link set far up");
    namespace.run("ip link set eth0 address 02:00:00:00:00:11 up");
    namespace.run("ip addr add 10.40.0.11/16 dev eth0");
    socket = namespace.inside(() -> NetlinkSocket.open(NetlinkSocket.NETLINK_ROUTE));
    nic = Links.get(socket, "eth0");
  }

  @AfterEach
  void close() {
    if (socket != null) {
      socket.close();
    }
    if (namespace != null) {
      namespace.close();
    }
  }

  @Test
  void aLinkIsReadAsItIs() {
    assertThat(nic.name()).isEqualTo("eth0");
    assertThat(nic.macAddress()).isEqualTo("02:00:00:00:00:11");
    assertThat(nic.mtu()).isEqualTo(1460);
    assertThat(nic.kind()).isEqualTo("veth");
    assertThat(nic.up()).isTrue();
    assertThat(nic.forwardsIpv4()).isFalse();
    namespace.run("sysctl -qw net.ipv4.conf.eth0.forwarding=1 net.ipv4.conf.eth0.rp_filter=1");
    namespace.run("sysctl -qw net.ipv6.conf.all.forwarding=1");
    Links.Link changed = Links.get(socket, "eth0");
    assertThat(changed.forwardsIpv4()).isTrue();
    assertThat(changed.forwardsIpv6()).isTrue();
    assertThat(changed.rpFilter()).isEqualTo(1);
    assertThat(Links.find(socket, "eth9")).isEmpty();
    assertThatThrownBy(() -> Links.get(socket, "eth9")).hasMessageContaining("ENODEV");
  }

  @ParameterizedTest
  @CsvSource({
    "10.40.1.100, inet 10.40.1.100/32 scope global",
    "fd00:40::1:100, inet6 fd00:40::1:100/128 scope global nodad deprecated noprefixroute" + ""
  })
  void anAddressIsTaggedAndRemoved(String text, String words) {
    IpAddress address = IpAddress.parse(text);
    socket.request(Addresses.add(nic.index(), address));
    String shown = namespace.run("ip -o addr show dev eth0");
    // ip(8) of this age does not show who made an address.
    assertThat(shown.replaceAll("\\s+", " ")).contains(words);
    assertThat(Addresses.list(socket, nic.index()))
        .contains(
            new Addresses.InKernel(
                nic.index(),
                new InterfaceAddress(address, address.family().bits()),
                Ownership.PROTOCOL,
                Addresses.SCOPE_UNIVERSE))
        .filteredOn(Addresses.InKernel::isOurs)
        .hasSize(1);
    socket.request(Addresses.remove(nic.index(), address));
    assertThat(namespace.run("ip -o addr show dev eth0")).doesNotContain(text);
  }

  @ParameterizedTest
  @CsvSource({"IPV4, -4", "IPV6, -6"})
  void aRuleLeadsMarkedPacketsToATable(IpFamily family, String option) {
    PolicyRules.Rule rule = PolicyRules.Rule.toNextHop(family, 7);
    PolicyRules.Rule last = PolicyRules.Rule.last(family);
    socket.request(PolicyRules.add(rule));
    socket.request(PolicyRules.add(last));
    assertThat(namespace.run("ip " + option + " rule show"))
        .contains("5100:\tfrom all fwmark 0x58070000/0xffff0000 lookup 51007 proto 83")
        .contains("5199:\tfrom all fwmark 0x58000000/0xf8000000 blackhole proto 83");
    namespace.run("ip " + option + " rule add pref 5100 fwmark 0x1 lookup 51001");
    assertThat(PolicyRules.listOurs(socket, family)).containsExactly(rule, last);
    assertThatThrownBy(() -> socket.request(PolicyRules.add(rule))).hasMessageContaining("EEXIST");
    socket.request(PolicyRules.remove(rule));
    socket.request(PolicyRules.remove(last));
    assertThat(PolicyRules.listOurs(socket, family)).isEmpty();
    assertThat(namespace.run("ip " + option + " rule show")).contains("fwmark 0x1");
  }

  @Test
  void aRuleOfSomebodyElseIsNotRemovedInsteadOfOurs() {
    namespace.run("ip rule add pref 5100 fwmark 0x58070000/0xffff0000 lookup 51007");
    assertThatThrownBy(
            () -> socket.request(PolicyRules.remove(PolicyRules.Rule.toNextHop(IpFamily.IPV4, 7))))
        .hasMessageContaining("ENOENT");
    assertThat(namespace.run("ip rule show")).contains("51007");
  }

  @ParameterizedTest
  @CsvSource({
    "IPV4, 10.40.0.12, true, default via 10.40.0.12 dev eth0 proto 83 onlink",
    "IPV6, fd00:40::12, true, default via fd00:40::12 dev eth0 proto 83 metric 1024 onlink",
    "IPV4, 10.41.0.12, false, default encap ip id 81 src 0.0.0.0 dst 10.41.0.12",
    "IPV6, 10.41.0.12, false, default encap ip id 81 src 0.0.0.0 dst 10.41.0.12",
    "IPV4, fd00:41::12, false, default encap ip6 id 81 src :: dst fd00:41::12",
    "IPV6, fd00:41::12, false, default encap ip6 id 81 src :: dst fd00:41::12"
  })
  void aRouteLeadsToTheHolder(IpFamily family, String node, boolean direct, String words) {
    socket.request(Links.addTunnel("sluice0", 1400, 4799));
    Links.Link tunnel = Links.get(socket, "sluice0");
    socket.request(Links.configureOwn(tunnel, 1400));
    socket.request(Links.setUp(tunnel));
    Routes.DefaultRoute route =
        new Routes.DefaultRoute(
            family,
            51_007,
            new NextHop(direct, IpAddress.parse(node)),
            direct ? nic.index() : tunnel.index());
    String show = "ip " + (family == IpFamily.IPV4 ? "-4" : "-6") + " route show table ";

    socket.request(Routes.add(route, 81));
    assertThat(namespace.run(show + 51_007).replaceAll("\\s+", " ")).contains(words);
    assertThat(Routes.listOurs(socket, family)).containsExactly(route);
    assertThatThrownBy(() -> socket.request(Routes.add(route, 81))).hasMessageContaining("EEXIST");

    NextHop other =
        new NextHop(true, IpAddress.parse(family == IpFamily.IPV4 ? "10.40.0.13" : "fd00:40::13"));
    Routes.DefaultRoute changed = new Routes.DefaultRoute(family, 51_007, other, nic.index());
    socket.request(Routes.replace(changed, 81));
    assertThat(Routes.listOurs(socket, family)).containsExactly(changed);
    socket.request(Routes.remove(family, 51_007));
    assertThat(Routes.listOurs(socket, family)).isEmpty();
  }

  @Test
  void anInterfaceCanBeMadeToAskWithItsOwnAddress() {
    namespace.run("sysctl -qw net.ipv4.conf.eth0.arp_announce=0");
    assertThat(Links.get(socket, "eth0").asksWithOwnAddress()).isFalse();
    socket.request(Links.askWithOwnAddress(nic));
    assertThat(Links.get(socket, "eth0").asksWithOwnAddress()).isTrue();
    assertThat(namespace.run("sysctl -n net.ipv4.conf.eth0.arp_announce").strip()).isEqualTo("2");
  }

  @Test
  void theTunnelIsMadeConfiguredAndRemoved() {
    socket.request(Links.addTunnel("sluice0", 1400, 4799));
    Links.Link made = Links.get(socket, "sluice0");
    assertThat(made.kind()).isEqualTo("vxlan");
    assertThat(made.udpPort()).isEqualTo(4799);
    socket.request(Links.configureOwn(made, 1390));
    socket.request(Links.setUp(made));
    Links.Link configured = Links.get(socket, "sluice0");
    assertThat(configured.mtu()).isEqualTo(1390);
    assertThat(configured.alias()).isEqualTo("sluice");
    assertThat(configured.up()).isTrue();
    assertThat(configured.forwardsIpv4()).isTrue();
    assertThat(configured.rpFilter()).isEqualTo(2);
    assertThat(namespace.run("sysctl -n net.ipv4.conf.sluice0.send_redirects").strip())
        .isEqualTo("0");
    assertThat(namespace.run("ip -6 addr show dev sluice0")).doesNotContain("fe80");
    socket.request(Links.remove(configured));
    assertThat(Links.find(socket, "sluice0")).isEmpty();
  }
}

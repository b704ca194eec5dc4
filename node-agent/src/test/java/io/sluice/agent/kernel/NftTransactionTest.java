package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.agent.core.DestinationRange;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.PodClass;
import io.sluice.agent.core.Verdict;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Elements in the bytes of the kernel against the words of nft(8). */
class NftTransactionTest {

  private NetworkNamespace namespace;
  private NetlinkSocket socket;

  @BeforeEach
  void open() {
    namespace = NetworkNamespace.create("nft");
    try (Libnftables nft = namespace.inside(Libnftables::new)) {
      nft.run(RuleSet.install("lo", "sluice0"));
    }
    socket = namespace.inside(() -> NetlinkSocket.open(NetlinkSocket.NETLINK_NETFILTER));
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

  private String listed(NftSet set) {
    String kind = set.kernelName().matches("(bound|pool|cluster).*") ? "set" : "map";
    return namespace.run("nft list " + kind + " inet sluice " + set.kernelName());
  }

  private void add(List<SetElement> elements) {
    NftTransaction transaction = new NftTransaction();
    transaction.addAll(elements);
    transaction.commit(socket);
  }

  private static IpAddress ip(String text) {
    return IpAddress.parse(text);
  }

  @Test
  void elementsReadAsAPersonWouldWriteThem() {
    add(List.of(TableElements.podClass(ip("10.244.1.2"), 3)));
    add(List.of(TableElements.podClass(ip("fd00:244::2"), 3)));
    add(
        TableElements.destinations(
            3,
            new PodClass(
                List.of(
                    new DestinationRange(
                        ip("203.0.113.0"), ip("203.0.113.255"), new Verdict.Egress(1)),
                    new DestinationRange(ip("192.0.2.1"), ip("192.0.2.7"), new Verdict.Drop()),
                    new DestinationRange(
                        ip("2001:db8::"),
                        ip("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
                        new Verdict.KeepPodAddress())))));
    add(
        List.of(
            TableElements.egressRoute(1, KernelTables.HELD_HERE),
            TableElements.egressRoute(2, KernelTables.NOWHERE),
            TableElements.egressRoute(0xFFFF, KernelTables.MAX_ROUTE_INDEX)));
    add(TableElements.snat(1, ip("10.40.1.100")));
    add(TableElements.snat(2, ip("fd00:40::1:100")));
    add(List.of(TableElements.poolMember(ip("10.40.1.100"))));

    assertThat(listed(NftSet.podClass(IpFamily.IPV4))).contains("10.244.1.2 : 0x60000003");
    assertThat(listed(NftSet.podClass(IpFamily.IPV6))).contains("fd00:244::2 : 0x60000003");
    assertThat(listed(NftSet.destination(IpFamily.IPV4, 3)))
        .contains("0x60000003 . 203.0.113.0/24 : 0x50000001")
        .contains("0x60000003 . 192.0.2.1-192.0.2.7 : 0x71000000");
    assertThat(listed(NftSet.destination(IpFamily.IPV6, 3)))
        .contains("0x60000003 . 2001:db8::/32 : 0x70000000");
    assertThat(listed(NftSet.EGRESS_ROUTE))
        .contains("0x50000001 : 0x50000001")
        .contains("0x50000002 : 0x58000002")
        .contains("0x5000ffff : 0x5ffeffff");
    assertThat(listed(NftSet.snat(IpFamily.IPV4))).contains("0x50000001 : 10.40.1.100");
    assertThat(listed(NftSet.bound(IpFamily.IPV4))).contains("0x50000001 . 10.40.1.100");
    assertThat(listed(NftSet.snat(IpFamily.IPV6))).contains("0x50000002 : fd00:40::1:100");
    assertThat(listed(NftSet.bound(IpFamily.IPV6))).contains("0x50000002 . fd00:40::1:100");
    assertThat(listed(NftSet.pool(IpFamily.IPV4))).contains("10.40.1.100");
  }

  @Test
  void networksThatTouchAreOneInterval() {
    var networks =
        new TreeSet<>(
            List.of(
                Cidr.parse("10.0.0.0/24"),
                Cidr.parse("10.0.1.0/24"),
                Cidr.parse("10.0.2.0/24"),
                Cidr.parse("255.255.0.0/16")));
    add(TableElements.intervals(NftSet.cluster(IpFamily.IPV4), IpFamily.IPV4, networks));
    assertThat(listed(NftSet.cluster(IpFamily.IPV4)))
        .contains("10.0.0.0-10.0.2.255", "255.255.0.0/16");
  }

  @Test
  void aTransactionHappensWholeOrNotAtAll() {
    NftTransaction transaction = new NftTransaction();
    transaction.add(TableElements.poolMember(ip("10.40.1.100")));
    transaction.remove(TableElements.podClass(ip("10.244.9.9"), 1));
    assertThatThrownBy(() -> transaction.commit(socket))
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("-1 pod_class_v4 +1 pool_v4")
        .hasMessageContaining("ENOENT");
    assertThat(listed(NftSet.pool(IpFamily.IPV4))).doesNotContain("10.40.1.100");
    add(List.of(TableElements.poolMember(ip("10.40.1.101"))));
    assertThat(listed(NftSet.pool(IpFamily.IPV4))).contains("10.40.1.101");
  }

  @Test
  void anElementGetsOtherDataInOneTransaction() {
    add(List.of(TableElements.podClass(ip("10.244.1.2"), 1)));
    NftTransaction transaction = new NftTransaction();
    transaction.add(TableElements.podClass(ip("10.244.1.2"), 2));
    transaction.remove(TableElements.podClass(ip("10.244.1.2"), 1));
    transaction.commit(socket);
    assertThat(listed(NftSet.podClass(IpFamily.IPV4)))
        .contains("0x60000002")
        .doesNotContain("0x60000001");
  }

  @Test
  void tensOfThousandsOfElementsFitOneTransaction() {
    List<SetElement> pods = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      pods.add(TableElements.podClass(new IpAddress(IpFamily.IPV4, 0, 0x0A00_0000L + i), i % 50));
      pods.add(TableElements.podClass(new IpAddress(IpFamily.IPV6, 0xFD00L << 48, i), i % 50));
    }
    add(pods);
    List<SetElement> read = new ArrayList<>();
    NftMessages.dump(socket, NftSet.podClass(IpFamily.IPV4), read::add);
    NftMessages.dump(socket, NftSet.podClass(IpFamily.IPV6), read::add);
    assertThat(read).hasSize(60_000);
    assertThat(new HashSet<>(read).equals(new HashSet<>(pods))).isTrue();
  }

  @Test
  void aMissingTableHasNoElementsAndNoCounters() {
    namespace.run("nft delete table inet sluice");
    List<SetElement> read = new ArrayList<>();
    NftMessages.dump(socket, NftSet.pool(IpFamily.IPV4), read::add);
    assertThat(read).isEmpty();
    assertThat(NftMessages.counters(socket, NftMessages.NFPROTO_INET)).isEmpty();
  }

  @Test
  void libnftablesComplainsInWordsAndPrintsWhatItFinds() {
    try (Libnftables nft = namespace.inside(Libnftables::new)) {
      assertThatThrownBy(() -> nft.run("flush table inet absent"))
          .isInstanceOf(KernelException.class)
          .hasMessageContaining("No such file or directory");
      assertThat(nft.run("list tables")).contains("table inet sluice");
      assertThat(Libnftables.ports(List.of(socket.port()))).isNotEmpty().doesNotContain(0);
      nft.run(RuleSet.remove());
      assertThat(nft.run("list tables")).isEmpty();
      nft.run(RuleSet.remove());
    }
  }
}

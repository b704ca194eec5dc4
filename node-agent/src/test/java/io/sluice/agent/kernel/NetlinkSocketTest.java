package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.IpAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NetlinkSocketTest {

  private NetworkNamespace namespace;
  private NetlinkSocket socket;
  private int nic;

  @BeforeEach
  void open() {
    namespace = NetworkNamespace.create("netlink");
    namespace.run("ip link add eth0 type veth peer name far");
    socket = namespace.inside(() -> NetlinkSocket.open(NetlinkSocket.NETLINK_ROUTE));
    nic = Links.get(socket, "eth0").index();
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

  private static List<IpAddress> addresses(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> IpAddress.parse("10.77." + i / 250 + "." + (i % 250 + 1)))
        .toList();
  }

  @Test
  void moreRequestsThanFitOneSendAreAllCarriedOut() {
    List<IpAddress> wanted = addresses(700);
    socket.transact(wanted.stream().map(ip -> Addresses.add(nic, ip)).toList());
    assertThat(Addresses.list(socket, nic))
        .extracting(address -> address.address().address())
        .containsExactlyInAnyOrderElementsOf(wanted);
  }

  @Test
  void aFailedRequestNamesTheCommandAndDoesNotStopTheOthers() {
    IpAddress first = IpAddress.parse("10.77.0.1");
    IpAddress second = IpAddress.parse("10.77.0.2");
    socket.request(Addresses.add(nic, first));
    assertThatThrownBy(
            () -> socket.transact(List.of(Addresses.add(nic, first), Addresses.add(nic, second))))
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("ip addr add 10.77.0.1")
        .hasMessageContaining("EEXIST");
    assertThat(Addresses.list(socket, nic)).hasSize(2);
  }

  @Test
  void aToleratedErrorIsNone() {
    NetlinkRequest again =
        Addresses.add(nic, IpAddress.parse("10.77.0.1")).tolerating(Errno.EEXIST);
    socket.request(again);
    socket.request(again);
    assertThat(Addresses.list(socket, nic)).hasSize(1);
  }

  @Test
  void theKernelsExplanationIsHandedOn() {
    assertThatThrownBy(() -> socket.request(Addresses.remove(nic, IpAddress.parse("10.77.0.9"))))
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("EADDRNOTAVAIL")
        .hasMessageContaining("not found");
  }

  @Test
  void aConsumerThatFailsLeavesTheSocketUsable() {
    socket.transact(addresses(600).stream().map(ip -> Addresses.add(nic, ip)).toList());
    NetlinkRequest dump =
        new NetlinkRequest(
            new MessageBuilder(22, MessageBuilder.NLM_F_REQUEST | MessageBuilder.NLM_F_DUMP)
                .u8(0)
                .u8(0)
                .u8(0)
                .u8(0)
                .u32(0)
                .build(),
            "ip addr show");
    assertThatThrownBy(() ->
            socket.dump(
                dump,
                _ -> {
                  throw new IllegalStateException("mine");
                }))
        .hasMessage("mine");
    assertThat(Addresses.list(socket, nic)).hasSize(600);
  }

  @Test
  void anInterruptedReadingIsRepeatedButNotForEver() {
    AtomicInteger readings = new AtomicInteger();
    String result =
        InterruptedDumpException.retry(() -> {
          if (readings.incrementAndGet() < 3) {
            throw new InterruptedDumpException("ip addr show");
          }
          return "read";
        });
    assertThat(result).isEqualTo("read");
    assertThat(readings).hasValue(3);
    assertThatThrownBy(() ->
            InterruptedDumpException.retry(() -> {
              readings.incrementAndGet();
              throw new InterruptedDumpException("ip addr show");
            }))
        .isInstanceOf(InterruptedDumpException.class);
    assertThat(readings).hasValue(13);
  }
}

package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.LeaseFence;
import io.sluice.model.LeaseMode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A second interface of the holder, on the same segment, has no fence of its own. */
class SecondInterfaceTest {

  private static final int HOLDER = 1;
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final String SECOND_ADDRESS = "10.40.0.99";

  private Underlay net;
  private NetworkNamespace holder;
  private LeaseFence fence;

  @BeforeEach
  void build() {
    net = Underlay.mirrored();
    holder = net.nodes.get(HOLDER);
    fence = net.dataPlanes.get(HOLDER).fence();
    NetworkNamespace.exec(
        ("ip link add second netns " + net.wire.name())
            .concat(" type veth peer name eth1 netns " + holder.name())
            .split(" "));
    net.wire.run("ip link set second master bridge up");
    holder.run("ip link set eth1 up");
    holder.run("ip addr add " + SECOND_ADDRESS + "/16 dev eth1 noprefixroute");
    net.holder(HOLDER, true);
  }

  @AfterEach
  void tearDown() {
    if (net != null) {
      net.close();
    }
  }

  @Test
  void doesNotAnswerForTheAddressWhenTheLeaseIsOver() {
    assertThat(answersArp(SECOND_ADDRESS)).as("its own address").isTrue();
    assertThat(answersArp(Underlay.FLOATING.toString())).as("while the lease lasts").isTrue();

    fence.renew(LeaseMode.AVAILABLE, Underlay.in(Duration.ofMillis(-1)));

    assertThat(answersArp(Underlay.FLOATING.toString())).isFalse();
  }

  @Test
  void letsNothingOutWithTheAddress() {
    fence.renew(LeaseMode.AVAILABLE, Underlay.in(LONG));
    try (Probe probe = Probe.from(net.pod1)) {
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).contains(Underlay.FLOATING.toString());
    }

    holder.run("ip route add " + Underlay.MATCHED + " via 10.40.0.254 dev eth1 onlink");

    try (Probe probe = Probe.from(net.pod1)) {
      assertThat(probe.sourceSeenBy(Underlay.MATCHED)).isEmpty();
    }
    assertThat(holder.run("nft list counter inet sluice other_interface"))
        .doesNotContain("packets 0 ");
  }

  /** Whether a host that has forgotten it learns the address again. */
  private boolean answersArp(String address) {
    net.outside.run("ip neigh flush to " + address);
    try (Probe probe = Probe.from(net.outside)) {
      probe.sourceSeenBy(address);
    }
    return net.outside.run("ip neigh show to " + address).contains("lladdr");
  }
}

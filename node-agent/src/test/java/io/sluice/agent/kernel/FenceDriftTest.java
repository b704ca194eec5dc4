package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.agent.AgentLoop;
import io.sluice.agent.AgentSettings;
import io.sluice.agent.Inbox;
import io.sluice.agent.Tenure;
import io.sluice.agent.core.Input;
import io.sluice.agent.core.LeakGuardMode;
import io.sluice.agent.core.LeaseRenewal;
import io.sluice.agent.core.WireWatch;
import io.sluice.model.Assignment;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.LeaseMode;
import io.sluice.model.ObjectId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Somebody takes the fence apart. The agent's loop looks by itself only once in an hour here, so
 * what is repaired was told by the kernel.
 */
class FenceDriftTest {

  private static final IpAddress FLOATING = Underlay.FLOATING;
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String NODE = "node-1";

  private NetworkNamespace node;
  private LinuxDataPlane dataPlane;
  private final Inbox inbox = new Inbox();
  private AgentLoop loop;
  private long session;

  @BeforeEach
  void anAgentThatHoldsTheAddress() {
    node = NetworkNamespace.create("drift");
    node.run("sysctl -qw net.ipv6.conf.default.accept_dad=0");
    node.run("ip link add eth0 type veth peer name far");
    node.run("ip link set far up");
    node.run("ip link set eth0 up");
    node.run("ip addr add 10.40.0.11/16 dev eth0");
    node.run("sysctl -qw net.ipv4.ip_forward=1");
    node.awaitSettled("eth0");
    dataPlane = node.inside(() -> LinuxDataPlane.open("eth0", VxlanSettings.DEFAULT));
    Tenure tenure =
        new Tenure(
            dataPlane.fence(),
            new LeaseRenewal(HOUR, HOUR),
            new WireWatch(HOUR),
            System::nanoTime,
            WallClock::nanos);
    loop =
        new AgentLoop(
            new AgentSettings(
                NODE, "instance", "test", HOUR, HOUR, Duration.ofSeconds(2), LeakGuardMode.CLOSED),
            inbox,
            dataPlane,
            tenure,
            order -> session = order.session(),
            _ -> {},
            1,
            System::nanoTime);
    dataPlane.onDrift(() -> inbox.accept(new Input.DriftNoticed()));
    inbox.accept(new Input.TopicsRead(Map.of(), Map.of()));
    loop.doWork(System.nanoTime());
    tenure.heard(new Input.BeatSent(session, System.nanoTime(), WallClock.nanos()));
    inbox.accept(new Input.AssignmentRead(FLOATING, Optional.of(granted())));
    loop.doWork(System.nanoTime());
  }

  private Assignment granted() {
    return new Assignment(
        Assignment.State.GRANTED,
        Optional.of(
            new Assignment.Holder(NODE, session, List.of(InterfaceAddress.parse("10.40.0.11/16")))),
        1,
        Optional.of(new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default")),
        LeaseMode.AVAILABLE,
        1,
        "for a test");
  }

  @AfterEach
  void remove() {
    try {
      if (dataPlane != null) {
        dataPlane.close();
      }
    } finally {
      if (node != null) {
        node.close();
      }
    }
  }

  /** Both tables, without what passes by itself, and whatever the order. */
  private List<String> fence() {
    return (node.run("nft -s list table netdev sluice") + node.run("nft -s list table arp sluice"))
        .lines()
        .map(line -> line.replaceAll(" (timeout|expires) \\w+", ""))
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nft delete table netdev sluice",
        "nft delete table arp sluice",
        "nft flush chain netdev sluice leaving",
        "nft flush set netdev sluice guarded_v4",
        "nft delete element arp sluice guarded_arp { 10.40.1.100 }",
        "nft delete element netdev sluice available_v4 { 10.40.1.100 }",
        "nft flush set netdev sluice available_alive",
        "nft flush ruleset"
      })
  void whatSomebodyTakesAwayComesBack(String interference) {
    await().until(() -> dataPlane.fence().open().contains(FLOATING));
    List<String> whole = fence();

    node.run(interference);

    await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .until(() -> {
          loop.doWork(System.nanoTime());
          return fence().equals(whole);
        });
    assertThat(dataPlane.fence().open()).containsExactly(FLOATING);
  }
}

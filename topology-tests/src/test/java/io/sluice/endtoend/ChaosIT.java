package io.sluice.endtoend;

import static io.sluice.endtoend.Tests.LIMIT;
import static io.sluice.endtoend.Tests.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.chaos.ChaosLab;
import io.sluice.cli.chaos.ChaosRun;
import io.sluice.cli.chaos.WireObserver;
import io.sluice.cli.chaos.core.Fault;
import io.sluice.cli.chaos.core.Profile;
import io.sluice.cli.chaos.core.Promise;
import io.sluice.cli.chaos.core.RunResult;
import io.sluice.cli.chaos.core.WireHistory;
import io.sluice.cli.lab.LabSpec;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.NetworkNamespace;
import io.sluice.cli.lab.Program;
import io.sluice.model.LeaseMode;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real faults, judged by an observer on the wire: never two holders, and traffic comes back. How
 * long that takes is not asserted here, where other builds may be running: {@code ./sluice chaos}
 * measures it.
 */
class ChaosIT {

  private static ChaosLab lab;

  @BeforeAll
  static void start() {
    lab = ChaosLab.start(LabSpec.threeNodes(), LocalCluster.Directories.temporary(), Tests.quiet());
  }

  @AfterAll
  static void stop() {
    if (lab != null) {
      lab.close();
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "AGENT_KILLED, STRICT",
    "AGENT_FROZEN_1S, STRICT",
    "NODE_CRASH, STRICT",
    "KAFKA_CUT, STRICT",
    "AGENT_KILLED, AVAILABLE",
    "AGENT_FROZEN_1S, AVAILABLE",
    "NODE_CRASH, AVAILABLE",
  })
  void noAddressHasTwoHoldersAndTrafficComesBack(Fault fault, LeaseMode mode) {
    RunResult run = ChaosRun.run(lab, fault, mode, 1);
    Promise promise = fault.promise(mode, Profile.DEFAULT);
    assertThat(promise.brokenBy(run)).as("promise: %s", promise.text()).isEmpty();
    assertThat(run.handover()).as("the address went to another node").isPresent();
    assertThat(run.traffic().outageNanos()).as("the fault was felt").isPositive();
    assertThat(run.observation().signs()).as("the observer saw the wire").isGreaterThan(1_000);
  }

  /** What the others say is worth nothing if the observer could not see two holders. */
  @Test
  void withoutTheFenceTheObserverSeesTwoHolders() {
    lab.settle(LeaseMode.STRICT);
    String victim = lab.holder();
    Program agent = lab.cluster().agent(victim);
    try (WireObserver observer = WireObserver.start(lab.cluster().lab(), lab.addresses())) {
      agent.freeze();
      deleteFence(lab.cluster().lab().host(victim));
      lab.cluster().awaitCarrier(ChaosLab.WATCHED.toString(), LIMIT, node -> !node.equals(victim));
      eventually("two holders are seen for a tenth of a second")
          .until(() -> twoHolders(observer).compareTo(Duration.ofMillis(100)) > 0);
    } finally {
      agent.kill();
      agent.start();
      agent.awaitReady(LIMIT);
    }
  }

  private static Duration twoHolders(WireObserver observer) {
    WireHistory history = new WireHistory(observer.sightings(), WireObserver.ASKS_EVERY.toNanos());
    return Duration.ofNanos(history.twoHolderNanos(ChaosLab.WATCHED));
  }

  private static void deleteFence(NetworkNamespace node) {
    node.run(() -> {
      Process nft = new ProcessBuilder("nft", "delete", "table", "netdev", "sluice").start();
      assertThat(nft.waitFor()).as("exit code of nft").isZero();
    });
  }
}

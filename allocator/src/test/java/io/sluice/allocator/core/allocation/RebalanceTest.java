package io.sluice.allocator.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Assignment.State;
import io.sluice.model.Gateway;
import io.sluice.model.Gateway.Failback;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.LeaseMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RebalanceTest {

  private final Scenario scenario = new Scenario();

  private long releasing() {
    return scenario.state().assignments().values().stream()
        .filter(assignment -> assignment.state() == State.RELEASING)
        .count();
  }

  private int load(String node) {
    return scenario.addressesByNode().getOrDefault(node, List.of()).size();
  }

  @Test
  void aNodeThatComesBackGetsAddressesOneByOneAfterAWhile() {
    scenario.nodes(2).gateway("10.40.1.100-10.40.1.105").run(1_000);
    scenario.silence("node-2").run(700);
    assertThat(load("node-1")).isEqualTo(6);
    scenario.revive("node-2").run(9_800);
    assertThat(load("node-2")).isZero();
    scenario.run(500);
    assertThat(load("node-2")).isEqualTo(1);
    scenario.run(1_000);
    assertThat(load("node-2")).isEqualTo(2);
    scenario.run(30_000);
    assertThat(load("node-1")).isEqualTo(3);
    assertThat(load("node-2")).isEqualTo(3);
  }

  @Test
  void aMoveForBalanceSaysSo() {
    scenario.nodes(1).gateway("10.40.1.100", "10.40.1.101").run(1_000);
    scenario.disobedient().node(2).run(12_000);
    assertThat(scenario.state().assignments().values())
        .filteredOn(assignment -> assignment.isBeingPrepared())
        .singleElement()
        .satisfies(assignment ->
            assertThat(assignment.reason())
                .isEqualTo("balance: node-1 carries 2 addresses, node-2 0"));
  }

  @Test
  void neverMoreThanOneAddressIsOnItsWay() {
    scenario.nodes(1).gateway("10.40.1.100-10.40.1.109").run(1_000);
    scenario.disobedient().node(2).run(11_000).carryOut("node-2");
    scenario.run(30_000);
    assertThat(releasing()).isEqualTo(1);
  }

  @Test
  void aMoveMadeByAClockThatWasAheadHoldsUpNoOther() {
    scenario.nodes(1).gateway("10.40.1.100-10.40.1.105").run(1_000);
    scenario.node(2).run(5_000);
    long trueMillis = scenario.nowMillis();
    scenario.tick(trueMillis + 3_600_000);
    assertThat(load("node-2")).isEqualTo(1);
    scenario.tick(trueMillis);
    scenario.beat("node-1", Intent.RUNNING).beat("node-2", Intent.RUNNING);
    scenario.run(20_000);
    assertThat(load("node-2")).isEqualTo(3);
  }

  @Test
  void aDifferenceOfOneIsEven() {
    scenario.nodes(2).gateway("10.40.1.100-10.40.1.102").run(1_000);
    Map<String, List<String>> before = scenario.addressesByNode();
    scenario.run(60_000);
    assertThat(scenario.addressesByNode()).isEqualTo(before);
  }

  @Test
  void withoutFailbackNothingMovesToANodeThatComesBack() {
    Gateway never =
        new Gateway(
            Scenario.metadata(1),
            List.of("10.40.1.100-10.40.1.105"),
            Optional.empty(),
            Failback.NEVER,
            LeaseMode.AVAILABLE);
    scenario.nodes(2).resource(Scenario.DEFAULT_GATEWAY, never).run(1_000);
    scenario.silence("node-2").run(700).revive("node-2").run(60_000);
    assertThat(load("node-1")).isEqualTo(6);
    assertThat(load("node-2")).isZero();
  }

  @Test
  void addressesStayWhereOnlyTheirNodeReachesThem() {
    scenario.node("left", "10.40.0.1/24").node("right", "10.41.0.1/24");
    scenario.gateway("10.40.0.100-10.40.0.105").run(60_000);
    assertThat(load("left")).isEqualTo(6);
    assertThat(releasing()).isZero();
  }
}

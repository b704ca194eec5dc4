package io.sluice.cli.chaos.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.LeaseMode;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PromiseTest {

  private static List<String> broken(Runs run) {
    RunResult result = run.result();
    return result.fault().promise(result.mode(), Profile.DEFAULT).brokenBy(result);
  }

  private static Runs failover(Fault fault, LeaseMode mode) {
    return new Runs(fault, mode).has("node-1", 0, 1_400).has("node-2", 1_520, 8_000).outage(120);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void inStrictModeNoFaultMayMakeTwoHolders(Fault fault) {
    assertThat(fault.promise(LeaseMode.STRICT, Profile.DEFAULT).twoHolderMillis()).isZero();
    Runs overlapping =
        new Runs(fault, LeaseMode.STRICT).has("node-1", 0, 1_400).has("node-2", 1_400, 8_000);
    assertThat(broken(overlapping))
        .filteredOn(sentence -> sentence.startsWith("two holders for 2.0 ms"))
        .as("one sign of both at one instant")
        .hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void inAvailableModeOnlyAHolderThatWasCutOffMayForAMoment(Fault fault) {
    boolean cutOff = Stream.of("NIC", "KAFKA_CUT").anyMatch(fault.name()::startsWith);
    assertThat(fault.promise(LeaseMode.AVAILABLE, Profile.DEFAULT).twoHolderMillis())
        .isEqualTo(cutOff ? 50 : 0);
  }

  @Test
  void aFailoverWithOneHolderAtATimeKeepsItsPromise() {
    assertThat(broken(failover(Fault.AGENT_KILLED, LeaseMode.STRICT))).isEmpty();
  }

  @Test
  void theSentenceNamesWhoAndWhen() {
    assertThat(
            broken(
                new Runs(Fault.KAFKA_CUT, LeaseMode.AVAILABLE)
                    .has("node-1", 0, 1_900)
                    .has("node-2", 1_800, 8_000)))
        .containsExactly(
            "two holders for 100.0 ms: node-1 and node-2 had 10.40.1.100"
                + " from +800.0 ms to +900.0 ms");
  }

  @Test
  void aFreshHolderOfACutOffOneHasItsMoment() {
    assertThat(
            broken(
                new Runs(Fault.KAFKA_CUT, LeaseMode.AVAILABLE)
                    .has("node-1", 0, 1_850)
                    .has("node-2", 1_800, 8_000)))
        .isEmpty();
  }

  @Test
  void whenKafkaIsAwayNothingIsLostAndNothingMovesInAvailableMode() {
    Runs run = new Runs(Fault.KAFKA_KILLED, LeaseMode.AVAILABLE).has("node-1", 0, 8_000);
    assertThat(broken(run)).isEmpty();
    assertThat(broken(run.outage(1)))
        .containsExactly("1 of 8000 packets were lost, the longest outage began at +5.0 ms");
    assertThat(
            broken(
                new Runs(Fault.KAFKA_KILLED, LeaseMode.AVAILABLE)
                    .has("node-1", 0, 6_000)
                    .has("node-2", 6_010, 8_000)))
        .containsExactly("it moved to node-2");
  }

  @Test
  void whenKafkaIsAwayStrictAddressesAreSilentAfterTheLease() {
    Runs silent =
        new Runs(Fault.KAFKA_KILLED, LeaseMode.STRICT)
            .has("node-1", 0, 1_414)
            .has("node-1", 5_500, 8_000)
            .outage(4_100);
    assertThat(broken(silent)).isEmpty();
    assertThat(broken(silent.has("node-1", 1_414, 1_416)))
        .containsExactly(
            "somebody still had the address at +416.0 ms, 406.0 ms after the fault was complete");
  }

  @Test
  void trafficComesBackAndLeavesWithItsOwnAddressOnly() {
    assertThat(broken(failover(Fault.AGENT_KILLED, LeaseMode.STRICT).neverReturned()))
        .containsExactly("the traffic did not come back");
    assertThat(broken(failover(Fault.AGENT_KILLED, LeaseMode.STRICT).strangeSource("10.40.0.11")))
        .containsExactly("packets left with another source: [10.40.0.11]");
  }

  @Test
  void anObserverThatSawNotAllProvesNothing() {
    assertThat(broken(failover(Fault.AGENT_KILLED, LeaseMode.STRICT).framesLost(3)))
        .containsExactly("the observer lost 3 frames: the run proves nothing");
    assertThat(broken(new Runs(Fault.AGENT_KILLED, LeaseMode.STRICT)))
        .containsExactly("the observer saw nothing: the run proves nothing");
  }

  @Test
  void theOutageOfANodeCrashIsJudgedByThe99thPercentile() {
    assertThat(report(Profile.DEFAULT, 650, 700).broken()).isEmpty();
    assertThat(report(Profile.DEFAULT, 650, 701).broken())
        .containsExactly(
            "node-crash, available: the outage was 701.0 ms at the 99th percentile,"
                + " more than 700 ms");
    assertThat(report(Profile.FAST, 251).broken()).hasSize(1);
    long[] hundred = IntStream.range(0, 101).mapToLong(i -> i == 0 ? 5_000 : 600).toArray();
    assertThat(report(Profile.DEFAULT, hundred).broken()).isEmpty();
  }

  @Test
  void aRunThatCouldNotBeMadeBreaksThePromise() {
    FaultReport report =
        new FaultReport(
            Fault.DRAIN, LeaseMode.STRICT, Profile.DEFAULT, List.of(), List.of("run 1: no Kafka"));
    assertThat(report.broken()).containsExactly("drain, strict: run 1: no Kafka");
  }

  private static FaultReport report(Profile profile, long... outages) {
    return new FaultReport(
        Fault.NODE_CRASH,
        LeaseMode.AVAILABLE,
        profile,
        java.util.Arrays.stream(outages)
            .mapToObj(
                outage -> failover(Fault.NODE_CRASH, LeaseMode.AVAILABLE).outage(outage).result())
            .toList(),
        List.of());
  }
}

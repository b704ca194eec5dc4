package io.sluice.allocator.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Assignment;
import io.sluice.model.Assignment.Holder;
import io.sluice.model.Assignment.State;
import io.sluice.model.AuditEntry;
import io.sluice.model.Heartbeat.Intent;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.StateChange;
import io.sluice.model.StateChange.AgentObserved;
import io.sluice.model.StateChange.AssignmentChanged;
import io.sluice.model.StateChange.LivenessChanged;
import io.sluice.model.StateChange.ResourceObserved;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What holds whatever happens: faults and changes at random, then quiet. The seed repeats a run.
 */
class AllocationPropertiesTest {

  private static final int NODES = 5;
  private static final int STEPS = 60;
  private static final int RUNS_PER_SEED = 12;

  /** Short enough for nodes to be held off, and not any more, within a run. */
  private static final AllocationSettings SETTINGS =
      new AllocationSettings(
          100, 400, 500, 10_000, 10_000, 1_000, new HoldOffSettings(500, 4_000, 3_000), 700, 900);

  private static final ObjectId OTHER = new ObjectId(Kind.NETWORK_GATEWAY_GROUP, "team", "other");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverHappensTheInvariantsHold(long seed) {
    for (int run = 0; run < RUNS_PER_SEED; run++) {
      long runSeed = 1_000 * seed + run;
      Scenario scenario = play(runSeed);
      assertThat(play(runSeed).audit())
          .as("same seed %d, same log", runSeed)
          .isEqualTo(scenario.audit());
      assertHistory(scenario.audit(), runSeed);
      assertReplay(scenario, runSeed);
      assertBalancedWhenQuiet(scenario, runSeed);
    }
  }

  private static Scenario play(long seed) {
    Random random = new Random(seed);
    Scenario scenario = new Scenario(SETTINGS).disobedient();
    scenario.nodes(NODES).gateway("10.40.1.100-10.40.1.107");
    for (int step = 0; step < STEPS; step++) {
      act(scenario, random);
      assertOneHolder(scenario, seed);
      for (int pause = random.nextInt(8); pause > 0; pause--) {
        scenario.run(10L * (1 + random.nextInt(15)));
        assertOneHolder(scenario, seed);
        scenario.beating().stream()
            .filter(_ -> random.nextInt(3) == 0)
            .toList()
            .forEach(scenario::carryOut);
        assertOneHolder(scenario, seed);
      }
      assertNothingLeftToDecide(scenario, seed);
    }
    return scenario;
  }

  private static void act(Scenario scenario, Random random) {
    String node = "node-" + (1 + random.nextInt(NODES));
    switch (random.nextInt(16)) {
      case 0, 1, 2 -> scenario.silence(node);
      case 3, 4, 5 -> scenario.comeBack(node);
      case 6 -> scenario.label(node, Map.of("networking.sluice.io/drain", "true"));
      case 7 -> scenario.label(node, Map.of("networking.sluice.io/exclude-gateway", "true"));
      case 8, 9 -> scenario.label(node, Map.of());
      case 10 -> scenario.ready(node, random.nextBoolean());
      case 11 -> {
        scenario.silence(node);
        scenario.beat(node, random.nextBoolean() ? Intent.RESTARTING : Intent.STOPPING);
        // A process that ends lets go of what it has.
        scenario.newSession(node);
      }
      case 12 -> {
        if (scenario.beating().contains(node)) {
          scenario.newSession(node).beat(node, Intent.RUNNING);
          scenario.report(node);
        }
      }
      case 13 -> scenario.gateway("10.40.1." + (100 + random.nextInt(4)) + "-10.40.1.107");
      case 14 ->
          scenario.resource(
              OTHER, Scenario.gatewayOf(random.nextInt(3), "10.40.1.106-10.40.1.109", "bad"));
      case 15 ->
          scenario.policy(
              "policy-" + random.nextInt(6),
              Scenario.policyOf(
                  random.nextInt(4),
                  random.nextBoolean()
                      ? Optional.empty()
                      : Optional.of("10.40.1." + (100 + random.nextInt(12))),
                  "203.0.113.0/24"));
      default -> throw new AssertionError("no such action");
    }
    if (random.nextInt(10) == 0) {
      scenario.restart();
    }
  }

  private static void assertOneHolder(Scenario scenario, long seed) {
    for (IpAddress ip : scenario.state().assignments().keySet()) {
      assertThat(scenario.nodesThatAnswerFor(ip))
          .as("seed %d, at %d, %s", seed, scenario.nowMillis(), ip)
          .hasSizeLessThanOrEqualTo(1);
    }
  }

  private static void assertNothingLeftToDecide(Scenario scenario, long seed) {
    long now = scenario.nowMillis() - 10;
    AllocationState state = scenario.state();
    assertThat(
            Plan.moves(
                    state,
                    SETTINGS,
                    handovers(scenario, now),
                    new UnappliedGrants(SETTINGS.applyMillis()),
                    now,
                    now)
                .changes())
        .as("seed %d, at %d", seed, now)
        .isEmpty();
    assertThat(Plan.egress(state)).as("seed %d, at %d", seed, now).isEmpty();
    assertThat(state.policyOutcomes())
        .as("seed %d, at %d: what is remembered is what would be computed", seed, now)
        .isEqualTo(EgressChoice.choose(state));
  }

  /** As those who wait see it that began when the log says so. */
  private static Handovers handovers(Scenario scenario, long nowMillis) {
    Handovers handovers = new Handovers();
    handovers.restart(scenario.state().assignments(), nowMillis);
    return handovers;
  }

  private static void assertHistory(List<AuditEntry> audit, long seed) {
    Map<IpAddress, Assignment> known = new HashMap<>();
    long sequence = 0;
    for (AuditEntry entry : audit) {
      assertThat(entry.sequence()).as("seed %d", seed).isEqualTo(++sequence);
      Set<String> failed = failedIn(entry);
      for (StateChange change : entry.changes()) {
        if (change instanceof AssignmentChanged(var ip, var now)) {
          Assignment before = known.put(ip, now);
          assertEpoch(before, now, seed);
          if (!failed.isEmpty()) {
            assertMovedForACauseOfItsOwn(ip, before, now, failed, seed);
          }
        }
      }
    }
  }

  private static void assertEpoch(Assignment before, Assignment now, long seed) {
    long epoch = before == null ? 0 : before.epoch();
    assertThat(now.epoch())
        .as("seed %d: from %s to %s", seed, before, now)
        .isEqualTo(
            now.state() == State.GRANTED && (before == null || !now.isSameGrant(before))
                ? epoch + 1
                : epoch);
  }

  /** The nodes that failed, if that is all that happened. */
  private static Set<String> failedIn(AuditEntry entry) {
    Set<String> failed = new HashSet<>();
    for (StateChange change : entry.changes()) {
      switch (change) {
        case LivenessChanged liveness when !liveness.isAlive() -> failed.add(liveness.node());
        case LivenessChanged _, ResourceObserved _, AgentObserved _ -> {
          return Set.of();
        }
        case StateChange.WorkloadObserved _,
            StateChange.HoldOffChanged _,
            AssignmentChanged _,
            StateChange.EgressChosen _,
            StateChange.BindingChanged _ -> {}
      }
    }
    return failed;
  }

  private static void assertMovedForACauseOfItsOwn(
      IpAddress ip, Assignment before, Assignment now, Set<String> failed, long seed) {
    boolean wasHeldElsewhere =
        before != null
            && before.successor().isEmpty()
            && before.holder().map(Holder::node).filter(node -> !failed.contains(node)).isPresent();
    assertThat(!wasHeldElsewhere || now.reason().startsWith("balance"))
        .as("seed %d: %s from %s to %s when %s failed", seed, ip, before, now, failed)
        .isTrue();
  }

  private static void assertReplay(Scenario scenario, long seed) {
    AllocationState inOrder = new AllocationState();
    scenario.audit().forEach(entry -> entry.changes().forEach(inOrder::apply));
    assertThat(inOrder).as("seed %d", seed).isEqualTo(scenario.state());
    List<StateChange> last = new ArrayList<>(scenario.lastChanges().values());
    Collections.shuffle(last, new Random(seed));
    AllocationState inAnyOrder = new AllocationState();
    last.forEach(inAnyOrder::apply);
    assertThat(inAnyOrder).as("seed %d", seed).isEqualTo(scenario.state());
    assertThat(inAnyOrder.policyOutcomes()).isEqualTo(scenario.state().policyOutcomes());
  }

  private static void assertBalancedWhenQuiet(Scenario scenario, long seed) {
    for (int n = 1; n <= NODES; n++) {
      scenario.label("node-" + n, Map.of());
      scenario.comeBack("node-" + n);
      scenario.report("node-" + n);
    }
    scenario.delete(OTHER).gateway("10.40.1.100-10.40.1.107");
    for (int i = 0; i < 400; i++) {
      scenario.run(100);
      scenario.beating().stream().toList().forEach(scenario::carryOut);
    }
    assertThat(scenario.state().pool().owners().keySet())
        .as("seed %d", seed)
        .allSatisfy(ip ->
            assertThat(scenario.state().assignments().get(ip).state()).isEqualTo(State.GRANTED));
    assertThat(scenario.addressesByNode().values().stream().mapToInt(List::size).boxed().toList())
        .as("seed %d: 8 addresses on %d nodes", seed, NODES)
        .hasSize(NODES)
        .allMatch(count -> count == 1 || count == 2);
  }
}

package io.sluice.agent.core;

import static io.sluice.agent.core.Given.clearance;
import static io.sluice.agent.core.Given.clearanceId;
import static io.sluice.agent.core.Given.guarded;
import static io.sluice.agent.core.Given.ips;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.Cidr;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ClearancesTest {

  private final Clearances clearances = new Clearances("node-1", LeakGuardMode.CLOSED);
  private final OwnClearances own = new OwnClearances("node-1");

  private static TreeSet<Cidr> networks(String... texts) {
    TreeSet<Cidr> networks = new TreeSet<>();
    for (String text : texts) {
      networks.add(Cidr.parse(text));
    }
    return networks;
  }

  @Test
  void ownPodsAreGuardedApartFromThoseOfAllNodes() {
    clearances.put(clearanceId("a"), clearance("node-1", "10.244.1.5", "fd00::5"));
    clearances.put(clearanceId("b"), clearance("node-2", "10.244.2.5"));
    clearances.guard(guarded(3).guardedPods());
    assertThat(clearances.leakGuard())
        .isEqualTo(
            new LeakGuard(
                networks("10.244.1.0/24"),
                networks("10.244.1.0/24", "10.244.2.0/23"),
                ips("10.244.1.5", "fd00::5")));
  }

  @Test
  void withoutAGuardedNetworkThereIsNoGuard() {
    clearances.put(clearanceId("a"), clearance("node-1", "10.244.1.5"));
    assertThat(clearances.leakGuard()).isEqualTo(LeakGuard.NONE);
    clearances.guard(guarded(1).guardedPods());
    assertThat(clearances.leakGuard()).isNotEqualTo(LeakGuard.NONE);
    clearances.guard(Collections.emptySortedMap());
    assertThat(clearances.leakGuard()).isEqualTo(LeakGuard.NONE);
  }

  @Test
  void anOpenGuardGuardsNothing() {
    Clearances open = new Clearances("node-1", LeakGuardMode.OPEN);
    open.put(clearanceId("a"), clearance("node-1", "10.244.1.5"));
    open.guard(guarded(2).guardedPods());
    assertThat(open.leakGuard()).isEqualTo(LeakGuard.NONE);
  }

  @Test
  void anAddressStaysClearedAsLongAsSomePodHasIt() {
    clearances.guard(guarded(1).guardedPods());
    clearances.put(clearanceId("former"), clearance("node-1", "10.244.1.5"));
    clearances.put(clearanceId("new"), clearance("node-1", "10.244.1.5"));
    clearances.remove(clearanceId("former"));
    assertThat(clearances.leakGuard().cleared()).isEqualTo(ips("10.244.1.5"));
    clearances.remove(clearanceId("new"));
    assertThat(clearances.leakGuard().cleared()).isEmpty();
  }

  @Test
  void aPodThatIsNowOnAnotherNodeIsNoneOfOurs() {
    clearances.guard(guarded(2).guardedPods());
    clearances.put(clearanceId("a"), clearance("node-1", "10.244.1.5"));
    clearances.put(clearanceId("a"), clearance("node-2", "10.244.2.5"));
    assertThat(clearances.leakGuard().cleared()).isEmpty();
    assertThat(clearances.size()).isZero();
  }

  @Test
  void whatDoesNotChangeIsTheSameInstance() {
    clearances.guard(guarded(2).guardedPods());
    clearances.put(clearanceId("a"), clearance("node-1", "10.244.1.5"));
    LeakGuard before = clearances.leakGuard();
    clearances.put(clearanceId("a"), clearance("node-1", "10.244.1.5"));
    clearances.put(clearanceId("b"), clearance("node-1", "10.244.1.5"));
    clearances.guard(guarded(2).guardedPods());
    assertThat(clearances.leakGuard()).isSameAs(before);
  }

  private Optional<Input> relevant(BindingId id, Binding binding) {
    return own.relevant(new Input.BindingRead(id, Optional.ofNullable(binding)));
  }

  @Test
  void clearancesOfOtherNodesAreLeftOutAndThoseThatLeaveAreTombstones() {
    Input.BindingRead here =
        new Input.BindingRead(clearanceId("a"), Optional.of(clearance("node-1", "10.244.1.5")));
    assertThat(own.relevant(here)).contains(here);
    assertThat(relevant(clearanceId("b"), clearance("node-2", "10.244.2.5"))).isEmpty();
    assertThat(relevant(clearanceId("b"), null)).isEmpty();
    assertThat(relevant(clearanceId("a"), clearance("node-2", "10.244.2.6")))
        .contains(new Input.BindingRead(clearanceId("a"), Optional.empty()));
    assertThat(relevant(clearanceId("a"), null)).isEmpty();
  }

  @Test
  void everythingElseIsRelevant() {
    assertThat(relevant(Given.podId("p", "x"), Given.pod("10.244.9.9"))).isPresent();
    assertThat(relevant(new BindingId.ClusterNetworks(), guarded(2))).isPresent();
    assertThat(relevant(Given.podId("p", "x"), null)).isPresent();
    assertThat(own.relevant(new Input.TopicsRead(Map.of(), Map.of()))).isPresent();
  }
}

package io.sluice.agent.core;

import static io.sluice.agent.core.Given.ip;
import static io.sluice.agent.core.Given.noSnat;
import static io.sluice.agent.core.Given.podId;
import static io.sluice.agent.core.Given.policyId;
import static io.sluice.agent.core.Given.snat;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Binding;
import io.sluice.model.Cidr;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which Pods share a class, and what a class says about a destination. */
class PodClassesTest extends AgentStateGiven {

  @Test
  void podsWithEqualSetsOfPoliciesShareAClass() {
    state.read(policyId("a"), Optional.of(noSnat(1, "203.0.113.0/24")));
    bind("a", "pod-1", "10.244.1.1");
    bind("b", "pod-1", "10.244.1.1");
    bind("b", "pod-2", "10.244.1.2");
    bind("a", "pod-2", "10.244.1.2");
    bind("a", "pod-3", "10.244.1.3", "fd00:244::3");

    var classes = tables().podClasses();
    assertThat(classes.get(ip("10.244.1.1"))).isEqualTo(classes.get(ip("10.244.1.2")));
    assertThat(classes.get(ip("10.244.1.3"))).isEqualTo(classes.get(ip("fd00:244::3")));
    assertThat(classes.get(ip("10.244.1.1"))).isNotEqualTo(classes.get(ip("10.244.1.3")));
    assertThat(tables().classes()).hasSize(2);
  }

  @Test
  void aClassDisappearsWithItsLastPod() {
    state.read(policyId("a"), Optional.of(noSnat(1, "203.0.113.0/24")));
    bind("a", "pod-1", "10.244.1.1");
    tables();
    state.read(podId("a", "pod-1"), Optional.empty());

    assertThat(tables().podClasses()).isEmpty();
    assertThat(tables().classes()).isEmpty();
  }

  @Test
  void aPodThatChangesItsAddressLeavesNothingBehind() {
    bind("a", "pod-1", "10.244.1.1");
    tables();
    bind("a", "pod-1", "10.244.1.9");

    assertThat(tables().podClasses()).containsOnlyKeys(ip("10.244.1.9"));
  }

  @Test
  void ofTwoPodsThatClaimOneAddressTheFirstByNameCountsAlone() {
    bind("a", "pod-2", "10.244.1.5");
    bind("b", "pod-1", "10.244.1.5");
    state.read(policyId("a"), Optional.of(noSnat(1, "203.0.113.0/24")));
    state.read(policyId("b"), Optional.of(snat(1, "203.0.113.0/24")));

    assertThat(verdict(POD, "203.0.113.1")).contains(new Verdict.Drop());

    state.read(podId("b", "pod-1"), Optional.empty());
    assertThat(verdict(POD, "203.0.113.1")).contains(new Verdict.KeepPodAddress());
  }

  @Test
  void anEgressIpServesDestinationsOfItsFamilyOnly() {
    bind("a", "pod-1", "10.244.1.5");
    state.read(
        policyId("a"),
        Optional.of(
            new Binding.OfPolicy(
                1,
                io.sluice.model.Policy.Action.SNAT,
                List.of(Cidr.parse("203.0.113.0/24"), Cidr.parse("2001:db8::/32")),
                List.of(FIP))));

    assertThat(verdict(POD, "203.0.113.1")).containsInstanceOf(Verdict.Egress.class);
    assertThat(verdict(POD, "2001:db8::1")).contains(new Verdict.Drop());
    assertThat(verdict(POD, "198.51.100.1")).isEmpty();
  }

  @Test
  void noSnatKeepsThePodsAddressWithinAWiderSnat() {
    bind("wide", "pod-1", "10.244.1.5");
    bind("narrow", "pod-1", "10.244.1.5");
    state.read(policyId("wide"), Optional.of(snat(1, "203.0.113.0/24", "10.40.1.100")));
    state.read(policyId("narrow"), Optional.of(noSnat(2, "203.0.113.128/25")));

    assertThat(verdict(POD, "203.0.113.1")).containsInstanceOf(Verdict.Egress.class);
    assertThat(verdict(POD, "203.0.113.200")).contains(new Verdict.KeepPodAddress());
  }
}

package io.sluice.allocator.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Binding;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.LabelSelector;
import io.sluice.model.MalformedResource;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Policy.Action;
import io.sluice.model.Policy.GatewayRef;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EgressChoiceTest {

  private static final String A = "10.40.1.100";
  private static final String B = "10.40.1.101";
  private static final String C = "10.40.1.102";
  private static final String OUTSIDE = "203.0.113.0/24";

  private final Scenario scenario = new Scenario().nodes(2).gateway(A, B, C).run(1_000);

  private static Policy naming(long createdAt, String ip, String... destinations) {
    return Scenario.policyOf(
        createdAt,
        Optional.of(ip),
        destinations.length == 0 ? new String[] {OUTSIDE} : destinations);
  }

  private static Policy choosing(long createdAt) {
    return Scenario.policyOf(createdAt, Optional.empty(), OUTSIDE);
  }

  private static Policy sharing(Policy policy) {
    return new Policy(
        policy.metadata(),
        policy.sources(),
        policy.action(),
        policy.destinations(),
        policy.egressSourceIp(),
        policy.gatewayRef(),
        true);
  }

  private static Policy at(GatewayRef gateway, Policy policy) {
    return new Policy(
        policy.metadata(),
        policy.sources(),
        policy.action(),
        policy.destinations(),
        policy.egressSourceIp(),
        Optional.of(gateway),
        policy.shareEgressIp());
  }

  private static List<IpAddress> ips(String... texts) {
    return Stream.of(texts).map(IpAddress::parse).toList();
  }

  private Binding.OfPolicy binding(String policy) {
    return (Binding.OfPolicy) scenario.state().bindings().get(policy);
  }

  private Condition ready(String policy) {
    return scenario.condition(ObjectId.policy(policy), "Ready");
  }

  private void assertRefused(String policy, String reason, String... inMessage) {
    assertThat(ready(policy).truth()).isEqualTo(Truth.FALSE);
    assertThat(ready(policy).reason()).isEqualTo(reason);
    assertThat(ready(policy).message()).contains(inMessage);
    assertThat(scenario.state().egressIps()).doesNotContainKey(policy);
    assertThat(binding(policy).egressIps()).isEmpty();
    assertThat(binding(policy).destinations()).isNotEmpty();
  }

  @Test
  void aPolicyLeavesWithTheAddressItNames() {
    scenario.policy("p", naming(1, B));
    assertThat(scenario.state().egressIps()).containsEntry("p", ips(B));
    assertThat(binding("p"))
        .isEqualTo(new Binding.OfPolicy(1, Action.SNAT, List.of(Cidr.parse(OUTSIDE)), ips(B)));
    assertThat(ready("p").truth()).isEqualTo(Truth.TRUE);
    assertThat(scenario.status(ObjectId.policy("p")).egressIps()).containsExactly(B);
    assertThat(scenario.status(ObjectId.policy("p")).gatewayNode()).contains(scenario.holder(B));
  }

  @Test
  void aPolicyThatNamesNoneGetsAFreeOneAndKeepsIt() {
    scenario.policy("first", naming(1, A)).policy("second", choosing(2));
    assertThat(scenario.state().egressIps()).containsEntry("second", ips(B));
    scenario.delete(ObjectId.policy("first")).run(1_000);
    assertThat(scenario.state().egressIps()).containsEntry("second", ips(B));
    assertThat(scenario.state().bindings()).containsOnlyKeys("second");
  }

  @Test
  void aChosenAddressThatLeavesTheGatewayIsReplaced() {
    scenario.policy("p", choosing(1));
    assertThat(scenario.state().egressIps()).containsEntry("p", ips(A));
    scenario.gateway(B, C);
    assertThat(scenario.state().egressIps()).containsEntry("p", ips(B));
  }

  @Test
  void withNoneFreeThePolicyHasNoneAndItsPacketsDoNotLeave() {
    scenario.policy("a", choosing(1)).policy("b", choosing(2)).policy("c", naming(3, C));
    scenario.policy("d", choosing(4));
    assertRefused("d", "NoFreeFloatingIP", "all 3 floating IPs");
    scenario.delete(ObjectId.policy("a"));
    assertThat(scenario.state().egressIps()).containsEntry("d", ips(A));
  }

  @Test
  void ofTwoThatNameOneAddressTheOlderKeepsIt() {
    scenario.policy("young", naming(9, A)).policy("old", naming(3, A));
    assertThat(binding("old").egressIps()).isEqualTo(ips(A));
    assertRefused("young", "EgressIPInUse", "policy old", B, C, "spec.egressSourceIP");
    scenario.delete(ObjectId.policy("old"));
    assertThat(binding("young").egressIps()).isEqualTo(ips(A));
  }

  @Test
  void ofTwoOfOneAgeTheNameDecides() {
    scenario.policy("b", naming(1, A)).policy("a", naming(1, A));
    assertThat(binding("a").egressIps()).isEqualTo(ips(A));
    assertRefused("b", "EgressIPInUse", "policy a");
  }

  @Test
  void twoThatBothShareMayHaveOneAddress() {
    scenario.policy("one", sharing(naming(1, A))).policy("two", sharing(naming(2, A)));
    assertThat(binding("one").egressIps()).isEqualTo(ips(A));
    assertThat(binding("two").egressIps()).isEqualTo(ips(A));
    scenario.policy("three", naming(3, A));
    assertRefused("three", "EgressIPInUse", "policy one");
  }

  @Test
  void anAddressThatAnOlderPolicyNamesIsTakenFromOneThatWasGivenIt() {
    scenario.policy("young", choosing(9));
    assertThat(binding("young").egressIps()).isEqualTo(ips(A));
    scenario.policy("old", naming(3, A));
    assertThat(binding("old").egressIps()).isEqualTo(ips(A));
    assertThat(binding("young").egressIps()).isEqualTo(ips(B));
  }

  @Test
  void nothingIsGivenToAPolicyThatAnotherNames() {
    scenario.policy("young", naming(9, A)).policy("old", choosing(1));
    assertThat(binding("young").egressIps()).isEqualTo(ips(A));
    assertThat(binding("old").egressIps()).isEqualTo(ips(B));
  }

  @Test
  void anUnknownGatewayIsRefusedAndTheExistingOnesAreNamed() {
    scenario.policy("p", at(new GatewayRef("team", "nowhere"), choosing(1)));
    assertRefused(
        "p",
        "UnknownGateway",
        "spec.gatewayRef",
        "team/nowhere",
        "AnthosNetworkGateway kube-system/default");
  }

  @Test
  void withoutTheUsualGatewayAPolicyMustNameOne() {
    scenario.delete(Scenario.DEFAULT_GATEWAY);
    scenario.resource(
        new ObjectId(Kind.NETWORK_GATEWAY_GROUP, "team", "g"), Scenario.gatewayOf(1, A));
    scenario.policy("p", choosing(1));
    assertRefused("p", "UnknownGateway", "NetworkGatewayGroup team/g");
    scenario.policy("p", at(new GatewayRef("team", "g"), choosing(1)));
    assertThat(binding("p").egressIps()).isEqualTo(ips(A));
  }

  @Test
  void whereThereIsNoGatewayItIsSaidHowToMakeOne() {
    scenario.delete(Scenario.DEFAULT_GATEWAY);
    scenario.policy("chooses", choosing(1)).policy("names", naming(1, A));
    assertRefused(
        "chooses",
        "UnknownGateway",
        "spec.gatewayRef",
        "no usable gateway kube-system/default, nor any other: make one of that name",
        "spec.floatingIPs");
    assertRefused(
        "names", "UnknownGateway", "spec.egressSourceIP", "no gateway lists " + A, "nor any other");
  }

  @Test
  void theUsualGatewayMayBeOfTheLaterKind() {
    scenario.delete(Scenario.DEFAULT_GATEWAY);
    scenario.resource(
        new ObjectId(Kind.NETWORK_GATEWAY_GROUP, "kube-system", "default"),
        Scenario.gatewayOf(1, C));
    scenario.policy("p", choosing(1));
    assertThat(binding("p").egressIps()).isEqualTo(ips(C));
  }

  @Test
  void anAddressFindsItsGatewayByItself() {
    scenario.resource(
        new ObjectId(Kind.NETWORK_GATEWAY_GROUP, "team", "g"),
        Scenario.gatewayOf(1, "10.40.1.200"));
    scenario.policy("p", naming(1, "10.40.1.200"));
    assertThat(binding("p").egressIps()).isEqualTo(ips("10.40.1.200"));
  }

  @Test
  void anAddressThatNoGatewayListsIsRefused() {
    scenario.policy("p", naming(1, "10.40.1.250"));
    assertRefused("p", "NotAFloatingIP", "spec.egressSourceIP", "10.40.1.250", A);
  }

  @Test
  void anAddressOfAnotherGatewayIsRefused() {
    scenario.resource(
        new ObjectId(Kind.NETWORK_GATEWAY_GROUP, "team", "g"),
        Scenario.gatewayOf(1, "10.40.1.200"));
    scenario.policy("p", at(new GatewayRef("team", "g"), naming(1, A)));
    assertRefused("p", "NotAFloatingIP", "10.40.1.200");
  }

  @Test
  void anEgressSourceThatIsNoAddressIsRefused() {
    scenario.policy("p", naming(1, "10.40.1"));
    assertRefused("p", "InvalidEgressSourceIP", "spec.egressSourceIP", "\"10.40.1\"");
  }

  @Test
  void aBadDestinationIsNamedAndTheOthersAreInEffect() {
    scenario.policy("p", naming(1, A, OUTSIDE, "203.0.113.0/33"));
    assertThat(ready("p").reason()).isEqualTo("InvalidDestination");
    assertThat(ready("p").message()).contains("spec.destinations[1].cidr");
    assertThat(binding("p").destinations()).containsExactly(Cidr.parse(OUTSIDE));
    assertThat(binding("p").egressIps()).isEqualTo(ips(A));
  }

  @Test
  void aPolicyWithoutAnyGoodDestinationIsNotBound() {
    scenario.policy("p", naming(1, A, "everywhere"));
    assertThat(scenario.state().bindings()).isEmpty();
    assertThat(ready("p").reason()).isEqualTo("InvalidDestination");
    scenario.policy("p", Scenario.policyOf(1, Optional.of(A)));
    assertThat(scenario.state().bindings()).isEmpty();
    assertThat(ready("p").message()).contains("spec.destinations");
  }

  @Test
  void aMalformedPolicyIsNotBound() {
    scenario.policy("p", naming(1, A));
    scenario.resource(ObjectId.policy("p"), new MalformedResource(Scenario.metadata(1), List.of()));
    assertThat(scenario.state().bindings()).isEmpty();
    assertThat(scenario.state().egressIps()).isEmpty();
    assertThat(ready("p").reason()).isEqualTo("Malformed");
  }

  @Test
  void aNoSnatPolicyNeedsNoAddress() {
    Policy none =
        new Policy(
            Scenario.metadata(1),
            List.of(new Policy.Source(LabelSelector.EVERYTHING, LabelSelector.EVERYTHING)),
            Action.NO_SNAT,
            List.of(OUTSIDE),
            Optional.empty(),
            Optional.of(new GatewayRef("no", "where")),
            false);
    scenario.policy("p", none);
    assertThat(binding("p").action()).isEqualTo(Action.NO_SNAT);
    assertThat(binding("p").egressIps()).isEmpty();
    assertThat(ready("p").truth()).isEqualTo(Truth.TRUE);
  }

  @Test
  void aDualStackPolicyGetsOneAddressOfEachFamily() {
    scenario.gateway(A, B, "2001:db8::100").run(100);
    scenario.policy("p", Scenario.policyOf(1, Optional.empty(), OUTSIDE, "2001:db8:1::/48"));
    assertThat(binding("p").egressIps()).isEqualTo(ips(A, "2001:db8::100"));
    scenario.policy("q", choosing(2));
    assertThat(binding("q").egressIps()).isEqualTo(ips(B));
  }

  @Test
  void aGatewayWithoutTheFamilyOfTheDestinationsHasNoneFree() {
    scenario.policy("p", Scenario.policyOf(1, Optional.empty(), "2001:db8:1::/48"));
    assertRefused("p", "NoFreeFloatingIP", "IPV6");
  }

  @Test
  void aPolicyWhoseAddressIsNowhereIsNotReady() {
    scenario.gateway(A, "192.0.2.1").policy("p", naming(1, "192.0.2.1"));
    assertThat(ready("p").reason()).isEqualTo("FloatingIPUnassigned");
    assertThat(ready("p").message()).contains("10.40.0.0/16");
    assertThat(binding("p").egressIps()).isEqualTo(ips("192.0.2.1"));
  }

  @Test
  void oneBadPolicyBreaksNoOther() {
    scenario.policy("bad", naming(1, "nonsense")).policy("good", naming(2, A));
    assertThat(ready("good").truth()).isEqualTo(Truth.TRUE);
    assertThat(binding("good").egressIps()).isEqualTo(ips(A));
  }
}

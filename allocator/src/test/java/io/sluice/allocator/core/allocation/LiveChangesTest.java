package io.sluice.allocator.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Assignment.State;
import io.sluice.model.Binding;
import io.sluice.model.Cidr;
import io.sluice.model.Gateway;
import io.sluice.model.Gateway.Failback;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.LabelSelector;
import io.sluice.model.LeaseMode;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Policy.Action;
import io.sluice.model.Policy.GatewayRef;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever is changed, added or taken away takes effect while everything runs. */
class LiveChangesTest {

  private static final String A = "10.40.1.100";
  private static final String B = "10.40.1.101";
  private static final String C = "10.40.1.102";
  private static final ObjectId OTHER =
      new ObjectId(Kind.NETWORK_GATEWAY_GROUP, "kube-system", "other");
  private static final ObjectId POLICY = ObjectId.policy("p");

  private final Scenario scenario = new Scenario().nodes(2);

  @BeforeEach
  void start() {
    scenario
        .gateway(A, B)
        .resource(OTHER, Scenario.gatewayOf(2, C))
        .policy("p", policy(Action.SNAT, "203.0.113.0/24", Optional.of(A), Optional.empty()))
        .run(1_000);
    assertThat(ready().truth()).isEqualTo(Truth.TRUE);
    assertThat(binding().egressIps()).containsExactly(IpAddress.parse(A));
  }

  private static Policy policy(
      Action action, String destination, Optional<String> ip, Optional<GatewayRef> gateway) {
    return new Policy(
        Scenario.metadata(1),
        List.of(new Policy.Source(LabelSelector.EVERYTHING, LabelSelector.EVERYTHING)),
        action,
        List.of(destination),
        ip,
        gateway,
        false);
  }

  private Binding.OfPolicy binding() {
    return (Binding.OfPolicy) scenario.state().bindings().get("p");
  }

  private Condition ready() {
    return scenario.condition(POLICY, "Ready");
  }

  private void becomes(Policy policy) {
    scenario.policy("p", policy).run(100);
  }

  @Test
  void theEgressAddressOfAPolicy() {
    becomes(policy(Action.SNAT, "203.0.113.0/24", Optional.of(B), Optional.empty()));
    assertThat(binding().egressIps()).containsExactly(IpAddress.parse(B));
    assertThat(ready().truth()).isEqualTo(Truth.TRUE);
    assertThat(scenario.status(POLICY).gatewayNode()).contains(scenario.holder(B));

    becomes(policy(Action.SNAT, "203.0.113.0/24", Optional.empty(), Optional.empty()));
    assertThat(binding().egressIps()).as("what it has, it keeps").hasSize(1);
  }

  @Test
  void theDestinationsOfAPolicy() {
    becomes(policy(Action.SNAT, "198.51.100.0/24", Optional.of(A), Optional.empty()));
    assertThat(binding().destinations()).containsExactly(Cidr.parse("198.51.100.0/24"));
  }

  @Test
  void theActionOfAPolicy() {
    becomes(policy(Action.NO_SNAT, "203.0.113.0/24", Optional.empty(), Optional.empty()));
    assertThat(binding().action()).isEqualTo(Action.NO_SNAT);
    assertThat(binding().egressIps()).isEmpty();
    assertThat(ready().reason()).isEqualTo("NoSNAT");
  }

  @Test
  void theGatewayOfAPolicy() {
    becomes(
        policy(
            Action.SNAT,
            "203.0.113.0/24",
            Optional.empty(),
            Optional.of(new GatewayRef("kube-system", "other"))));
    assertThat(binding().egressIps()).containsExactly(IpAddress.parse(C));
    assertThat(ready().truth()).isEqualTo(Truth.TRUE);
  }

  @Test
  void aFloatingIpIsAdded() {
    scenario.gateway(A, B, "10.40.1.103").run(1_000);
    assertThat(scenario.assignment("10.40.1.103").state()).isEqualTo(State.GRANTED);
    assertThat(scenario.status(Scenario.DEFAULT_GATEWAY).floatingIps()).containsKey("10.40.1.103");
  }

  @Test
  void aFloatingIpIsTakenAwayFromThePolicyThatNamesIt() {
    scenario.gateway(B).run(100);
    assertThat(scenario.assignment(A).state()).isEqualTo(State.UNASSIGNED);
    assertThat(ready().reason()).isEqualTo("NotAFloatingIP");
    assertThat(ready().message()).as("names what there is").contains(B);
    assertThat(binding().egressIps()).isEmpty();
    assertThat(binding().destinations()).as("fails closed").isNotEmpty();
  }

  @Test
  void theLabelsOfANodeAndTheSelectorOfAGateway() {
    scenario.label("node-2", Map.of("egress", "true"));
    scenario
        .resource(
            Scenario.DEFAULT_GATEWAY,
            new Gateway(
                Scenario.metadata(1),
                List.of(A, B),
                Optional.of(LabelSelector.ofLabels(Map.of("egress", "true"))),
                Failback.GRADUAL,
                LeaseMode.AVAILABLE))
        .run(1_000);
    assertThat(scenario.holder(A)).isEqualTo("node-2");
    assertThat(scenario.holder(B)).isEqualTo("node-2");

    scenario.label("node-1", Map.of("egress", "true")).label("node-2", Map.of()).run(1_000);
    assertThat(scenario.holder(A)).isEqualTo("node-1");
    assertThat(scenario.holder(B)).isEqualTo("node-1");
    assertThat(ready().truth()).isEqualTo(Truth.TRUE);
  }

  @Test
  void aGatewayIsDeletedWhileItIsInUseAndMadeAnew() {
    long epoch = scenario.assignment(A).epoch();
    scenario.delete(Scenario.DEFAULT_GATEWAY).run(100);
    assertThat(scenario.assignment(A).state()).isEqualTo(State.UNASSIGNED);
    assertThat(scenario.assignment(A).gateway()).isEmpty();
    assertThat(ready().truth()).isEqualTo(Truth.FALSE);
    assertThat(ready().message()).as("says that its packets stay").contains("do not leave");
    assertThat(binding().egressIps()).isEmpty();
    assertThat(binding().destinations()).as("fails closed").isNotEmpty();

    scenario.gateway(A, B).run(1_000);
    assertThat(ready().truth()).isEqualTo(Truth.TRUE);
    assertThat(binding().egressIps()).containsExactly(IpAddress.parse(A));
    assertThat(scenario.assignment(A).epoch()).isGreaterThan(epoch);
  }
}

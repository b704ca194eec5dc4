package io.sluice.watcher.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Gateway;
import io.sluice.model.Gateway.Failback;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.LabelSelector;
import io.sluice.model.LabelSelector.Operator;
import io.sluice.model.LabelSelector.Requirement;
import io.sluice.model.LeaseMode;
import io.sluice.model.Metadata;
import io.sluice.model.Node;
import io.sluice.model.ObjectId;
import io.sluice.model.Policy;
import io.sluice.model.Policy.Action;
import io.sluice.model.Policy.GatewayRef;
import io.sluice.model.Policy.Source;
import io.sluice.model.Resource;
import io.sluice.model.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectReaderTest {

  private static final Metadata NONE = new Metadata("", "", 0, 0);

  @Test
  void aGatewayWithEveryField() {
    Reading reading =
        Yaml.read(
            """
            apiVersion: networking.gke.io/v1alpha1
            kind: AnthosNetworkGateway
            metadata:
              namespace: kube-system
              name: default
              uid: 0b1c
              resourceVersion: "17"
              generation: 3
              creationTimestamp: "2026-01-31T12:00:00Z"
            spec:
              floatingIPs: [10.40.1.100, 10.40.1.101-10.40.1.102, "not judged here"]
              nodeSelector:
                matchLabels: {role: gateway}
                matchExpressions:
                - {key: zone, operator: In, values: [a, b]}
              failback: Never
              leaseMode: strict
            """);

    assertThat(reading)
        .isEqualTo(
            new Reading.Understood(
                new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default"),
                new Observed.OfResource(
                    new Gateway(
                        new Metadata("0b1c", "17", 3, 1_769_860_800_000L),
                        List.of("10.40.1.100", "10.40.1.101-10.40.1.102", "not judged here"),
                        Optional.of(
                            new LabelSelector(
                                Map.of("role", "gateway"),
                                List.of(new Requirement("zone", Operator.IN, List.of("a", "b"))))),
                        Failback.NEVER,
                        LeaseMode.STRICT))));
  }

  @Test
  void whatAGatewayLeavesOutHasItsDefault() {
    Reading reading =
        Yaml.read(
            """
            apiVersion: networking.gke.io/v1
            kind: NetworkGatewayGroup
            metadata: {name: default}
            spec: {floatingIPs: [10.40.1.100]}
            """);

    assertThat(reading)
        .isEqualTo(
            new Reading.Understood(
                new ObjectId(Kind.NETWORK_GATEWAY_GROUP, "default", "default"),
                new Observed.OfResource(
                    new Gateway(
                        NONE,
                        List.of("10.40.1.100"),
                        Optional.empty(),
                        Failback.GRADUAL,
                        LeaseMode.AVAILABLE))));
  }

  @Test
  void aNodeSelectorMayAlsoBeThePlainMapThatPodsHave() {
    Reading reading =
        Yaml.read(
            """
            apiVersion: networking.gke.io/v1
            kind: NetworkGatewayGroup
            metadata: {name: default, namespace: kube-system}
            spec:
              floatingIPs: []
              nodeSelector: {role: gateway}
              leaseMode: Strict
            """);

    Gateway gateway = (Gateway) resource(reading);
    assertThat(gateway.nodeSelector()).contains(LabelSelector.ofLabels(Map.of("role", "gateway")));
    assertThat(gateway.leaseMode()).isEqualTo(LeaseMode.STRICT);
  }

  @ParameterizedTest
  @CsvSource({"networking.gke.io/v1alpha1", "networking.gke.io/v1"})
  void aPolicyOfEitherVersionWithEveryField(String apiVersion) {
    Reading reading =
        Yaml.read(
            """
            apiVersion: %s
            kind: EgressNATPolicy
            metadata:
              name: alice-paul
              annotations: {networking.sluice.io/share-egress-ip: "true"}
            spec:
              sources:
              - namespaceSelector: {matchLabels: {user: alice}}
                podSelector: {matchLabels: {role: frontend}}
              - namespaceSelector: {}
                podSelector:
                  matchExpressions:
                  - {key: a, operator: Exists}
                  - {key: b, operator: DoesNotExist, values: []}
                  - {key: c, operator: NotIn, values: [x]}
              action: NoSNAT
              destinations:
              - cidr: 203.0.113.0/24
              - cidr: not judged here
              egressSourceIP: 10.40.1.100
              gatewayRef: {name: other, namespace: infra}
            """
                .formatted(apiVersion));

    assertThat(reading)
        .isEqualTo(
            new Reading.Understood(
                ObjectId.policy("alice-paul"),
                new Observed.OfResource(
                    new Policy(
                        NONE,
                        List.of(
                            new Source(
                                LabelSelector.ofLabels(Map.of("user", "alice")),
                                LabelSelector.ofLabels(Map.of("role", "frontend"))),
                            new Source(
                                LabelSelector.EVERYTHING,
                                new LabelSelector(
                                    Map.of(),
                                    List.of(
                                        new Requirement("a", Operator.EXISTS, List.of()),
                                        new Requirement("b", Operator.DOES_NOT_EXIST, List.of()),
                                        new Requirement("c", Operator.NOT_IN, List.of("x")))))),
                        Action.NO_SNAT,
                        List.of("203.0.113.0/24", "not judged here"),
                        Optional.of("10.40.1.100"),
                        Optional.of(new GatewayRef("infra", "other")),
                        true))));
  }

  @Test
  void whatAPolicyLeavesOutHasItsDefault() {
    Policy policy =
        (Policy)
            resource(
                Yaml.read(
                    """
                    apiVersion: networking.gke.io/v1
                    kind: EgressNATPolicy
                    metadata: {name: p, namespace: ignored-as-kubectl-does}
                    spec:
                      sources:
                      - namespaceSelector: {matchLabels: {user: alice}}
                        podSelector: null
                      destinations: [{cidr: 0.0.0.0/0}]
                      gatewayRef: {name: other}
                    """));

    assertThat(policy.action()).isEqualTo(Action.SNAT);
    assertThat(policy.sources().getFirst().podSelector()).isEqualTo(LabelSelector.EVERYTHING);
    assertThat(policy.egressSourceIp()).isEmpty();
    assertThat(policy.gatewayRef()).contains(new GatewayRef("kube-system", "other"));
    assertThat(policy.shareEgressIp()).isFalse();
  }

  @Test
  void aNodeOfAnApiServer() {
    Reading reading =
        Yaml.read(
            """
            apiVersion: v1
            kind: Node
            metadata: {name: node-1, labels: {zone: a}}
            spec:
              podCIDR: 10.244.1.0/24
              podCIDRs: [10.244.1.0/24, "fd00:1::/64"]
              unschedulable: true
            status:
              conditions:
              - {type: MemoryPressure, status: "False"}
              - {type: Ready, status: "True"}
              addresses:
              - {type: Hostname, address: node-1}
              - {type: InternalIP, address: 10.40.0.11}
              - {type: ExternalIP, address: 192.0.2.1}
            """);

    assertThat(reading)
        .isEqualTo(
            new Reading.Understood(
                ObjectId.node("node-1"),
                new Observed.OfResource(
                    new Node(
                        NONE,
                        Map.of("zone", "a"),
                        List.of("10.40.0.11"),
                        List.of("10.244.1.0/24", "fd00:1::/64"),
                        true,
                        true))));
  }

  @Test
  void aNodeWithoutConditionsIsReady() {
    Node node =
        (Node) resource(Yaml.read("{apiVersion: v1, kind: Node, metadata: {name: node-1}}"));

    assertThat(node.ready()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'[]', false",
    "'[{type: Ready, status: Unknown}]', false",
    "'[{type: Ready, status: \"True\"}]', true"
  })
  void aNodeWithConditionsIsReadyIfTheySaySo(String conditions, boolean ready) {
    Node node =
        (Node)
            resource(
                Yaml.read(
                    "{apiVersion: v1, kind: Node, metadata: {name: n}, spec: {podCIDR:"
                        + " 10.0.0.0/24},"
                        + " status: {conditions: %s}}".formatted(conditions)));

    assertThat(node.ready()).isEqualTo(ready);
    assertThat(node.podCidrs()).containsExactly("10.0.0.0/24");
  }

  @Test
  void aNamespace() {
    assertThat(
            Yaml.read(
                "{apiVersion: v1, kind: Namespace, metadata: {name: alice, labels: {user:"
                    + " alice}}}"))
        .isEqualTo(
            new Reading.Understood(
                ObjectId.namespace("alice"),
                new Observed.OfWorkload(new Workload.Namespace(NONE, Map.of("user", "alice")))));
  }

  @Test
  void aPod() {
    Reading reading =
        Yaml.read(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web-0, namespace: alice, labels: {role: frontend}}
            spec: {nodeName: node-1, hostNetwork: false}
            status: {phase: Running, podIP: 10.244.1.5, podIPs: [{ip: 10.244.1.5}, {ip: "fd00::5"}]}
            """);

    assertThat(reading)
        .isEqualTo(
            new Reading.Understood(
                ObjectId.pod("alice", "web-0"),
                new Observed.OfWorkload(
                    new Workload.Pod(
                        NONE,
                        Map.of("role", "frontend"),
                        List.of(IpAddress.parse("10.244.1.5"), IpAddress.parse("fd00::5")),
                        "node-1",
                        false,
                        false))));
  }

  @ParameterizedTest
  @CsvSource({"Pending, false", "Running, false", "Succeeded, true", "Failed, true"})
  void aPodThatHasEndedIsTerminated(String phase, boolean terminated) {
    Reading reading =
        Yaml.read(
            "{apiVersion: v1, kind: Pod, metadata: {name: p}, status: {podIP: '', phase: %s}}"
                .formatted(phase));

    Workload.Pod pod =
        (Workload.Pod) ((Observed.OfWorkload) ((Reading.Understood) reading).object()).workload();
    assertThat(pod.terminated()).isEqualTo(terminated);
    assertThat(pod.ips()).isEmpty();
    assertThat(pod.node()).isEmpty();
  }

  @Test
  void aListIsReadItemByItem() {
    List<Reading> readings =
        ObjectReader.readDocument(
            Yaml.documents(
                    """
                    apiVersion: v1
                    kind: List
                    items:
                    - {apiVersion: v1, kind: Namespace, metadata: {name: alice}}
                    - {apiVersion: v1, kind: ConfigMap, metadata: {name: other}}
                    - {apiVersion: v1, kind: Node, metadata: {}}
                    """)
                .getFirst());

    assertThat(readings)
        .satisfiesExactly(
            first -> assertThat(first).isInstanceOf(Reading.Understood.class),
            second -> assertThat(second).isEqualTo(new Reading.Foreign("v1", "ConfigMap")),
            third -> assertThat(third).isInstanceOf(Reading.Refused.class));
  }

  @Test
  void aKindOfThatNameInAnotherGroupIsForeign() {
    assertThat(Yaml.read("{apiVersion: example.org/v1, kind: Node, metadata: {name: n}}"))
        .isEqualTo(new Reading.Foreign("example.org/v1", "Node"));
  }

  private static Resource resource(Reading reading) {
    return ((Observed.OfResource) ((Reading.Understood) reading).object()).resource();
  }
}

package io.sluice.watcher.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.MalformedResource;
import io.sluice.model.MalformedResource.FieldError;
import io.sluice.model.ObjectId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each wrong field is named with its path, what is wrong with it and what would be right. */
class MalformedObjectsTest {

  private static final String GOOD_POLICY_SPEC =
      "sources: [{namespaceSelector: {}}], destinations: [{cidr: 0.0.0.0/0}]";

  private static Stream<Arguments> wrongPolicies() {
    return Stream.of(
        wrong("", "spec.sources", "needs at least one entry"),
        wrong("destinations: [{cidr: a}], sources: []", "spec.sources", "at least one entry"),
        wrong("destinations: [{cidr: a}], sources: text", "spec.sources", "must be a list"),
        wrong("destinations: [{cidr: a}], sources: [5]", "spec.sources[0]", "must be an object"),
        wrong(
            "destinations: [{cidr: a}], sources: [{podSelector: {}}]",
            "spec.sources[0].namespaceSelector",
            "write {} to mean every namespace"),
        wrong(
            "destinations: [{cidr: a}], sources: [{namespaceSelector: {}, podSelecter: {}}]",
            "spec.sources[0].podSelecter",
            "known are namespaceSelector, podSelector"),
        wrong(
            "destinations: [{cidr: a}], sources: [{namespaceSelector: {user: alice}}]",
            "spec.sources[0].namespaceSelector.user",
            "known are matchLabels, matchExpressions"),
        wrong(
            "destinations: [{cidr: a}], sources: [{namespaceSelector: {matchLabels: {user: 5}}}]",
            "spec.sources[0].namespaceSelector.matchLabels.user",
            "is the number 5 and must be text; put it in quotes"),
        wrong(
            "destinations: [{cidr: a}], sources: [{namespaceSelector: {matchLabels: {5: a}}}]",
            "spec.sources[0].namespaceSelector.matchLabels.5",
            "put it in quotes"),
        wrongExpression("{key: a, operator: Near}", "operator", "In, NotIn, Exists, DoesNotExist"),
        wrongExpression("{key: a}", "operator", "is missing"),
        wrongExpression("{operator: Exists}", "key", "is missing"),
        wrongExpression("{key: a, operator: In}", "values", "at least one value"),
        wrongExpression("{key: a, operator: Exists, values: [b]}", "values", "takes no values"),
        wrongExpression("{key: a, operator: In, values: [1]}", "values[0]", "must be text"),
        wrong(
            "sources: [{namespaceSelector: {}}]", "spec.destinations", "needs at least one entry"),
        wrong(
            "sources: [{namespaceSelector: {}}], destinations: [{}]",
            "spec.destinations[0].cidr",
            "give a network such as 203.0.113.0/24"),
        wrong(
            "sources: [{namespaceSelector: {}}], destinations: [203.0.113.0/24]",
            "spec.destinations[0]",
            "must be an object"),
        wrong(
            "sources: [{namespaceSelector: {}}], destinations: [{cidr: a, ports: [1]}]",
            "spec.destinations[0].ports",
            "is not known here"),
        wrong(GOOD_POLICY_SPEC + ", action: Drop", "spec.action", "is not one of SNAT, NoSNAT"),
        wrong(GOOD_POLICY_SPEC + ", action: true", "spec.action", "must be text"),
        wrong(GOOD_POLICY_SPEC + ", egressSourceIP: ''", "spec.egressSourceIP", "leave the field"),
        wrong(GOOD_POLICY_SPEC + ", egressSourceIP: 10", "spec.egressSourceIP", "must be text"),
        wrong(GOOD_POLICY_SPEC + ", egressSourceIp: a", "spec.egressSourceIp", "egressSourceIP"),
        wrong(GOOD_POLICY_SPEC + ", gatewayRef: default", "spec.gatewayRef", "must be an object"),
        wrong(GOOD_POLICY_SPEC + ", gatewayRef: {}", "spec.gatewayRef.name", "is missing"));
  }

  private static Arguments wrong(String spec, String field, String message) {
    return Arguments.of(spec, field, message);
  }

  private static Arguments wrongExpression(String expression, String field, String message) {
    return Arguments.of(
        "destinations: [{cidr: a}], sources: [{namespaceSelector: {matchExpressions: [%s]}}]"
            .formatted(expression),
        "spec.sources[0].namespaceSelector.matchExpressions[0]." + field,
        message);
  }

  @ParameterizedTest
  @MethodSource("wrongPolicies")
  void aWrongFieldOfAPolicyIsNamed(String spec, String field, String message) {
    List<FieldError> errors =
        errors(
            "{apiVersion: networking.gke.io/v1, kind: EgressNATPolicy, metadata: {name: p},"
                + " spec: {%s}}".formatted(spec));

    assertNamed(errors, field, message);
  }

  private static void assertNamed(List<FieldError> errors, String field, String message) {
    assertThat(errors)
        .anySatisfy(error -> {
          assertThat(error.field()).isEqualTo(field);
          assertThat(error.message()).contains(message);
        });
  }

  private static Stream<Arguments> wrongGateways() {
    return Stream.of(
        wrong("", "spec.floatingIPs", "is missing; give a list"),
        wrong("floatingIPs: 10.40.1.100", "spec.floatingIPs", "must be a list"),
        wrong("floatingIPs: [10.5]", "spec.floatingIPs[0]", "the number 10.5 and must be text"),
        wrong("floatingIPs: [null]", "spec.floatingIPs[0]", "is empty and must be text"),
        wrong("floatingIPs: [a], failback: never", "spec.failback", "one of Gradual, Never"),
        wrong("floatingIPs: [a], leaseMode: lax", "spec.leaseMode", "one of available, strict"),
        wrong("floatingIPs: [a], nodeSelector: [a]", "spec.nodeSelector", "must be an object"),
        wrong("floatingIPs: [a], nodeSelector: {a: 1}", "spec.nodeSelector.a", "must be text"),
        wrong("floatingIps: [a]", "spec.floatingIps", "known are floatingIPs"));
  }

  @ParameterizedTest
  @MethodSource("wrongGateways")
  void aWrongFieldOfAGatewayIsNamed(String spec, String field, String message) {
    List<FieldError> errors =
        errors(
            "{apiVersion: networking.gke.io/v1alpha1, kind: AnthosNetworkGateway,"
                + " metadata: {name: g, namespace: kube-system}, spec: {%s}}".formatted(spec));

    assertNamed(errors, field, message);
  }

  private static Stream<Arguments> wrongNodes() {
    return Stream.of(
        wrong("spec: []", "spec", "must be an object"),
        wrong("spec: {podCIDRs: [1]}", "spec.podCIDRs[0]", "must be text"),
        wrong("spec: {unschedulable: 'yes'}", "spec.unschedulable", "must be true or false"),
        wrong("status: {addresses: [{type: InternalIP}]}", "status.addresses[0].address", "give"),
        wrong("metadata: {name: n, labels: {a: true}}", "metadata.labels.a", "put it in quotes"),
        wrong("metadata: {name: n, generation: x}", "metadata.generation", "a whole number"),
        wrong(
            "metadata: {name: n, creationTimestamp: yesterday}",
            "metadata.creationTimestamp",
            "is not a time such as 2026-01-31T12:00:00Z"));
  }

  @ParameterizedTest
  @MethodSource("wrongNodes")
  void aWrongFieldOfANodeIsNamed(String fields, String field, String message) {
    String metadata = fields.contains("metadata") ? "" : "metadata: {name: n}, ";

    List<FieldError> errors = errors("{apiVersion: v1, kind: Node, " + metadata + fields + "}");

    assertThat(errors)
        .singleElement()
        .satisfies(error -> {
          assertThat(error.field()).isEqualTo(field);
          assertThat(error.message()).contains(message);
        });
  }

  @Test
  void oneReadingFindsAllThatIsWrong() {
    List<FieldError> errors =
        errors(
            """
            apiVersion: networking.gke.io/v1beta7
            kind: EgressNATPolicy
            metadata:
              name: p
              annotations: {networking.sluice.io/share-egress-ip: maybe}
            spec:
              sources: []
              action: Drop
              destinations: [{cidr: 1}]
            """);

    assertThat(errors)
        .extracting(FieldError::field)
        .containsExactlyInAnyOrder(
            "apiVersion",
            "metadata.annotations.networking.sluice.io/share-egress-ip",
            "spec.sources",
            "spec.action",
            "spec.destinations[0].cidr");
    assertThat(errors.getFirst().message())
        .contains("networking.gke.io/v1 or networking.gke.io/v1alpha1");
  }

  @Test
  void aMalformedObjectKeepsItsNameAndMetadata() {
    Reading reading =
        Yaml.read(
            """
            apiVersion: networking.gke.io/v1
            kind: EgressNATPolicy
            metadata: {name: p, uid: u1, generation: 4}
            """);

    assertThat(reading)
        .isInstanceOfSatisfying(
            Reading.Understood.class,
            understood -> {
              assertThat(understood.id()).isEqualTo(ObjectId.policy("p"));
              assertThat(understood.object().metadata().uid()).isEqualTo("u1");
              assertThat(understood.object().metadata().generation()).isEqualTo(4);
            });
  }

  private static Stream<Arguments> nameless() {
    return Stream.of(
        Arguments.of("{apiVersion: v1, kind: Node}", "metadata.name: is missing"),
        Arguments.of("{apiVersion: v1, kind: Node, metadata: {}}", "metadata.name: is missing"),
        Arguments.of("{apiVersion: v1, kind: Node, metadata: text}", "metadata: is the text"),
        Arguments.of("{apiVersion: v1, kind: Node, metadata: {name: 5}}", "put it in quotes"),
        Arguments.of(
            "{apiVersion: v1, kind: Node, metadata: {name: ../etc}}", "\"../etc\" is not a name"),
        Arguments.of(
            "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: A_B}}",
            "metadata.namespace: \"A_B\" is not a name"),
        Arguments.of("{kind: Node, metadata: {name: n}}", "apiVersion: is missing"),
        Arguments.of("{apiVersion: v1, metadata: {name: n}}", "kind: is missing"),
        Arguments.of("{apiVersion: v1, kind: List}", "items: must be a list"),
        Arguments.of("just text", "document: is not an object"));
  }

  @ParameterizedTest
  @MethodSource("nameless")
  void whatHasNoIdentityIsRefused(String yaml, String message) {
    assertThat(Yaml.read(yaml))
        .isInstanceOfSatisfying(
            Reading.Refused.class,
            refused -> {
              assertThat(refused.id()).isEmpty();
              assertThat(refused.message()).contains(message);
            });
  }

  @Test
  void aPodWithWrongFieldsIsRefusedByName() {
    assertThat(
            Yaml.read(
                "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: a},"
                    + " status: {podIPs: [{ip: 10.244.1}]}}"))
        .isInstanceOfSatisfying(
            Reading.Refused.class,
            refused -> {
              assertThat(refused.id()).contains(ObjectId.pod("a", "p"));
              assertThat(refused.message())
                  .startsWith("Pod a/p: status.podIPs[0].ip: ")
                  .contains("10.244.1");
            });
  }

  private static List<FieldError> errors(String yaml) {
    Reading.Understood understood = (Reading.Understood) Yaml.read(yaml);
    Observed.OfResource observed = (Observed.OfResource) understood.object();
    assertThat(observed.resource()).isInstanceOf(MalformedResource.class);
    return ((MalformedResource) observed.resource()).errors();
  }
}

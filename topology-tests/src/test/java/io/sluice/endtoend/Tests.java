package io.sluice.endtoend;

import io.sluice.cli.lab.ClusterState;
import io.sluice.cli.lab.LabPod;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.Progress;
import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** What the end-to-end tests have in common: how long they wait, and what they look for. */
final class Tests {

  /** Generous, because the machines that run this are small and busy; nothing is timed by it. */
  static final Duration LIMIT = Duration.ofSeconds(30);

  static final Duration EACH_MILLISECOND = Duration.ofMillis(1);
  static final String GATEWAY_FILE = "gateway.yaml";
  static final String POLICY_FILE = "policy.yaml";
  static final String POLICY = "alice-paul";
  static final ObjectId GATEWAY =
      new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");

  static final String GATEWAY_YAML =
      """
      apiVersion: networking.gke.io/v1alpha1
      kind: AnthosNetworkGateway
      metadata: {namespace: kube-system, name: default}
      spec:
        floatingIPs: [10.40.1.100, 10.40.1.101, 10.40.1.102]
      """;

  static final String POLICY_YAML =
      """
      apiVersion: networking.gke.io/v1alpha1
      kind: EgressNATPolicy
      metadata: {name: alice-paul}
      spec:
        sources:
        - namespaceSelector: {matchLabels: {user: alice}}
          podSelector: {matchLabels: {role: frontend}}
        - namespaceSelector: {matchLabels: {user: paul}}
          podSelector: {matchLabels: {role: frontend}}
        action: SNAT
        destinations:
        - cidr: 203.0.113.0/24
      """;

  private Tests() {}

  static Progress quiet() {
    return _ -> {};
  }

  static ConditionFactory eventually(String what) {
    return Awaitility.await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(50));
  }

  /** Applies the gateway and the policy, and waits until a node carries the policy's address. */
  static String applyMainJob(LocalCluster cluster) {
    cluster.apply(GATEWAY_FILE, GATEWAY_YAML);
    cluster.apply(POLICY_FILE, POLICY_YAML);
    return cluster
        .view()
        .await(
            "a node carries the policy's floating IP",
            LIMIT,
            state -> state.egressIp(POLICY).flatMap(state::carrier).isPresent())
        .egressIp(POLICY)
        .orElseThrow();
  }

  /** A frontend Pod of alice that runs on another node than this. */
  static LabPod matchedPodAwayFrom(LocalCluster cluster, String node) {
    return cluster.spec().pods().stream()
        .filter(pod -> pod.name().matches("alice-\\d") && !pod.node().equals(node))
        .findFirst()
        .map(pod -> cluster.pod(pod.name()))
        .orElseThrow();
  }

  static void eventuallySeenAs(LabPod pod, String destination, String source) {
    eventually("%s is seen by %s as %s".formatted(pod.spec().name(), destination, source))
        .until(() -> pod.askSource(destination), Optional.of(source)::equals);
  }

  /** Waits for a condition on an object, whoever says so. */
  static Condition awaitCondition(
      LocalCluster cluster, ObjectId subject, String type, Status.Truth truth, String reason) {
    ClusterState state =
        cluster
            .view()
            .await(
                "%s has %s=%s %s".formatted(subject, type, truth, reason),
                LIMIT,
                it -> find(it, subject, type, truth, reason).isPresent());
    return find(state, subject, type, truth, reason).orElseThrow();
  }

  private static Optional<Condition> find(
      ClusterState state, ObjectId subject, String type, Status.Truth truth, String reason) {
    return Optional.ofNullable(state.status().get(subject)).stream()
        .flatMap(byAuthor -> byAuthor.values().stream())
        .map(Status::conditions)
        .flatMap(List::stream)
        .filter(condition ->
            condition.type().equals(type)
                && condition.truth() == truth
                && condition.reason().equals(reason))
        .findFirst();
  }
}

package io.sluice.cli.chaos;

import io.sluice.cli.lab.ClusterState;
import io.sluice.cli.lab.KafkaView;
import io.sluice.cli.lab.Lab;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.LabPod;
import io.sluice.cli.lab.LabSpec;
import io.sluice.cli.lab.LabSpec.PodSpec;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.Progress;
import io.sluice.model.AgentReport;
import io.sluice.model.Assignment;
import io.sluice.model.AssignmentKey;
import io.sluice.model.IpAddress;
import io.sluice.model.Kind;
import io.sluice.model.LeaseMode;
import io.sluice.model.NodeKey;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A local cluster with one gateway of as many floating IPs as it has nodes, and a policy that uses
 * one of them. Addresses that went to another node stay there, so that nothing moves but for the
 * fault under test.
 */
public final class ChaosLab implements AutoCloseable {

  /** The address that is watched: the policy's. */
  public static final IpAddress WATCHED = IpAddress.parse("10.40.1.100");

  private static final ObjectId GATEWAY =
      new ObjectId(Kind.ANTHOS_NETWORK_GATEWAY, "kube-system", "default");
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(20);

  /**
   * For so long each agent has had its lease when a fault is made: one that has only just started
   * may miss an acknowledgement by itself, which would be a second fault in the run.
   */
  private static final Duration CALM = Duration.ofSeconds(5);

  private static final String GATEWAY_YAML =
      """
      apiVersion: networking.gke.io/v1alpha1
      kind: AnthosNetworkGateway
      metadata: {namespace: kube-system, name: default}
      spec:
        floatingIPs: [%s]
        failback: Never
        leaseMode: %s
      """;

  private static final String POLICY_YAML =
      """
      apiVersion: networking.gke.io/v1alpha1
      kind: EgressNATPolicy
      metadata: {name: chaos}
      spec:
        sources:
        - namespaceSelector: {matchLabels: {user: alice}}
          podSelector: {matchLabels: {role: frontend}}
        action: SNAT
        destinations:
        - cidr: 203.0.113.0/24
        egressSourceIP: %s
      """;

  private final LocalCluster cluster;
  private final SortedSet<IpAddress> addresses;

  private ChaosLab(LocalCluster cluster) {
    this.cluster = cluster;
    this.addresses = new TreeSet<>();
    for (int i = 0; i < cluster.spec().nodes().size(); i++) {
      addresses.add(IpAddress.parse("10.40.1." + (100 + i)));
    }
  }

  /** Starts the cluster; it has no gateway yet. */
  public static ChaosLab start(
      LabSpec spec, LocalCluster.Directories directories, Progress progress) {
    return new ChaosLab(LocalCluster.start(spec, directories, progress));
  }

  public LocalCluster cluster() {
    return cluster;
  }

  /** All floating IPs of the gateway. */
  public SortedSet<IpAddress> addresses() {
    return new TreeSet<>(addresses);
  }

  /**
   * Makes the gateway one of this mode, and waits until everything is as it should be: each address
   * is carried by a node, each node is up, the Pods on each of them arrive with the address, and no
   * agent has begun a new session for a while.
   *
   * @throws LabException if it does not come to that within a minute
   */
  public void settle(LeaseMode mode) {
    String list = String.join(", ", addresses.stream().map(IpAddress::toString).toList());
    cluster.apply(
        "gateway.yaml", GATEWAY_YAML.formatted(list, mode.name().toLowerCase(Locale.ROOT)));
    cluster.apply("policy.yaml", POLICY_YAML.formatted(WATCHED));
    cluster
        .view()
        .await(
            "every node is up and every floating IP is carried, " + mode,
            LIMIT,
            state -> allCarried(state, mode) && allUp(state));
    for (PodSpec pod : frontends()) {
      awaitSource(cluster.pod(pod.name()));
    }
    awaitCalm();
  }

  private void awaitCalm() {
    Instant end = Instant.now().plus(LIMIT);
    Instant now = Instant.now();
    for (Instant calm = newestSession().plus(CALM);
        now.isBefore(calm);
        calm = newestSession().plus(CALM)) {
      if (now.isAfter(end)) {
        throw new LabException(
            "agents begin new sessions all the time, for %d s now: is the machine too busy?"
                .formatted(LIMIT.toSeconds()));
      }
      pause(Duration.between(now, calm));
      now = Instant.now();
    }
  }

  /** When the first report of the session was read that began last. */
  private Instant newestSession() {
    record Session(String instance, long number) {}
    Map<NodeKey, Session> sessions = new HashMap<>();
    Instant newest = Instant.EPOCH;
    for (KafkaView.Seen seen : cluster.view().history()) {
      if (seen.record().key() instanceof NodeKey node
          && seen.record().value().orElse(null) instanceof AgentReport report) {
        Session session = new Session(report.instance(), report.session());
        newest = session.equals(sessions.put(node, session)) ? newest : seen.readAt();
      }
    }
    return newest;
  }

  private boolean allCarried(ClusterState state, LeaseMode mode) {
    return addresses.stream()
        .allMatch(ip ->
            state.carrier(ip.toString()).isPresent()
                && state.assignments().get(ip).leaseMode() == mode);
  }

  private boolean allUp(ClusterState state) {
    return Optional.ofNullable(state.status().get(GATEWAY)).stream()
        .flatMap(byAuthor -> byAuthor.values().stream())
        .map(Status::nodes)
        .anyMatch(nodes ->
            nodes.size() == cluster.spec().nodes().size()
                && nodes.values().stream().allMatch("Up"::equals));
  }

  private List<PodSpec> frontends() {
    return cluster.spec().pods().stream()
        .filter(pod -> pod.namespace().equals("alice") && pod.labels().containsValue("frontend"))
        .toList();
  }

  private static void awaitSource(LabPod pod) {
    Optional<String> wanted = Optional.of(WATCHED.toString());
    Instant end = Instant.now().plus(LIMIT);
    while (!pod.askSource(Lab.MATCHED_DESTINATION).equals(wanted)) {
      if (Instant.now().isAfter(end)) {
        throw new LabException(
            "%s does not arrive with %s within %d s"
                .formatted(pod.spec().name(), WATCHED, LIMIT.toSeconds()));
      }
      pause(POLL);
    }
  }

  /** The node that carries the watched address. */
  public String holder() {
    return cluster.awaitCarrier(WATCHED.toString(), LIMIT, _ -> true);
  }

  /** A Pod that uses the watched address and runs on another node than this. */
  LabPod podAwayFrom(String node) {
    return frontends().stream()
        .filter(pod -> !pod.node().equals(node))
        .findFirst()
        .map(pod -> cluster.pod(pod.name()))
        .orElseThrow();
  }

  /** Whether the watched address is granted to and carried by another node than this. */
  boolean hasLeft(String node) {
    return cluster
        .view()
        .state()
        .carrier(WATCHED.toString())
        .filter(carrier -> !carrier.equals(node))
        .isPresent();
  }

  /** What was decided about the addresses since then, with the time at which it could be read. */
  List<Decision> decisionsSince(Instant since) {
    List<Decision> decisions = new ArrayList<>();
    for (KafkaView.Seen seen : cluster.view().history()) {
      if (!seen.readAt().isBefore(since)
          && seen.record().key() instanceof AssignmentKey key
          && seen.record().value().orElse(null) instanceof Assignment assignment) {
        decisions.add(new Decision(seen.readAt(), key.floatingIp(), assignment));
      }
    }
    return decisions;
  }

  /** A decision about an address. */
  record Decision(Instant readAt, IpAddress address, Assignment assignment) {}

  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }

  /** Ends the cluster. */
  @Override
  public void close() {
    cluster.close();
  }
}

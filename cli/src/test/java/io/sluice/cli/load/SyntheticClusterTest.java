package io.sluice.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.cli.core.Percentiles;
import io.sluice.model.Cidr;
import io.sluice.model.IpAddress;
import io.sluice.model.Node;
import io.sluice.model.Policy;
import io.sluice.model.Workload;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SyntheticClusterTest {

  private static final LoadShape SHAPE = new LoadShape(7, 3, 4, 350, 10, 12);
  private final SyntheticCluster cluster = new SyntheticCluster(SHAPE);

  @Test
  void exactlyOnePolicyMatchesEachPod() {
    for (int changes = 0; changes < 3; changes++) {
      for (int number = 0; number < SHAPE.pods(); number++) {
        Workload.Pod pod = cluster.pod(number, changes);
        Workload.Namespace namespace = cluster.namespace(number % SHAPE.namespaces());
        assertEquals(
            List.of(cluster.policyOf(number, changes)), matching(pod, namespace), "Pod " + number);
      }
    }
  }

  private List<Integer> matching(Workload.Pod pod, Workload.Namespace namespace) {
    return IntStream.range(0, SHAPE.policies())
        .filter(number -> {
          Policy.Source source = cluster.policy(number).sources().getFirst();
          return source.namespaceSelector().matches(namespace.labels())
              && source.podSelector().matches(pod.labels());
        })
        .boxed()
        .toList();
  }

  @Test
  void everyPolicyHasPods() {
    Set<Integer> used = new HashSet<>();
    IntStream.range(0, SHAPE.pods()).forEach(pod -> used.add(cluster.policyOf(pod, 0)));
    assertEquals(SHAPE.policies(), used.size());
  }

  @Test
  void eachChangeOfAPodChangesItsBinding() {
    for (LoadShape shape : List.of(SHAPE, new LoadShape(7, 3, 10, 350, 10, 12))) {
      SyntheticCluster some = new SyntheticCluster(shape);
      for (int pod = 0; pod < 50; pod++) {
        for (int changes = 0; changes < 3; changes++) {
          assertTrue(
              some.policyOf(pod, changes) != some.policyOf(pod, changes + 1)
                  || !some.pod(pod, changes).ips().equals(some.pod(pod, changes + 1).ips()),
              "change %d of pod %d".formatted(changes, pod));
        }
      }
    }
  }

  @Test
  void podsHaveAddressesOfTheirOwnFromTheirNode() {
    Set<IpAddress> seen = new HashSet<>();
    for (int number = 0; number < SHAPE.pods(); number++) {
      Workload.Pod pod = cluster.pod(number, 0);
      Node node = cluster.node(number % SHAPE.nodes());
      assertEquals(cluster.nodeId(number % SHAPE.nodes()).name(), pod.node());
      assertTrue(Cidr.parse(node.podCidrs().getFirst()).contains(pod.ips().getFirst()));
      assertTrue(seen.add(pod.ips().getFirst()), "doubled: " + pod);
    }
  }

  @Test
  void everyGatewayNodeReachesEveryFloatingIp() {
    for (int node = 0; node < SHAPE.gatewayNodes(); node++) {
      assertTrue(cluster.nic(node).reaches(cluster.floatingIp(0)));
      assertTrue(cluster.nic(node).reaches(cluster.floatingIp(SHAPE.floatingIps() - 1)));
    }
  }

  @Test
  void numbersThatDoNotFitAreRefusedByName() {
    assertRefused("--pods", () -> new LoadShape(1, 1, 1, 251, 1, 1));
    assertRefused("--gateway-nodes", () -> new LoadShape(2, 3, 1, 10, 1, 1));
    assertRefused("--floating-ips", () -> new LoadShape(2, 1, 1, 10, 5, 4));
    assertRefused("--namespaces", () -> new LoadShape(2, 1, 6, 10, 5, 5));
    assertRefused("--policies", () -> new LoadShape(2, 1, 1, 10, 11, 11));
  }

  private static void assertRefused(String option, Runnable making) {
    String message = assertThrows(IllegalArgumentException.class, making::run).getMessage();
    assertTrue(message.startsWith(option + ":"), message);
  }

  @Test
  void percentilesAreNearestRanks() {
    List<Long> nanos = IntStream.rangeClosed(1, 200).mapToObj(n -> n * 1_000_000L).toList();
    assertEquals(new Percentiles(200, 100, 198, 200), Percentiles.of(nanos));
    assertEquals(new Percentiles(0, 0, 0, 0), Percentiles.of(List.of()));
  }
}

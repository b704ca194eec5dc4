package io.sluice.endtoend;

import static io.sluice.endtoend.Tests.LIMIT;
import static io.sluice.endtoend.Tests.eventually;
import static io.sluice.endtoend.Tests.eventuallySeenAs;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.lab.Lab;
import io.sluice.cli.lab.LabSpec;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.Program;
import io.sluice.model.AuditEntry;
import io.sluice.model.StateChange.Liveness;
import io.sluice.model.StateChange.LivenessChanged;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What operators see of programs at work, and how those end when they are told to. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperationsIT {

  private static final List<String> NODES = List.of("node-1", "node-2");
  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(12);

  private static LocalCluster cluster;
  private static String floatingIp;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.start(LabSpec.of(2), Tests.quiet());
    floatingIp = Tests.applyMainJob(cluster);
    eventuallySeenAs(cluster.pod("alice-1"), Lab.MATCHED_DESTINATION, floatingIp);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static HttpAnswer watcher(String path) throws IOException {
    return HttpAnswer.get(9401, path);
  }

  private static HttpAnswer allocator(String path) throws IOException {
    return HttpAnswer.get(9402, path);
  }

  private static HttpAnswer agent(String node, String path) {
    return cluster.lab().host(node).call(() -> HttpAnswer.get(9403, path));
  }

  @Test
  @Order(1)
  void everyProgramIsAliveAndReady() throws IOException {
    for (String probe : List.of("/livez", "/readyz")) {
      for (HttpAnswer answer :
          List.of(
              watcher(probe), allocator(probe), agent("node-1", probe), agent("node-2", probe))) {
        assertThat(answer.code()).as("%s: %s", probe, answer.body()).isEqualTo(200);
      }
    }
  }

  @Test
  @Order(2)
  void metricsShowWhatGoesOn() throws IOException {
    HttpAnswer decided = allocator("/metrics");
    assertThat(decided.sum("sluice_allocator_floating_ips{cluster=\"local\",state=\"granted\"}"))
        .hasValue(3);
    assertThat(decided.sum("sluice_allocator_nodes{cluster=\"local\",liveness=\"alive\"}"))
        .hasValue(2);
    assertThat(decided.sum("sluice_allocator_running")).hasValue(2);
    assertThat(decided.sum("sluice_allocator_decision_latency_seconds_count").orElseThrow())
        .isPositive();

    HttpAnswer watched = watcher("/metrics");
    assertThat(watched.sum("sluice_watcher_objects{kind=\"EgressNATPolicy\"}")).hasValue(1);
    assertThat(watched.sum("sluice_watcher_watch_age_seconds").orElseThrow()).isLessThan(30);

    eventually("the agents hold what was granted").until(OperationsIT::held, held -> held == 3);
    List<HttpAnswer> agents = NODES.stream().map(node -> agent(node, "/metrics")).toList();
    for (HttpAnswer agent : agents) {
      assertThat(agent.sum("sluice_agent_failing")).hasValue(0);
      assertThat(agent.sum("sluice_agent_beats_acknowledged_total").orElseThrow()).isPositive();
      assertThat(agent.sum("sluice_agent_bindings{of=\"pod\"}").orElseThrow()).isPositive();
      assertThat(agent.sum("sluice_agent_apply_seconds_count").orElseThrow()).isPositive();
      assertThat(agent.sum("sluice_agent_guard_dropped_packets_total{guard=\"no_holder\"}"))
          .isPresent();
      assertThat(agent.sum("sluice_agent_lease_margin_seconds_count{mode=\"available\"}"))
          .isPresent();
    }
    System.out.printf(
        "resident memory of the agents: %s MiB%n",
        agents.stream()
            .map(agent -> agent.sum("process_resident_memory_bytes").orElseThrow() / 1024 / 1024)
            .toList());
  }

  private static double held() {
    return NODES.stream()
        .map(node -> agent(node, "/metrics").sum("sluice_agent_floating_ips"))
        .mapToDouble(OptionalDouble::orElseThrow)
        .sum();
  }

  @Test
  @Order(3)
  void anAgentThatIsToldToStopSaysFarewellAndEndsInTime() {
    String holder = cluster.awaitCarrier(floatingIp, LIMIT, _ -> true);
    String other = holder.equals("node-1") ? "node-2" : "node-1";
    stopped(cluster.agent(holder));
    cluster.awaitCarrier(floatingIp, LIMIT, other::equals);
    eventually("the log says that it has left").until(() -> hasLeft(holder));
  }

  private static boolean hasLeft(String node) {
    return cluster.view().history().stream()
        .map(seen -> seen.record().value().orElse(null))
        .flatMap(
            value -> value instanceof AuditEntry entry ? entry.changes().stream() : Stream.empty())
        .anyMatch(change ->
            change instanceof LivenessChanged left
                && left.node().equals(node)
                && left.liveness() == Liveness.LEFT);
  }

  @Test
  @Order(4)
  void watcherAndAllocatorEndInTime() {
    stopped(cluster.watcher());
    stopped(cluster.allocator());
  }

  private static void stopped(Program program) {
    Instant told = Instant.now();
    program.stop();
    assertThat(Duration.between(told, Instant.now())).isLessThan(STOPPED_WITHIN);
    assertThat(program.exitCode()).isZero();
  }
}

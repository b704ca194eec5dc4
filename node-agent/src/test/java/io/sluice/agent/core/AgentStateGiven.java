package io.sluice.agent.core;

import static io.sluice.agent.core.Given.NIC;
import static io.sluice.agent.core.Given.ip;
import static io.sluice.agent.core.Given.ips;
import static io.sluice.agent.core.Given.pod;
import static io.sluice.agent.core.Given.podId;
import static io.sluice.agent.core.Given.policyId;
import static io.sluice.agent.core.Given.snat;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.Assignment;
import io.sluice.model.IpAddress;
import java.util.Optional;

/** A state of node-1 with the addresses that its tests speak of, and short words to fill it. */
abstract class AgentStateGiven {

  static final IpAddress FIP = ip("10.40.1.100");
  static final IpAddress OTHER = ip("10.40.1.101");
  static final IpAddress POD = ip("10.244.1.5");

  final AgentState state = new AgentState("node-1", LeakGuardMode.CLOSED);

  void bind(String policy, String pod, String... podIps) {
    assertThat(state.read(podId(policy, pod), Optional.of(pod(podIps)))).isTrue();
  }

  void bindTo(String egressIp) {
    state.read(policyId("p"), Optional.of(snat(1, "203.0.113.0/24", egressIp)));
    bind("p", "pod-1", POD.toString());
  }

  void assign(IpAddress floatingIp, Assignment assignment) {
    assertThat(state.read(floatingIp, Optional.of(assignment)))
        .isEqualTo(Assignments.Reading.ACCEPTED);
  }

  KernelTables tables() {
    return state.tables(ips(), NIC);
  }

  Optional<Verdict> verdict(IpAddress podIp, String destination) {
    KernelTables tables = tables();
    return tables.classes().get(tables.podClasses().get(podIp)).verdict(ip(destination));
  }

  static int egressIndex(KernelTables tables) {
    PodClass only = tables.classes().get(tables.podClasses().get(POD));
    return ((Verdict.Egress) only.verdict(ip("203.0.113.1")).orElseThrow()).index();
  }

  static Optional<NextHop> route(KernelTables tables) {
    return Optional.ofNullable(tables.routes().get(tables.egressRoutes().get(egressIndex(tables))));
  }
}

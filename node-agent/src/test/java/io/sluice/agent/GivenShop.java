package io.sluice.agent;

import static io.sluice.agent.core.Given.granted;
import static io.sluice.agent.core.Given.holder;
import static io.sluice.agent.core.Given.ip;
import static io.sluice.agent.core.Given.pod;
import static io.sluice.agent.core.Given.podId;
import static io.sluice.agent.core.Given.policyId;
import static io.sluice.agent.core.Given.snat;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.KernelTables;
import io.sluice.model.AgentReport.Applied;
import io.sluice.model.AgentReport.AppliedState;
import io.sluice.model.Binding;
import io.sluice.model.BindingId;
import io.sluice.model.IpAddress;
import java.util.Map;

/** One policy with one Pod on this node, and the floating IPs that tests of the loop deal with. */
final class GivenShop {

  static final long SESSION = SteppedAgent.FIRST_SESSION;

  /** The one that the policy names. */
  static final IpAddress FIP = ip("10.40.1.100");

  static final IpAddress OTHER = ip("10.40.1.101");

  static final Map<BindingId, Binding> SHOP =
      Map.of(
          policyId("shop"), snat(1, "203.0.113.0/24", "10.40.1.100"),
          podId("shop", "pod-1"), pod("10.244.1.5"));

  private GivenShop() {}

  static Applied held(IpAddress floatingIp, long epoch) {
    return new Applied(floatingIp, epoch, AppliedState.HELD);
  }

  /** What an agent that held {@link #FIP} has left behind. */
  static KernelTables kernelOfAnEarlierLife() {
    SteppedAgent earlier = new SteppedAgent();
    earlier.started(Map.of(), SHOP);
    earlier.read(FIP, granted(holder(1, SESSION), 3));
    KernelTables found = earlier.dataPlane.kernel;
    assertThat(found.held()).containsExactly(FIP);
    assertThat(found.podClasses()).isNotEmpty();
    return found;
  }
}

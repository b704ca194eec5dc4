package io.sluice.agent.kernel;

import io.sluice.agent.core.KernelTables;
import io.sluice.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which packets begin and which cease to wait, by the next hop behind which they do.
 *
 * @param begun closed before the first packet comes
 * @param ended opened when what waited has another way: out of here if the floating IP was granted,
 *     on to its holder if the move was called off
 */
record Waiting(List<IpAddress> begun, List<IpAddress> ended) {

  static Waiting between(KernelTables from, KernelTables to) {
    Difference<Map.Entry<Integer, IpAddress>> difference =
        Difference.of(from.waiting(), to.waiting());
    return new Waiting(nextHops(difference.added()), nextHops(difference.removed()));
  }

  private static List<IpAddress> nextHops(List<Map.Entry<Integer, IpAddress>> entries) {
    List<IpAddress> nextHops = new ArrayList<>();
    Difference.each(
        entries, (index, ip) -> nextHops.add(WaitingDevice.nextHop(index, ip.family())));
    return nextHops;
  }
}

package io.sluice.agent.kernel;

import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Connections that began before the rules were loaded for the first time.
 *
 * @param services destinations that somebody translates: the rules have to know them, or they would
 *     look for these connections in the wrong zone
 * @param outsideZone those that leave with a floating IP as a version before zones translated them:
 *     in their place the next packet would get another port
 */
record EarlierConnections(SortedSet<IpAddress> services, List<Flow> outsideZone) {

  /** Reads all of conntrack, and which floating IPs the rules in force know. */
  static EarlierConnections read(NetlinkSocket socket) {
    return InterruptedDumpException.retry(() -> {
      Set<IpAddress> pool = new HashSet<>();
      for (IpFamily family : IpFamily.values()) {
        NftMessages.dump(
            socket,
            NftSet.pool(family),
            element -> pool.add(KernelValues.readAddress(element.key())));
      }
      EarlierConnections found = new EarlierConnections(new TreeSet<>(), new ArrayList<>());
      Conntrack.dump(
          socket,
          flow -> {
            if (flow.isRedirected()) {
              found.services.add(flow.sentTo());
            } else if (!flow.inZone() && pool.contains(flow.repliesTo())) {
              found.outsideZone.add(flow);
            }
          });
      return found;
    });
  }

  /** Commands of nft that tell the rules of the services. */
  String servicesKnown() {
    return services.stream()
        .map(service ->
            "add element inet %s %s { %s }%n"
                .formatted(
                    Ownership.TABLE,
                    switch (service.family()) {
                      case IPV4 -> "service_v4";
                      case IPV6 -> "service_v6";
                    },
                    service))
        .collect(Collectors.joining());
  }
}

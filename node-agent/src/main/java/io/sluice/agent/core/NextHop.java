package io.sluice.agent.core;

import io.sluice.model.IpAddress;
import java.util.Objects;

/**
 * Where matched packets go to reach the holder of a floating IP.
 *
 * @param direct whether the node is on the same layer 2 segment and is itself the next hop (then it
 *     carries packets of its own address family only); otherwise packets of both families reach it
 *     through the VXLAN tunnel
 * @param node the address of the holder's network interface
 */
public record NextHop(boolean direct, IpAddress node) {

  public NextHop {
    Objects.requireNonNull(node, "node");
  }
}

package io.sluice.agent.kernel;

import java.util.List;
import java.util.Optional;

/** The tunnel device: made if it is missing, made anew if it is not what it should be. */
final class TunnelDevice {

  private static final String KIND = "vxlan";

  private final NetlinkSocket socket;
  private final VxlanSettings settings;

  TunnelDevice(NetlinkSocket socket, VxlanSettings settings) {
    this.socket = socket;
    this.settings = settings;
  }

  /**
   * Sees to it that the device is there.
   *
   * @throws KernelException with EOPNOTSUPP if the kernel has no VXLAN
   */
  void install(Links.Link nic, List<Addresses.InKernel> nicAddresses) {
    int mtu = VxlanSettings.mtu(nic.mtu());
    Optional<Links.Link> present = Links.find(socket, settings.device());
    if (present.isPresent() && !isOurs(present.get())) {
      throw new KernelException(
          "the interface %s is not Sluice's: remove it, or configure another tunnel name"
              .formatted(settings.device()));
    }
    if (present.isPresent() && present.get().udpPort() != settings.udpPort()) {
      socket.request(Links.remove(present.get()));
      present = Optional.empty();
    }
    if (present.isEmpty()) {
      socket.request(Links.addTunnel(settings.device(), mtu, settings.udpPort()));
    }
    Links.Link tunnel = Links.get(socket, settings.device());
    // Configured first: going up would give it an IPv6 address.
    socket.request(Links.configureOwn(tunnel, mtu));
    socket.request(Links.setUp(tunnel));
    OwnAddress.lend(socket, tunnel, nicAddresses);
  }

  /** The interface index, 0 if the device is not there. */
  int index() {
    return Links.find(socket, settings.device())
        .filter(TunnelDevice::isOurs)
        .map(Links.Link::index)
        .orElse(0);
  }

  void remove() {
    Links.find(socket, settings.device())
        .filter(TunnelDevice::isOurs)
        .ifPresent(link -> socket.request(Links.remove(link)));
  }

  /** A device without alias that is not up is one whose making was cut short. */
  private static boolean isOurs(Links.Link link) {
    return link.kind().equals(KIND)
        && (link.alias().equals(Ownership.DEVICE_ALIAS) || (link.alias().isEmpty() && !link.up()));
  }
}

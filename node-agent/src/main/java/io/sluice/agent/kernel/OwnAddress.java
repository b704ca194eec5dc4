package io.sluice.agent.kernel;

import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;
import java.util.List;
import java.util.Optional;

/**
 * Lends a device of ours the IPv4 address of the NIC: on an interface without one the kernel's
 * reverse path filter drops everything unless it is off altogether.
 */
final class OwnAddress {

  private OwnAddress() {}

  /** {@code ip addr add NIC-ADDRESS/32 dev D scope link}, in place of any other of ours. */
  static void lend(NetlinkSocket socket, Links.Link device, List<Addresses.InKernel> nicAddresses) {
    Optional<IpAddress> wanted =
        nicAddresses.stream()
            .filter(address -> !address.isOurs() && address.scope() < Addresses.SCOPE_LINK)
            .map(Addresses.InKernel::address)
            .map(InterfaceAddress::address)
            .filter(address -> address.family() == IpFamily.IPV4)
            .findFirst();
    List<IpAddress> present =
        Addresses.list(socket, device.index()).stream()
            .filter(Addresses.InKernel::isOurs)
            .map(address -> address.address().address())
            .toList();
    if (wanted.isPresent() && !present.contains(wanted.get())) {
      socket.request(Addresses.add(device.index(), wanted.get(), Addresses.SCOPE_LINK));
    }
    present.stream()
        .filter(address -> !wanted.equals(Optional.of(address)))
        .forEach(address -> socket.request(Addresses.remove(device.index(), address)));
  }
}

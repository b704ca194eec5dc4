package io.sluice.agent.kernel;

/** A node with a data plane and a NIC, and nobody at the other end of its cable. */
final class LoneNode implements AutoCloseable {

  final NetworkNamespace namespace;
  private LinuxDataPlane dataPlane;

  LoneNode() {
    namespace = NetworkNamespace.create("node");
    try {
      namespace.run("sysctl -qw net.ipv6.conf.default.accept_dad=0");
      namespace.run("ip link add eth0 type veth peer name far");
      namespace.run("ip link set far up");
      namespace.run("ip link set eth0 address 02:00:00:00:00:11 up");
      namespace.run("ip addr add 10.40.0.11/16 dev eth0");
      namespace.run("ip addr add fd00:40::11/64 dev eth0 nodad");
      namespace.run("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
      namespace.awaitSettled("eth0");
      dataPlane = open(VxlanSettings.DEFAULT);
    } catch (RuntimeException e) {
      namespace.close();
      throw e;
    }
  }

  private LinuxDataPlane open(VxlanSettings tunnel) {
    return namespace.inside(() -> LinuxDataPlane.open("eth0", tunnel));
  }

  LinuxDataPlane dataPlane() {
    return dataPlane;
  }

  /** Another process takes over what this one leaves in the kernel. */
  LinuxDataPlane reopen() {
    return reopen(VxlanSettings.DEFAULT);
  }

  LinuxDataPlane reopen(VxlanSettings tunnel) {
    dataPlane.close();
    dataPlane = open(tunnel);
    return dataPlane;
  }

  @Override
  public void close() {
    try {
      dataPlane.close();
    } finally {
      namespace.close();
    }
  }
}

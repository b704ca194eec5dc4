package io.sluice.agent.kernel;

import java.nio.ByteOrder;

/**
 * Keeps the notifications of our own element changes from ever reaching the listening socket: a
 * first load of 150,000 elements would overrun it, and every renewal of a lease would wake the
 * thread that listens. A filter drops messages whose nlmsg_pid is the port of a socket that makes
 * changes.
 */
final class OwnChanges {

  private static final int NLMSG_PID_AT = 12;

  private OwnChanges() {}

  /** From now on the socket does not hear what the sockets of these ports cause. */
  static void silence(NetlinkSocket listening, int... causingPorts) {
    // BPF loads words in network order.
    boolean swapped = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    SocketFilter filter = new SocketFilter().word(NLMSG_PID_AT);
    for (int port : causingPorts) {
      filter.dropIf(swapped ? Integer.reverseBytes(port) : port);
    }
    filter.accept().attach(listening.fd());
  }
}

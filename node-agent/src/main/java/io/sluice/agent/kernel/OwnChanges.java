package io.sluice.agent.kernel;

import java.nio.ByteOrder;

/**
 * Keeps the notifications of our own element changes from ever reaching the listening socket: a
 * first load of 150,000 elements would overrun it. A filter drops messages whose nlmsg_pid is the
 * port of the socket that makes the changes.
 */
final class OwnChanges {

  private static final int NLMSG_PID_AT = 12;

  private OwnChanges() {}

  /** From now on the socket does not hear what the socket of this port causes. */
  static void silence(NetlinkSocket listening, int causingPort) {
    // BPF loads words in network order.
    boolean swapped = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    int port = swapped ? Integer.reverseBytes(causingPort) : causingPort;
    new SocketFilter().word(NLMSG_PID_AT).dropIf(port).accept().attach(listening.fd());
  }
}

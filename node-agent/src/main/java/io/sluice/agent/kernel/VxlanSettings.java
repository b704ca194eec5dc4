package io.sluice.agent.kernel;

/**
 * The tunnel to holders on another layer 2 segment: VXLAN-GPE, which carries IP packets without
 * Ethernet headers, so it needs neither MAC addresses nor a forwarding database.
 *
 * <p>On the MTU: the tunnel takes {@value #OVERHEAD_BYTES} bytes of each packet (IPv6 40, UDP 8,
 * VXLAN 8; 20 fewer over IPv4), so its MTU is the NIC's less that. The MSS of TCP connections
 * through the tunnel is clamped, larger packets are answered with "fragmentation needed" by the
 * Pod's own node. Where Pods have the NIC's MTU and send large UDP packets without listening to
 * that, raise the NIC's MTU by {@value #OVERHEAD_BYTES}. Direct next hops take nothing.
 *
 * @param device the name of the tunnel device
 * @param udpPort the port it listens on and sends to; must be open between nodes. Not 4789 or 8472,
 *     which network plugins use
 * @param networkId the VXLAN network identifier, 24 bits
 */
public record VxlanSettings(String device, int udpPort, int networkId) {

  public static final VxlanSettings DEFAULT = new VxlanSettings("sluice0", 4799, 0x51);

  static final int OVERHEAD_BYTES = 56;

  private static final int LONGEST_NAME = 15;

  public VxlanSettings {
    if (device.isEmpty() || device.length() > LONGEST_NAME || !device.matches("[A-Za-z0-9_.-]+")) {
      throw new IllegalArgumentException(
          "the tunnel's name has 1 to 15 letters, digits, \"_\", \".\" or \"-\", not \""
              + device
              + "\"");
    }
    if (udpPort < 1 || udpPort > 0xFFFF) {
      throw new IllegalArgumentException("a UDP port lies between 1 and 65535, not " + udpPort);
    }
    if (networkId < 0 || networkId > 0xFF_FFFF) {
      throw new IllegalArgumentException("a VXLAN network has 24 bits, not " + networkId);
    }
  }

  /** The tunnel's MTU over a NIC of this MTU. */
  static int mtu(int nicMtu) {
    return nicMtu - OVERHEAD_BYTES;
  }
}

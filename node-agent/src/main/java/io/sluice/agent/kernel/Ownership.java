package io.sluice.agent.kernel;

import io.sluice.model.IpAddress;
import io.sluice.model.IpFamily;

/**
 * The tags by which Sluice knows its own things in the kernel, and the numbers it has taken. What
 * does not carry a tag is never counted, changed or removed.
 */
final class Ownership {

  /**
   * The protocol (origin) of our addresses (IFA_PROTO), routes (rtm_protocol) and rules
   * (FRA_PROTOCOL). Not one of /etc/iproute2/rt_protos.
   */
  static final int PROTOCOL = 83;

  /** The name of our nftables table, family inet. */
  static final String TABLE = "sluice";

  /** The alias of our devices. */
  static final String DEVICE_ALIAS = "sluice";

  /** The priority of the rules that lead marked packets to a holder. */
  static final int RULE_PRIORITY = 5100;

  /** The priority of the rule that ends the way of marked packets no earlier rule has taken. */
  static final int LAST_RULE_PRIORITY = 5199;

  /** The routing table of route index 0; index r has this number plus r. */
  static final int FIRST_TABLE = 51_000;

  /** The routing table by which packets of egress index e wait has this number plus e. */
  static final int FIRST_WAITING_TABLE = FIRST_TABLE + 2048;

  /** The conntrack zone of what is translated here, in the direction of the first packet. */
  static final int ZONE = 51_000;

  private Ownership() {}

  /** The address family number of the kernel. */
  static int familyNumber(IpFamily family) {
    return switch (family) {
      case IPV4 -> Libc.AF_INET;
      case IPV6 -> Libc.AF_INET6;
    };
  }

  static int familyNumber(IpAddress address) {
    return familyNumber(address.family());
  }
}

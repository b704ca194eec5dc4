package io.sluice.api;

/**
 * The shapes of addresses in text, for validators that know no CEL. They let through what only
 * looks like an address; the rules beside them do not.
 */
final class IpText {

  static final String ADDRESS = "^[0-9a-fA-F.:]+$";
  static final String NETWORK = "^[0-9a-fA-F.:]+/[0-9]{1,3}$";

  /** An address, a range or a network. */
  static final String ENTRY = "^[0-9a-fA-F.:]+(/[0-9]{1,3}| *- *[0-9a-fA-F.:]+)?$";

  /** {@code ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255} */
  static final int MAX_ADDRESS_LENGTH = 45;

  /** With {@code /128} behind it. */
  static final int MAX_NETWORK_LENGTH = MAX_ADDRESS_LENGTH + 4;

  private IpText() {}
}

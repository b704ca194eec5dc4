package io.sluice.model;

import java.util.Objects;

/**
 * A network in CIDR notation (RFC 4632). Host bits are cleared, so two texts of one network are
 * equal.
 *
 * @param network the first address
 * @param prefixLength the number of fixed bits
 */
public record Cidr(IpAddress network, int prefixLength) implements Comparable<Cidr> {

  public Cidr {
    Objects.requireNonNull(network, "network");
    if (prefixLength < 0 || prefixLength > network.family().bits()) {
      throw new IllegalArgumentException(
          "a prefix length of %s lies between 0 and %d, not %d"
              .formatted(network.family(), network.family().bits(), prefixLength));
    }
    network =
        new IpAddress(
            network.family(),
            network.high() & highMask(network.family(), prefixLength),
            network.low() & lowMask(network.family(), prefixLength));
  }

  /**
   * Reads {@code address/prefix}; host bits may be set and are cleared.
   *
   * @throws IllegalArgumentException if the text is no network; the message quotes it
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String digits = text.substring(slash + 1);
    if (slash < 0
        || digits.isEmpty()
        || digits.length() > 3
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a network in CIDR notation, such as 203.0.113.0/24");
    }
    return new Cidr(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(digits));
  }

  /** The network of this one address: /32 or /128. */
  public static Cidr of(IpAddress address) {
    return new Cidr(address, address.family().bits());
  }

  public IpFamily family() {
    return network.family();
  }

  public boolean contains(IpAddress address) {
    return address.family() == family()
        && (address.high() & highMask(family(), prefixLength)) == network.high()
        && (address.low() & lowMask(family(), prefixLength)) == network.low();
  }

  /** Whether every address of the other network is one of this one. */
  public boolean contains(Cidr other) {
    return other.prefixLength >= prefixLength && contains(other.network);
  }

  /** The lowest address. */
  public IpAddress first() {
    return network;
  }

  /** The highest address. */
  public IpAddress last() {
    long lastHigh = network.high() | ~highMask(family(), prefixLength);
    long lastLow = network.low() | ~lowMask(family(), prefixLength);
    return switch (family()) {
      case IPV4 -> new IpAddress(IpFamily.IPV4, 0, lastLow & 0xFFFF_FFFFL);
      case IPV6 -> new IpAddress(IpFamily.IPV6, lastHigh, lastLow);
    };
  }

  @Override
  public int compareTo(Cidr other) {
    int byNetwork = network.compareTo(other.network);
    return byNetwork != 0 ? byNetwork : Integer.compare(prefixLength, other.prefixLength);
  }

  @Override
  public String toString() {
    return network + "/" + prefixLength;
  }

  private static long highMask(IpFamily family, int prefixLength) {
    return family == IpFamily.IPV4 ? 0 : leadingOnes(Math.min(prefixLength, 64));
  }

  private static long lowMask(IpFamily family, int prefixLength) {
    return family == IpFamily.IPV4
        ? leadingOnes(prefixLength + 32) & 0xFFFF_FFFFL
        : leadingOnes(Math.max(prefixLength - 64, 0));
  }

  private static long leadingOnes(int count) {
    return count == 0 ? 0 : -1L << (64 - count);
  }
}

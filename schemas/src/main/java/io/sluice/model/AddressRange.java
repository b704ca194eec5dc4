package io.sluice.model;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * A run of addresses, both ends included: one entry of a gateway's {@code floatingIPs}.
 *
 * @param first the lowest address
 * @param last the highest address, of the same family
 */
public record AddressRange(IpAddress first, IpAddress last) {

  /** The most addresses one entry may stand for; more is a typing error, not a plan. */
  public static final int MAX_ADDRESSES = 65_536;

  public AddressRange {
    if (first.family() != last.family()) {
      throw new IllegalArgumentException(
          "a range has two ends of one family: " + first + "-" + last);
    }
    if (first.compareTo(last) > 0) {
      throw new IllegalArgumentException(
          "a range begins with its lower end: " + first + "-" + last);
    }
    if (size(first, last).compareTo(BigInteger.valueOf(MAX_ADDRESSES)) > 0) {
      throw new IllegalArgumentException(
          "%s-%s holds more than %,d addresses".formatted(first, last, MAX_ADDRESSES));
    }
  }

  /**
   * Reads a single address, {@code first-last}, or a network in CIDR notation.
   *
   * @throws IllegalArgumentException if the text is none of them, or stands for too many
   */
  public static AddressRange parse(String text) {
    int dash = text.indexOf('-');
    if (dash >= 0) {
      return new AddressRange(
          IpAddress.parse(text.substring(0, dash).strip()),
          IpAddress.parse(text.substring(dash + 1).strip()));
    }
    if (text.indexOf('/') >= 0) {
      Cidr network = Cidr.parse(text);
      return new AddressRange(network.first(), network.last());
    }
    IpAddress single = IpAddress.parse(text);
    return new AddressRange(single, single);
  }

  /** All addresses, in order. */
  public List<IpAddress> addresses() {
    List<IpAddress> all = new ArrayList<>();
    for (IpAddress ip = first; ip.compareTo(last) < 0; ip = ip.next()) {
      all.add(ip);
    }
    all.add(last);
    return all;
  }

  public boolean contains(IpAddress address) {
    return address.family() == first.family()
        && first.compareTo(address) <= 0
        && address.compareTo(last) <= 0;
  }

  private static BigInteger size(IpAddress first, IpAddress last) {
    return new BigInteger(1, last.toBytes())
        .subtract(new BigInteger(1, first.toBytes()))
        .add(BigInteger.ONE);
  }
}

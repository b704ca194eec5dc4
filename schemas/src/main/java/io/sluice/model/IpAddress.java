package io.sluice.model;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address as a value. Two texts of one address are equal, and the order is numeric
 * with IPv4 first.
 *
 * @param family the address family
 * @param high the upper 64 bits (zero for IPv4)
 * @param low the lower 64 bits (the lowest 32 for IPv4)
 */
public record IpAddress(IpFamily family, long high, long low) implements Comparable<IpAddress> {

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
  private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Pattern OVERLONG_GROUP = Pattern.compile("[0-9a-fA-F]{5}");
  private static final int IPV6_GROUPS = 8;

  public IpAddress {
    Objects.requireNonNull(family, "family");
    if (family == IpFamily.IPV4 && (high != 0 || low >>> 32 != 0)) {
      throw new IllegalArgumentException("an IPv4 address has 32 bits");
    }
  }

  /**
   * Reads the usual text form. Strict: no shorthand such as {@code 10.1}, no leading zeros in
   * decimals, no zone, and no IPv4 address dressed up as IPv6 ({@code ::ffff:10.0.0.1}): one
   * address must not pass for two.
   *
   * @throws IllegalArgumentException if the text is no address; the message quotes it
   */
  public static IpAddress parse(String text) {
    if (IPV4.matcher(text).matches()) {
      return of(Inet4Address.ofLiteral(text));
    }
    if (!looksLikeIpv6(text)) {
      throw notAnAddress(text);
    }
    InetAddress address;
    try {
      address = Inet6Address.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(notAnAddress(text).getMessage(), e);
    }
    if (address instanceof Inet4Address) {
      throw new IllegalArgumentException(
          "\"%s\" is an IPv4 address in IPv6 notation: write %s".formatted(text, of(address)));
    }
    return of(address);
  }

  /** The JDK's parser is laxer: it takes zones, brackets, long groups and leading zeros. */
  private static boolean looksLikeIpv6(String text) {
    String tail = text.substring(text.lastIndexOf(':') + 1);
    return IPV6_CHARACTERS.matcher(text).matches()
        && !OVERLONG_GROUP.matcher(text).find()
        && (tail.indexOf('.') < 0 || IPV4.matcher(tail).matches());
  }

  private static IllegalArgumentException notAnAddress(String text) {
    return new IllegalArgumentException("\"" + text + "\" is not an IPv4 or IPv6 address");
  }

  /** The same address as the JDK's type. */
  public static IpAddress of(InetAddress address) {
    return ofBytes(address.getAddress());
  }

  /**
   * Reads the network byte order form, 4 or 16 bytes.
   *
   * @throws IllegalArgumentException for any other length
   */
  public static IpAddress ofBytes(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return switch (bytes.length) {
      case 4 -> new IpAddress(IpFamily.IPV4, 0, Integer.toUnsignedLong(buffer.getInt()));
      case 16 -> new IpAddress(IpFamily.IPV6, buffer.getLong(), buffer.getLong());
      default ->
          throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
    };
  }

  /** The network byte order form, 4 or 16 bytes. */
  public byte[] toBytes() {
    return switch (family) {
      case IPV4 -> ByteBuffer.allocate(4).putInt((int) low).array();
      case IPV6 -> ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    };
  }

  /** The same address as the JDK's type. */
  public InetAddress toInetAddress() {
    try {
      return InetAddress.getByAddress(toBytes());
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 bytes are always an address", e);
    }
  }

  /** The numerically next address; wraps to zero after the last of the family. */
  public IpAddress next() {
    return switch (family) {
      case IPV4 -> new IpAddress(family, 0, (low + 1) & 0xFFFF_FFFFL);
      case IPV6 -> new IpAddress(family, low == -1 ? high + 1 : high, low + 1);
    };
  }

  /** The numerically previous address; wraps to the last one before zero. */
  public IpAddress previous() {
    return switch (family) {
      case IPV4 -> new IpAddress(family, 0, (low - 1) & 0xFFFF_FFFFL);
      case IPV6 -> new IpAddress(family, low == 0 ? high - 1 : high, low - 1);
    };
  }

  @Override
  public int compareTo(IpAddress other) {
    int byFamily = family.compareTo(other.family);
    if (byFamily != 0) {
      return byFamily;
    }
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  /** The canonical text: dotted decimal, or RFC 5952 for IPv6. */
  @Override
  public String toString() {
    return switch (family) {
      case IPV4 ->
          "%d.%d.%d.%d".formatted(low >>> 24, (low >>> 16) & 0xFF, (low >>> 8) & 0xFF, low & 0xFF);
      case IPV6 -> ipv6Text();
    };
  }

  /**
   * RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as ::.
   */
  private String ipv6Text() {
    int[] groups = new int[IPV6_GROUPS];
    for (int i = 0; i < IPV6_GROUPS; i++) {
      long half = i < 4 ? high : low;
      groups[i] = (int) (half >>> (48 - 16 * (i % 4))) & 0xFFFF;
    }
    int start = -1;
    int length = 1;
    for (int i = 0; i < IPV6_GROUPS; i++) {
      int end = i;
      while (end < IPV6_GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < IPV6_GROUPS; i++) {
      if (i == start) {
        text.append("::");
        i += length - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}

package io.sluice.model;

/**
 * An address as a network interface carries it: unlike {@link Cidr} it keeps the host bits.
 *
 * @param address the address itself
 * @param prefixLength the length of the subnet's prefix
 */
public record InterfaceAddress(IpAddress address, int prefixLength) {

  public InterfaceAddress {
    new Cidr(address, prefixLength);
  }

  /** Reads {@code address/prefix}. @throws IllegalArgumentException if the text is none */
  public static InterfaceAddress parse(String text) {
    Cidr network = Cidr.parse(text);
    return new InterfaceAddress(
        IpAddress.parse(text.substring(0, text.indexOf('/'))), network.prefixLength());
  }

  /** The network this address lies in. */
  public Cidr subnet() {
    return new Cidr(address, prefixLength);
  }

  @Override
  public String toString() {
    return address + "/" + prefixLength;
  }
}

package io.sluice.model;

/** The two families of Internet addresses. */
public enum IpFamily {
  IPV4(32),
  IPV6(128);

  private final int bits;

  IpFamily(int bits) {
    this.bits = bits;
  }

  /** The length of an address in bits. */
  public int bits() {
    return bits;
  }
}

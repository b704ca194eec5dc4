package io.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CidrTest {

  @ParameterizedTest
  @CsvSource({
    "203.0.113.0/24, 203.0.113.0/24, 203.0.113.0, 203.0.113.255",
    "203.0.113.77/24, 203.0.113.0/24, 203.0.113.0, 203.0.113.255",
    "10.40.1.100/32, 10.40.1.100/32, 10.40.1.100, 10.40.1.100",
    "10.40.1.101/31, 10.40.1.100/31, 10.40.1.100, 10.40.1.101",
    "255.255.255.255/0, 0.0.0.0/0, 0.0.0.0, 255.255.255.255",
    "192.0.2.1/1, 128.0.0.0/1, 128.0.0.0, 255.255.255.255",
    "2001:db8::1/32, 2001:db8::/32, 2001:db8::, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db8::1/64, 2001:db8::/64, 2001:db8::, 2001:db8::ffff:ffff:ffff:ffff",
    "2001:db8::1/65, 2001:db8::/65, 2001:db8::, 2001:db8::7fff:ffff:ffff:ffff",
    "2001:db8::1/63, 2001:db8::/63, 2001:db8::, 2001:db8:0:1:ffff:ffff:ffff:ffff",
    "2001:db8::1/128, 2001:db8::1/128, 2001:db8::1, 2001:db8::1",
    "ffff::1/0, ::/0, ::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  })
  void hostBitsAreClearedAndTheEndsFollow(
      String text, String canonical, String first, String last) {
    Cidr cidr = Cidr.parse(text);
    assertThat(cidr).hasToString(canonical).isEqualTo(Cidr.parse(canonical));
    assertThat(cidr.first()).hasToString(first);
    assertThat(cidr.last()).hasToString(last);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "10.0.0.0",
        "10.0.0.0/",
        "/8",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/8 ",
        "10.0.0.0/8/8",
        "10.0.0/8",
        "10.0.0.0/255.0.0.0",
        "10.0.0.0/0008",
        "10.0.0.0/٨",
        "::/129",
        "::/",
        "::ffff:10.0.0.0/104",
        "fe80::1%eth0/64",
      })
  void anythingElseIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse(text));
  }

  @Test
  void containsExactlyWhatLiesBetweenItsEnds() {
    RandomModel model = new RandomModel(2);
    for (int i = 0; i < 10_000; i++) {
      Cidr cidr = model.cidr();
      IpAddress address = model.ipAddress();
      boolean between =
          address.family() == cidr.family()
              && cidr.first().compareTo(address) <= 0
              && cidr.last().compareTo(address) >= 0;
      assertThat(cidr.contains(address)).as("%s in %s", address, cidr).isEqualTo(between);
      assertThat(cidr.contains(cidr.first())).isTrue();
      assertThat(cidr.contains(cidr.last())).isTrue();
      if (cidr.prefixLength() > 0) {
        assertThat(cidr.contains(cidr.last().next())).isFalse();
        assertThat(cidr.contains(cidr.first().previous())).isFalse();
      }
      assertThat(size(cidr))
          .isEqualTo(BigInteger.ONE.shiftLeft(cidr.family().bits() - cidr.prefixLength()));
      assertThat(Cidr.parse(cidr.toString())).isEqualTo(cidr);
    }
  }

  private static BigInteger size(Cidr cidr) {
    return new BigInteger(1, cidr.last().toBytes())
        .subtract(new BigInteger(1, cidr.first().toBytes()))
        .add(BigInteger.ONE);
  }

  @Test
  void aNetworkContainsItsPartsAndNotItsWhole() {
    Cidr wide = Cidr.parse("10.40.0.0/16");
    Cidr narrow = Cidr.parse("10.40.1.0/24");
    assertThat(wide.contains(narrow)).isTrue();
    assertThat(wide.contains(wide)).isTrue();
    assertThat(narrow.contains(wide)).isFalse();
    assertThat(wide.contains(Cidr.parse("10.41.1.0/24"))).isFalse();
    assertThat(Cidr.parse("0.0.0.0/0").contains(Cidr.parse("::/0"))).isFalse();
    assertThat(Cidr.parse("::/0").contains(IpAddress.parse("10.0.0.1"))).isFalse();
  }

  @Test
  void theOrderIsByFirstAddressAndThenTheWiderNetworkFirst() {
    assertThat(
            Stream.of("::/0", "10.0.0.0/16", "10.0.0.0/8", "9.0.0.0/8", "0.0.0.0/0")
                .map(Cidr::parse)
                .sorted()
                .map(Cidr::toString))
        .containsExactly("0.0.0.0/0", "9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16", "::/0");
  }

  @Test
  void anInterfaceAddressKeepsItsHostBits() {
    InterfaceAddress address = InterfaceAddress.parse("10.40.0.11/16");
    assertThat(address).hasToString("10.40.0.11/16");
    assertThat(address.subnet()).isEqualTo(Cidr.parse("10.40.0.0/16"));
    assertThat(InterfaceAddress.parse("2001:db8::11/64").subnet())
        .isEqualTo(Cidr.parse("2001:db8::/64"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new InterfaceAddress(IpAddress.parse("10.40.0.11"), 33));
    assertThatIllegalArgumentException().isThrownBy(() -> InterfaceAddress.parse("10.40.0.11"));
  }
}

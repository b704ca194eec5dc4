package io.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IpAddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"0.0.0.0", "10.40.1.100", "127.0.0.1", "198.51.100.10", "255.255.255.255"})
  void anIpv4AddressReadsBackAsItsText(String text) {
    IpAddress address = IpAddress.parse(text);
    assertThat(address.family()).isEqualTo(IpFamily.IPV4);
    assertThat(address).hasToString(text);
    assertThat(address.toBytes()).hasSize(4);
  }

  /** The examples of RFC 5952, sections 1, 4 and 5 among them. */
  @ParameterizedTest
  @CsvSource({
    "::, ::",
    "0:0:0:0:0:0:0:0, ::",
    "::1, ::1",
    "1::, 1::",
    "2001:0db8::0001, 2001:db8::1",
    "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:aaaa:bbbb:cccc:dddd:eeee:AAAA, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa",
    "fe80:0:0:0:0:0:0:0, fe80::",
    "1:0:0:0:0:0:0:8, 1::8",
    "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
    "0:0:3:4:5:6:7:8, ::3:4:5:6:7:8",
    "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
  })
  void anIpv6AddressIsShownAsRfc5952Says(String text, String canonical) {
    assertThat(IpAddress.parse(text)).hasToString(canonical);
    assertThat(IpAddress.parse(canonical)).isEqualTo(IpAddress.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "10.1",
        "10.0.0",
        "10.0.0.1.2",
        "10.0.0.256",
        "10.0.0.01",
        "010.0.0.1",
        "10.0.0.-1",
        "10.0.0.1 ",
        " 10.0.0.1",
        "10.0.0.1.",
        ".10.0.0.1",
        "0x0a.0.0.1",
        "167772161",
        "1O.0.0.1",
        "10.0.0.1\n",
        "١٠.0.0.1",
        "10.0.0.1/32",
        "node-1",
        "localhost",
        "1::2::3",
        ":::",
        ":1::2",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8:",
        "::g",
        "::12345",
        "00001::",
        "fe80::1%eth0",
        "[::1]",
        "::1 ",
        "::１",
        "::1.2.3",
        "::1.2.3.256",
        "::01.2.3.4",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::/0",
      })
  void anythingElseIsRefusedAndQuoted(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IpAddress.parse(text))
        .withMessage("\"" + text + "\" is not an IPv4 or IPv6 address");
  }

  @ParameterizedTest
  @ValueSource(strings = {"::ffff:10.0.0.1", "::FFFF:a00:1", "0:0:0:0:0:ffff:10.0.0.1"})
  void anIpv4AddressInIpv6NotationIsRefusedForItsProperText(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IpAddress.parse(text))
        .withMessage("\"" + text + "\" is an IPv4 address in IPv6 notation: write 10.0.0.1");
  }

  @Test
  void theOrderIsNumericWithIpv4First() {
    List<IpAddress> ordered =
        Stream.of(
                "0.0.0.0",
                "9.255.255.255",
                "10.0.0.2",
                "10.0.0.10",
                "127.255.255.255",
                "128.0.0.0",
                "255.255.255.255",
                "::",
                "::1",
                "::8000:0:0:0",
                "1::",
                "7fff::",
                "8000::",
                "ff02::1")
            .map(IpAddress::parse)
            .toList();
    assertThat(ordered.reversed().stream().sorted()).containsExactlyElementsOf(ordered);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.255, 10.0.1.0",
    "127.255.255.255, 128.0.0.0",
    "255.255.255.255, 0.0.0.0",
    "::ffff:ffff:ffff:ffff, 0:0:0:1::",
    "2001:db8::ffff, 2001:db8::1:0",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ::",
  })
  void nextAndPreviousCarryOverAndWrap(String before, String after) {
    assertThat(IpAddress.parse(before).next()).isEqualTo(IpAddress.parse(after));
    assertThat(IpAddress.parse(after).previous()).isEqualTo(IpAddress.parse(before));
  }

  @Test
  void textBytesAndTheTypeOfTheJdkAllLeadBack() throws UnknownHostException {
    RandomModel model = new RandomModel(1);
    for (int i = 0; i < 10_000; i++) {
      IpAddress address = model.ipAddress();
      assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
      assertThat(IpAddress.ofBytes(address.toBytes())).isEqualTo(address);
      assertThat(IpAddress.of(address.toInetAddress())).isEqualTo(address);
      assertThat(address.next().previous()).isEqualTo(address);
      assertThat(InetAddress.getByName(address.toString())).isEqualTo(address.toInetAddress());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 5, 15, 17})
  void bytesOfAnyOtherLengthAreNoAddress(int length) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IpAddress.ofBytes(new byte[length]))
        .withMessage("an address has 4 or 16 bytes, not " + length);
  }

  @Test
  void anIpv4AddressHasNoMoreThan32Bits() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new IpAddress(IpFamily.IPV4, 0, 1L << 32));
    assertThatIllegalArgumentException().isThrownBy(() -> new IpAddress(IpFamily.IPV4, 1, 0));
  }
}

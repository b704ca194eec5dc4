package io.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressRangeTest {

  @ParameterizedTest
  @CsvSource({
    "10.40.1.100, 10.40.1.100, 10.40.1.100, 1",
    "10.40.1.100-10.40.1.102, 10.40.1.100, 10.40.1.102, 3",
    "10.40.1.100 - 10.40.1.102, 10.40.1.100, 10.40.1.102, 3",
    "10.40.1.254-10.40.2.1, 10.40.1.254, 10.40.2.1, 4",
    "10.40.1.64/30, 10.40.1.64, 10.40.1.67, 4",
    "255.255.255.254-255.255.255.255, 255.255.255.254, 255.255.255.255, 2",
    "10.40.0.0/16, 10.40.0.0, 10.40.255.255, 65536",
    "2001:db8::1, 2001:db8::1, 2001:db8::1, 1",
    "2001:db8::fffe-2001:db8::1:1, 2001:db8::fffe, 2001:db8::1:1, 4",
    "2001:db8::/112, 2001:db8::, 2001:db8::ffff, 65536",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/127, ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe,"
        + " ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 2",
  })
  void anEntryStandsForAllAddressesFromItsFirstToItsLast(
      String text, String first, String last, int size) {
    AddressRange range = AddressRange.parse(text);
    assertThat(range.first()).hasToString(first);
    assertThat(range.last()).hasToString(last);
    assertThat(range.addresses())
        .hasSize(size)
        .isSorted()
        .doesNotHaveDuplicates()
        .startsWith(range.first())
        .endsWith(range.last())
        .allMatch(range::contains);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "10.40.1.100-",
        "-10.40.1.100",
        "10.40.1.102-10.40.1.100",
        "10.40.1.100-102",
        "10.40.1.100-2001:db8::1",
        "10.40.1.1-10.40.1.2-10.40.1.3",
        "10.40.1.0/24-10.40.2.0/24",
        "10.40.1.0/33",
        "10.40.1.999",
        "10.40.1.100, 10.40.1.101",
        "floating",
      })
  void anythingElseIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> AddressRange.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0/15", "10.40.0.0-10.41.0.0", "0.0.0.0/0", "::/0", "2001:db8::/111"})
  void anEntryForMoreThanAnyonePlansIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AddressRange.parse(text))
        .withMessageContaining("holds more than 65,536 addresses");
  }

  @Test
  void whatLiesOutsideIsNotContained() {
    AddressRange range = AddressRange.parse("10.40.1.100-10.40.1.102");
    assertThat(range.contains(IpAddress.parse("10.40.1.99"))).isFalse();
    assertThat(range.contains(IpAddress.parse("10.40.1.103"))).isFalse();
    assertThat(range.contains(IpAddress.parse("2001:db8::1"))).isFalse();
  }
}

package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.IpAddress;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimTest {

  private static final String MAC_TEXT = "02:00:00:00:00:11";
  private static final String IPV4 = "10.40.1.100";
  private static final String IPV6 = "fd00:40::1:100";

  @ParameterizedTest
  @ValueSource(strings = {IPV4, IPV6})
  void anAnnouncementClaims(String address) {
    IpAddress ip = IpAddress.parse(address);
    assertThat(Claim.read(Announcer.frame(MAC_TEXT, ip))).contains(new Claim(ip, MAC_TEXT));
  }

  @ParameterizedTest
  @ValueSource(strings = {IPV4, IPV6})
  void aQuestionClaimsNothing(String address) {
    byte[] question = Announcer.question(MAC_TEXT, IpAddress.parse(address));
    assertThat(Claim.read(question)).isEmpty();
  }

  @Test
  void anArpAnswerClaims() {
    String answer =
        "020000000012"
            + "020000000011"
            + "0806"
            + "0001"
            + "0800"
            + "06"
            + "04"
            + "0002"
            + "020000000011"
            + "0a280164"
            + "020000000012"
            + "00000000";
    assertThat(Claim.read(frame(answer))).contains(new Claim(IpAddress.parse(IPV4), MAC_TEXT));
  }

  @Test
  void whoAsksForAnotherAddressClaimsItsOwn() {
    String request =
        "ffffffffffff"
            + "020000000011"
            + "0806"
            + "0001"
            + "0800"
            + "06"
            + "04"
            + "0001"
            + "020000000011"
            + "0a280164"
            + "000000000000"
            + "0a2800fe";
    assertThat(Claim.read(frame(request))).contains(new Claim(IpAddress.parse(IPV4), MAC_TEXT));
  }

  @Test
  void anAdvertisementWithoutLinkAddressSpeaksForItsSender() {
    byte[] whole = Announcer.frame(MAC_TEXT, IpAddress.parse(IPV6));
    byte[] without = Arrays.copyOf(whole, whole.length - 8);
    assertThat(Claim.read(without)).contains(new Claim(IpAddress.parse(IPV6), MAC_TEXT));
  }

  @Test
  void anAdvertisementThatWasForwardedClaimsNothing() {
    byte[] frame = Announcer.frame(MAC_TEXT, IpAddress.parse(IPV6));
    frame[21] = 64;
    assertThat(Claim.read(frame)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {IPV4, IPV6})
  void aFrameThatIsCutShortAnywhereIsReadWithoutHarm(String address) {
    byte[] whole = Announcer.frame(MAC_TEXT, IpAddress.parse(address));
    for (int length = 0; length < whole.length; length++) {
      Claim.read(Arrays.copyOf(whole, length));
    }
  }

  @Test
  void anOptionOfNoLengthEndsTheReading() {
    byte[] frame = Announcer.frame(MAC_TEXT, IpAddress.parse(IPV6));
    frame[78] = 99;
    frame[79] = 0;
    assertThat(Claim.read(frame)).contains(new Claim(IpAddress.parse(IPV6), MAC_TEXT));
  }

  private static byte[] frame(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}

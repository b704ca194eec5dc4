package io.sluice.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.IpAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AnnouncerTest {

  private static final String MAC = "02:00:00:00:00:11";

  @Test
  void anArpAnnouncementIsARequestForItself() {
    byte[] frame = Announcer.frame(MAC, IpAddress.parse("10.40.1.100"));
    assertThat(HexFormat.of().formatHex(frame))
        .isEqualTo(
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
                + "0a280164");
  }

  @Test
  void aNeighbourAdvertisementOverridesAndSumsUp() {
    byte[] frame = Announcer.frame(MAC, IpAddress.parse("fd00:40::1:100"));
    String address = "fd000040000000000000000000010100";
    assertThat(HexFormat.of().formatHex(frame))
        .startsWith("333300000001" + "020000000011" + "86dd" + "60000000" + "0020" + "3a" + "ff")
        .contains(address + "ff020000000000000000000000000001" + "8800")
        .endsWith("a0000000" + address + "0201" + "020000000011");
    assertThat(sum(frame)).as("RFC 1071: a right sum adds up to all ones").isEqualTo(0xFFFF);
  }

  private static int sum(byte[] frame) {
    int sum = 32 + 58;
    for (int i = 22; i < frame.length; i += 2) {
      sum += Byte.toUnsignedInt(frame[i]) << 8 | Byte.toUnsignedInt(frame[i + 1]);
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xFFFF) + (sum >>> 16);
    }
    return sum;
  }
}

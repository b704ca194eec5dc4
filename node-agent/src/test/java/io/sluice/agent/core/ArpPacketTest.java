package io.sluice.agent.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.IpAddress;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ArpPacketTest {

  private static final String MAC = "02:00:00:00:00:11";
  private static final IpAddress NODE = IpAddress.parse("10.40.0.11");
  private static final IpAddress FLOATING = IpAddress.parse("10.40.1.100");

  private static final byte[] REPLY =
      HexFormat.of()
          .parseHex(
              "0200000000aa0200000000110806"
                  + "00010800060400020200000000110a280164"
                  + "0200000000aa0a280001");

  @Test
  void aReplySaysWhoHasTheAddress() {
    ArpPacket reply = ArpPacket.parse(REPLY).orElseThrow();
    assertThat(reply)
        .isEqualTo(new ArpPacket(ArpPacket.REPLY, MAC, FLOATING, IpAddress.parse("10.40.0.1")));
    assertThat(reply.isAnnouncement()).isFalse();
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    ArpPacket request = ArpPacket.request(MAC, NODE, FLOATING);
    assertThat(ArpPacket.parse(request.broadcastFrame())).contains(request);
    assertThat(request.isAnnouncement()).isFalse();
    ArpPacket announcement = ArpPacket.announcement(MAC, FLOATING);
    assertThat(ArpPacket.parse(announcement.broadcastFrame())).contains(announcement);
    assertThat(announcement.isAnnouncement()).isTrue();
  }

  @Test
  void paddingOfAShortFrameIsNothing() {
    assertThat(ArpPacket.parse(Arrays.copyOf(REPLY, 60))).isEqualTo(ArpPacket.parse(REPLY));
  }

  @Test
  void anythingElseIsNoArpPacket() {
    assertThat(ArpPacket.parse(Arrays.copyOf(REPLY, 41))).as("cut off").isEmpty();
    for (int at : new int[] {12, 14, 16, 18, 19}) {
      byte[] other = REPLY.clone();
      other[at] ^= 0x40;
      assertThat(ArpPacket.parse(other)).as("another byte %d", at).isEmpty();
    }
  }

  @Test
  void arpIsAboutIpv4() {
    assertThatThrownBy(() -> ArpPacket.announcement(MAC, IpAddress.parse("fd00::1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("IPv4");
    assertThatThrownBy(() -> ArpPacket.announcement("02:00", FLOATING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("6 octets");
  }
}

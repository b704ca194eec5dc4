package io.sluice.cli.chaos.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.core.ArpPacket;
import io.sluice.cli.chaos.core.Sighting.Kind;
import io.sluice.model.IpAddress;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SightingTest {

  private static final IpAddress IP = IpAddress.parse("10.40.1.100");
  private static final String MAC = "02:00:00:00:00:11";

  private static Sighting of(byte[] frame) {
    return Sighting.of(7, "node-1", frame).orElseThrow();
  }

  @Test
  void anAnswerAnAnnouncementAndAPacketAreSigns() {
    byte[] request = ArpPacket.announcement(MAC, IP).broadcastFrame();
    assertThat(of(request)).isEqualTo(new Sighting(7, "node-1", IP, Kind.ARP_REQUEST));
    byte[] reply = request.clone();
    reply[21] = ArpPacket.REPLY;
    assertThat(of(reply)).isEqualTo(new Sighting(7, "node-1", IP, Kind.ARP_REPLY));
    byte[] packet =
        HexFormat.of()
            .parseHex(
                "ffffffffffff020000000011"
                    + "0800"
                    + "4500002e0000000040110000"
                    + "0a280164"
                    + "cb00710a");
    assertThat(of(packet)).isEqualTo(new Sighting(7, "node-1", IP, Kind.PACKET));
  }

  @Test
  void whatIsCutOffOrOfAnotherKindIsNone() {
    byte[] frame = ArpPacket.announcement(MAC, IP).broadcastFrame();
    assertThat(Sighting.of(7, "node-1", Arrays.copyOf(frame, 33))).isEmpty();
    frame[12] = (byte) 0x86;
    frame[13] = (byte) 0xDD;
    assertThat(Sighting.of(7, "node-1", frame)).isEmpty();
  }
}

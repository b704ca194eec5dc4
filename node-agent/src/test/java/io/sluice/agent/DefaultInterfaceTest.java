package io.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DefaultInterfaceTest {

  private static final String HEADER =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";

  @Test
  void theDefaultRouteWithTheLowestMetricNamesTheInterface() {
    assertThat(
            DefaultInterface.ofIpv4(
                List.of(
                    HEADER,
                    "wlan0\t00000000\tFE01A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0",
                    "eth0\t00000000\tFE00280A\t0003\t0\t0\t100\t00000000\t0\t0\t0",
                    "eth1\t0000280A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0")))
        .contains("eth0");
  }

  @Test
  void aRouteThatIsDownOrNotToEverywhereIsNone() {
    assertThat(
            DefaultInterface.ofIpv4(
                List.of(
                    HEADER,
                    "eth0\t00000000\tFE00280A\t0002\t0\t0\t100\t00000000\t0\t0\t0",
                    "eth1\t00000000\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0")))
        .isEmpty();
  }

  @Test
  void theUnreachableDefaultRouteOfTheLoopbackDoesNotCount() {
    String zero = "00000000000000000000000000000000";
    String router = "fd000040000000000000000000000254";
    assertThat(
            DefaultInterface.ofIpv6(
                List.of(
                    zero + " 00 " + zero + " 00 " + zero + " ffffffff 1 0 00200200       lo",
                    zero + " 00 " + zero + " 00 " + router + " 00000400 1 0 00000003     eth0")))
        .contains("eth0");
  }
}

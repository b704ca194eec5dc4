package io.sluice.allocator.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class BrokerLimitsTest {

  private static BrokerLimits limits(int minSessionTimeoutMillis, int cleanupMillis) {
    return new BrokerLimits(OptionalInt.of(minSessionTimeoutMillis), OptionalInt.of(cleanupMillis));
  }

  @Test
  void brokersThatAllowIntervalsShortEnoughDrawNoWarning() {
    assertThat(limits(500, 100).warnings()).isEmpty();
  }

  @Test
  void kafkasDefaultsDrawAWarningThatNamesEachSettingAndItsBetterValue() {
    assertThat(limits(6_000, 10_000).warnings())
        .satisfiesExactly(
            one -> assertThat(one).contains("group.min.session.timeout.ms is 6000", "500"),
            two ->
                assertThat(two)
                    .contains("transaction.cleanup.interval.ms is 10000", "set it to 100"));
  }

  @Test
  void whatCannotBeReadIsSaidToo() {
    assertThat(BrokerLimits.UNKNOWN.warnings())
        .singleElement()
        .asString()
        .contains("DescribeConfigs", "--session-timeout-millis");
  }

  @Test
  void theSessionTimeoutIsTheShortestThatIsAllowedAndSafe() {
    assertThat(limits(6_000, 100).bestSessionTimeoutMillis()).hasValue(6_000);
    assertThat(limits(100, 100).bestSessionTimeoutMillis()).hasValue(500);
    assertThat(BrokerLimits.UNKNOWN.bestSessionTimeoutMillis()).isEmpty();
  }
}

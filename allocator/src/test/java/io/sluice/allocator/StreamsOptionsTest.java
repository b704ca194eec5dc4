package io.sluice.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.allocator.kafka.BrokerLimits;
import io.sluice.allocator.kafka.StreamsSettings;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class StreamsOptionsTest {

  private static final BrokerLimits KAFKAS_DEFAULTS =
      new BrokerLimits(OptionalInt.of(6_000), OptionalInt.of(10_000));

  private static StreamsSettings settings(BrokerLimits brokers, String... arguments) {
    StreamsOptions options = new StreamsOptions();
    @CommandLine.Command
    class Program {
      @CommandLine.Mixin final StreamsOptions mixin = options;
    }

    new CommandLine(new Program()).parseArgs(arguments);
    return options.settings((short) 1, brokers);
  }

  @Test
  void theSessionTimeoutFollowsTheBrokersAndTheHeartbeatFollowsIt() {
    StreamsSettings slow = settings(KAFKAS_DEFAULTS);
    assertThat(slow.sessionTimeoutMillis()).isEqualTo(6_000);
    assertThat(slow.heartbeatIntervalMillis()).isEqualTo(600);
    StreamsSettings fast = settings(new BrokerLimits(OptionalInt.of(100), OptionalInt.of(100)));
    assertThat(fast.sessionTimeoutMillis()).isEqualTo(500);
    assertThat(fast.heartbeatIntervalMillis()).isEqualTo(50);
  }

  @Test
  void withBrokersThatCannotBeAskedItIsWhatAllAccept() {
    assertThat(settings(BrokerLimits.UNKNOWN).sessionTimeoutMillis()).isEqualTo(6_000);
  }

  @Test
  void whatTheBrokersWouldRefuseIsRefusedWithWhatToChange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(KAFKAS_DEFAULTS, "--session-timeout-millis", "1000"))
        .withMessageContaining("--session-timeout-millis")
        .withMessageContaining("6000")
        .withMessageContaining("group.min.session.timeout.ms to 1000");
  }

  @Test
  void whatIsChosenAndAllowedIsTaken() {
    assertThat(settings(KAFKAS_DEFAULTS, "--session-timeout-millis", "9000").sessionTimeoutMillis())
        .isEqualTo(9_000);
  }
}

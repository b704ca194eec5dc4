package io.sluice.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CommandLine commandLine =
      Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

  @Test
  void helpShowsTheOptionsAndExamples() {
    assertThat(commandLine.execute("--help")).isZero();
    assertThat(out.toString())
        .contains("--bootstrap-servers", "--profile", "--silence-millis", "--state-dir", "Examples")
        .contains("sluice-allocator --bootstrap-servers");
  }

  @Test
  void timesThatContradictEachOtherAreWrongUsage() {
    assertThat(commandLine.execute("--lease-millis", "500")).isEqualTo(2);
    assertThat(err.toString()).contains("two holders");
  }

  @Test
  void singleTimesWinOverTheProfile() {
    assertThat(commandLine.execute("--profile", "fast", "--silence-millis", "90")).isEqualTo(2);
    assertThat(err.toString()).contains("the lease (90 ms)").contains("silent (90 ms)");
  }

  @Test
  void aSessionTimeoutOfLessThanThreeHeartbeatsIsWrongUsage() {
    assertThat(
            commandLine.execute(
                "--session-timeout-millis", "500", "--session-heartbeat-millis", "1000"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("3 x 1000 ms");
  }

  @Test
  void anUnknownProfileIsWrongUsage() {
    assertThat(commandLine.execute("--profile", "reckless")).isEqualTo(2);
    assertThat(err.toString()).contains("--profile");
  }
}

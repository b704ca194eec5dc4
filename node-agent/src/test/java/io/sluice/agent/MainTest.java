package io.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void helpShowsExamplesAndEndsWell() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("Examples:", "--bootstrap-servers", "--remove-all");
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).matches("sluice-agent \\d+\\.\\d+\\.\\d+.*\\s+");
  }

  @Test
  void aLeaseShorterThanTwoBeatsIsWrongUsage() {
    assertThat(run("--beat-interval-millis", "300")).isEqualTo(2);
    assertThat(err.toString()).contains("--lease-millis", "two beat intervals");
  }

  @Test
  void anImpossiblePortIsWrongUsage() {
    assertThat(run("--vxlan-port", "70000")).isEqualTo(2);
    assertThat(err.toString()).contains("70000");
  }

  @Test
  void anUnknownProfileIsWrongUsage() {
    assertThat(run("--profile", "sleepy")).isEqualTo(2);
    assertThat(err.toString()).contains("--profile");
  }

  @Test
  void anInterfaceThatDoesNotExistIsAnOperatingFailure() {
    assertThat(run("--nic", "no-such-nic0", "--profile", "FAST")).isEqualTo(1);
  }

  private int run(String... arguments) {
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }
}

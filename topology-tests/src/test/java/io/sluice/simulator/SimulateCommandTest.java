package io.sluice.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SimulateCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    CommandLine command = SimulateCommand.commandLine();
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return command.execute(arguments);
  }

  @Test
  void oneSeedShowsItsTrace() {
    assertThat(execute("--seed", "3", "--faults", "20")).isZero();
    assertThat(out.toString())
        .contains("FAULT", "GRANTED", "settled", "1 run, 20 faults each, no promise broken");
  }

  @Test
  void manySeedsInOrderAreOneLine() {
    assertThat(execute("--seeds", "3")).isZero();
    assertThat(out.toString().lines()).hasSize(1);
  }

  @Test
  void aBrokenPromiseEndsWithItsTraceAndHowToSeeItAgain() {
    assertThat(execute("--seeds", "50", "--bug", "no-fence")).isEqualTo(1);
    assertThat(out.toString())
        .contains("VIOLATION", "breaks a promise", "Planted was no-fence")
        .containsPattern("Again: ./sluice simulate --seed \\d+ --faults 24 --bug no-fence");
  }

  @Test
  void anUnknownBugIsRefusedWithTheList() {
    assertThat(execute("--bug", "typo")).isEqualTo(2);
    assertThat(err.toString())
        .contains("there is no \"typo\"", "no-gap-rule", "a gap in the log counts as silence");
  }

  @ParameterizedTest
  @CsvSource({
    "--seed, -1",
    "--seed, ten",
    "--seed, 99999999999999999999",
    "--seeds, 0",
    "--faults, -5"
  })
  void aNumberThatIsNoneIsRefused(String option, String value) {
    assertThat(execute(option, value)).isEqualTo(2);
    assertThat(err.toString()).contains(option);
  }

  @Test
  void helpHasExamples() {
    assertThat(execute("--help")).isZero();
    assertThat(out.toString()).contains("Examples:", "./sluice simulate --seed 42", "Exit codes:");
  }
}

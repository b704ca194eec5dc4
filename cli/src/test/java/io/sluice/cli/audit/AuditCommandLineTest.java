package io.sluice.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class AuditCommandLineTest {

  private final StringWriter errors = new StringWriter();

  private int execute(Object command, String... arguments) {
    return new CommandLine(command)
        .setErr(new PrintWriter(errors, true))
        .setExecutionExceptionHandler((failure, _, _) -> {
          errors.write(failure.toString());
          return 1;
        })
        .execute(arguments);
  }

  @Test
  void anAddressThatIsNoneIsWrongUsage() {
    assertThat(execute(new WhoHadCommand(), "10.40.1.300", "--at", "10:03")).isEqualTo(2);
    assertThat(errors.toString()).contains("\"10.40.1.300\" is not an IPv4 or IPv6 address");
    assertThat(execute(new HistoryCommand(), "node-1")).isEqualTo(2);
  }

  @Test
  void whoHadNeedsATime() {
    assertThat(execute(new WhoHadCommand(), "10.40.1.100")).isEqualTo(2);
    assertThat(errors.toString()).contains("--at");
  }

  @ParameterizedTest
  @ValueSource(strings = {"noon", "2999-01-01T00:00:00Z"})
  void aTimeThatIsNoneOrHasNotComeIsWrongUsage(String time) {
    assertThat(execute(new ReplayCommand(), "--at", time)).isEqualTo(2);
    assertThat(errors.toString()).contains("--at: ");
  }

  @Test
  void anOutputThatDoesNotExistIsWrongUsage() {
    assertThat(execute(new ExplainCommand(), "node-1", "--output", "yaml")).isEqualTo(2);
    assertThat(errors.toString()).contains("text", "json");
  }

  @Test
  void explainNeedsASubject() {
    assertThat(execute(new ExplainCommand())).isEqualTo(2);
  }
}

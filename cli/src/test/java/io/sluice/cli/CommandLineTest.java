package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {

  private final StringWriter errors = new StringWriter();
  private final CommandLine command = Main.commandLine().setErr(new PrintWriter(errors, true));

  static Stream<String> commands() {
    return Main.commandLine().getSubcommands().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelpWithExitCodesAndExamples(String name) {
    assertThat(Main.commandLine().getSubcommands().get(name).getUsageMessage())
        .contains("--help", "Exit codes:", "./sluice " + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "21", "many"})
  void aNumberOfNodesThatNoLabHasIsWrongUsage(String nodes) {
    assertThat(command.execute("demo", "--nodes", nodes)).isEqualTo(2);
    assertThat(errors.toString()).contains("--nodes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "6", "two"})
  void aNumberOfAllocatorsThatNoLabHasIsWrongUsage(String allocators) {
    assertThat(command.execute("up", "--allocators", allocators)).isEqualTo(2);
    assertThat(errors.toString()).contains("--allocators");
  }

  /** It would be one of no file, and the cluster another one than was meant. */
  @Test
  void aContextWithoutAKubeconfigIsWrongUsage() {
    assertThat(command.execute("up", "--foreground", "--context", "prod-1")).isEqualTo(2);
    assertThat(errors.toString()).contains("--context", "--kubeconfig FILE");
  }

  @Test
  void aLoadOfAnApiServerNamesIt() {
    assertThat(command.execute("load", "kubernetes", "--pods", "10")).isEqualTo(2);
    assertThat(errors.toString()).contains("--kubeconfig");
  }

  @Test
  void aKubeconfigThatIsNotThereIsNamed() {
    assertThat(command.execute("load", "kubernetes", "--kubeconfig", "nowhere.yaml")).isEqualTo(1);
    assertThat(errors.toString()).contains("cannot read kubeconfig nowhere.yaml");
  }

  @Test
  void noCommandIsWrongUsage() {
    assertThat(command.execute()).isEqualTo(2);
  }

  @Test
  void anUnknownCommandIsWrongUsage() {
    assertThat(command.execute("fly")).isEqualTo(2);
  }

  @Test
  void theDemonstrationRefusesToTouchTheMachinesOwnNetwork() {
    assertThat(command.execute("demo")).isEqualTo(1);
    assertThat(errors.toString()).contains("namespaces of its own");
  }

  @Test
  void aCommandToRunIsTakenAsItIsAfterTwoHyphens() {
    CommandLine.ParseResult run =
        command.parseArgs("run", "node-1", "--", "nft", "--json", "list", "ruleset").subcommand();

    assertThat(run.matchedPositionals().get(0).<String>getValue()).isEqualTo("node-1");
    List<String> rest = new ArrayList<>(run.matchedPositionals().get(1).<List<String>>getValue());
    assertThat(rest).containsExactly("nft", "--json", "list", "ruleset");
  }
}

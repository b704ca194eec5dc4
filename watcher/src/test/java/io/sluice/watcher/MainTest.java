package io.sluice.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory;

  @Test
  void helpHasExamples() {
    for (String[] arguments :
        new String[][] {{"--help"}, {"manifests", "--help"}, {"kubernetes", "--help"}}) {
      assertThat(execute(arguments)).isZero();
      assertThat(out.toString()).contains("Examples:").contains("sluice-watcher ");
    }
  }

  @Test
  void wrongUsageIsExitCodeTwoAndSaysWhy() {
    assertThat(execute()).isEqualTo(2);
    assertThat(err.toString()).contains("Say where the objects come from");
    assertThat(execute("manifests")).isEqualTo(2);
    assertThat(err.toString()).contains("--directory");
    assertThat(execute("manifests", "--directory", directory.resolve("none").toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("none is not a directory");
    assertThat(execute("kubernetes", "--kubeconfig", directory.resolve("none").toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("cannot read");
  }

  /** Taken for right, it would have the watcher wait for a Kafka that is not there. */
  @Test
  @Timeout(60)
  void aContextThatNoKubeconfigHasIsWrongUsage() throws Exception {
    Path kubeconfig =
        Files.writeString(
            directory.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: here, cluster: {server: "https://127.0.0.1:1"}}]
            users: [{name: me, user: {token: secret}}]
            contexts: [{name: prod-1, context: {cluster: here, user: me}}]
            current-context: prod-1
            """);

    assertThat(execute("kubernetes", "--kubeconfig", kubeconfig.toString(), "--context", "prod-2"))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains("--context: there is no context prod-2; there are: [prod-1]");
    assertThat(execute("kubernetes", "--context", "that-nobody-has")).isEqualTo(2);
    assertThat(err.toString()).contains("--context: there is no context that-nobody-has");
  }

  @Test
  void metricsAreNotServedWhereTheyCannotBe() {
    assertThat(
            execute(
                "manifests",
                "--directory",
                directory.toString(),
                "--operations-address",
                "192.0.2.1:9401"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--operations-address: cannot listen on /192.0.2.1:9401");
  }

  @Test
  void statusFilesAreNotWrittenAmongTheManifests() {
    assertThat(
            execute(
                "manifests",
                "--directory",
                directory.toString(),
                "--status-dir",
                directory.resolve(".").toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("must be another directory");
  }

  @Test
  void withoutKafkaItFails() throws Exception {
    Path settings = directory.resolve("kafka.properties");
    Files.writeString(settings, "default.api.timeout.ms=300\nrequest.timeout.ms=200\n");

    assertThat(
            execute(
                "manifests",
                "--directory",
                directory.toString(),
                "--bootstrap-servers",
                "127.0.0.1:1",
                "--kafka-config",
                settings.toString()))
        .isEqualTo(1);
  }

  private int execute(String... arguments) {
    return new CommandLine(new Main())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }
}

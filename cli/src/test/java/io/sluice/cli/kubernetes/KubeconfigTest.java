package io.sluice.cli.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.cli.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeconfigTest {

  @TempDir private Path directory;

  private Kubeconfig read(String server, Optional<String> context) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            clusters:
            - {name: here, cluster: {server: "%s"}}
            - {name: there, cluster: {server: "https://other.example:8443"}}
            users: [{name: me, user: {token: secret}}]
            contexts:
            - {name: one, context: {cluster: here, user: me}}
            - {name: two, context: {cluster: there, user: me}}
            current-context: one
            """
                .formatted(server));
    return Kubeconfig.read(file, context);
  }

  @ParameterizedTest
  @CsvSource({
    "https://127.0.0.1:6443, 127.0.0.1, 6443",
    "https://api.example, api.example, 443",
    "http://10.0.0.1, 10.0.0.1, 80",
  })
  void saysWhereTheApiServerIs(String server, String host, int port) throws IOException {
    Kubeconfig kubeconfig = read(server, Optional.empty());
    assertThat(kubeconfig.host()).isEqualTo(host);
    assertThat(kubeconfig.port()).isEqualTo(port);
    assertThat(kubeconfig.config().getAutoOAuthToken()).isEqualTo("secret");
  }

  @Test
  void anotherContextIsAnotherServer() throws IOException {
    assertThat(read("https://127.0.0.1:6443", Optional.of("two")).host())
        .isEqualTo("other.example");
  }

  @Test
  void aContextThatIsNotThereIsNamed() {
    assertThatExceptionOfType(LabException.class)
        .isThrownBy(() -> read("https://127.0.0.1:6443", Optional.of("three")))
        .withMessageContaining("no context three; it has one, two");
  }

  @Test
  void whatCannotBeReadIsNamed() {
    assertThatExceptionOfType(LabException.class)
        .isThrownBy(() -> Kubeconfig.read(directory.resolve("none"), Optional.empty()))
        .withMessageContaining("none");
  }
}

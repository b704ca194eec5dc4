package io.sluice.watching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import org.awaitility.core.ConditionFactory;

/**
 * Stops the API server itself and starts it again, with its data. How that is done only those know
 * who have set it up: they name a shell command for each.
 */
final class ServerSwitch {

  /** The environment variable with the command that ends it; the harder, the better. */
  static final String STOP = "SLUICE_TEST_API_SERVER_STOP";

  /** The one with the command that starts it again, at the same address. */
  static final String START = "SLUICE_TEST_API_SERVER_START";

  private static final int HTTPS = 443;

  private final URI address;
  private final KubernetesClient client;

  private ServerSwitch(KubernetesClient client) {
    this.client = client;
    this.address = URI.create(client.getMasterUrl().toString());
  }

  /** Skips the test, with a word, where the commands are not known. */
  static ServerSwitch require(ApiServer api) {
    if (System.getenv(STOP) == null || System.getenv(START) == null) {
      String message =
          "NOT RUN with an API server that is stopped and started: %s and %s name no commands"
              .formatted(STOP, START);
      System.out.println(message);
      return abort(message);
    }
    return new ServerSwitch(api.client());
  }

  /** Returns when nobody listens any more. */
  void stop() throws Exception {
    run(STOP);
    eventually().until(() -> !listens());
  }

  /** Returns when it says that it is ready. */
  void start() throws Exception {
    run(START);
    eventually().ignoreExceptions().until(() -> "ok".equals(client.raw("/readyz")));
  }

  private boolean listens() {
    int port = address.getPort() < 0 ? HTTPS : address.getPort();
    try (Socket _ = new Socket(address.getHost(), port)) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(100));
  }

  private static void run(String variable) throws IOException, InterruptedException {
    String command = System.getenv(variable);
    int code =
        new ProcessBuilder("sh", "-c", command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    assertThat(code).as("%s=%s", variable, command).isZero();
  }
}

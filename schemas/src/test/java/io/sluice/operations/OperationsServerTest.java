package io.sluice.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class OperationsServerTest {

  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final Health health = new Health();

  @Command
  static final class Program {
    @Mixin OperationsOptions operations = new OperationsOptions(0);
  }

  private OperationsOptions.Operations start(String... arguments) {
    Program program = CommandLine.populateCommand(new Program(), arguments);
    return program.operations.start(metrics, health);
  }

  private static HttpResponse<String> get(OperationsOptions.Operations operations, String path)
      throws Exception {
    InetSocketAddress address = operations.server().orElseThrow().address();
    URI uri = URI.create("http://127.0.0.1:%d%s".formatted(address.getPort(), path));
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void withoutTheOptionItListensOnLoopbackOnly() {
    try (var operations = start()) {
      assertThat(operations.server().orElseThrow().address().getAddress().isLoopbackAddress())
          .isTrue();
    }
  }

  @Test
  void itListensWhereItIsToldToOrNotAtAll() {
    try (var operations = start("--operations-address", "[::]:0")) {
      assertThat(operations.server().orElseThrow().address().getAddress().isAnyLocalAddress())
          .isTrue();
    }
    try (var operations = start("--operations-address", "none")) {
      assertThat(operations.server()).isEmpty();
    }
  }

  @Test
  void anAddressThatIsNoneIsRefused() {
    for (String address : new String[] {"9402", ":9402", "localhost", "localhost:x", "a:70000"}) {
      assertThatThrownBy(() -> start("--operations-address", address))
          .isInstanceOf(ParameterException.class)
          .hasMessageContaining("--operations-address")
          .hasMessageContaining(address);
    }
  }

  @Test
  void anAddressThatIsTakenIsRefusedIfItWasAskedFor() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> start("--operations-address", "127.0.0.1:" + port))
          .isInstanceOf(ParameterException.class)
          .hasMessageContaining("cannot listen on /127.0.0.1:" + port);

      try (var operations = new OperationsOptions(port).start(metrics, health)) {
        assertThat(operations.server()).as("the default is no promise").isEmpty();
      }
    }
  }

  @Test
  void metricsAreServed() throws Exception {
    Counter counter =
        Counter.builder().name("sluice_test_turns_total").help("Turns.").register(metrics);
    counter.inc(3);
    try (var operations = start()) {
      assertThat(get(operations, "/metrics").body())
          .contains("# HELP sluice_test_turns_total Turns.")
          .contains("sluice_test_turns_total 3.0");
    }
  }

  @Test
  void theProcessAndItsMemoryAreAmongThem() throws Exception {
    try (var operations = new OperationsOptions(0).start(ProgramMetrics.registry(), health)) {
      assertThat(get(operations, "/metrics").body())
          .contains("process_resident_memory_bytes ")
          .contains("jvm_memory_used_bytes{area=\"heap\"}");
    }
  }

  @Test
  void probesSayWhatIsWrong() throws Exception {
    AtomicReference<Optional<String>> reading = new AtomicReference<>(Optional.of("at record 7"));
    AtomicReference<Optional<String>> loop = new AtomicReference<>(Optional.empty());
    health.alive("loop", loop::get).ready("topics", reading::get);
    try (var operations = start()) {
      assertThat(get(operations, "/livez"))
          .returns(200, HttpResponse::statusCode)
          .returns("loop: ok\n", HttpResponse::body);
      assertThat(get(operations, "/readyz"))
          .returns(503, HttpResponse::statusCode)
          .returns("loop: ok\ntopics: at record 7\n", HttpResponse::body);

      reading.set(Optional.empty());
      assertThat(get(operations, "/readyz").statusCode()).isEqualTo(200);

      loop.set(Optional.of("stuck"));
      assertThat(get(operations, "/livez").statusCode()).isEqualTo(503);
      assertThat(get(operations, "/readyz").statusCode()).as("nor ready").isEqualTo(503);
      assertThat(get(operations, "/else").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void whoDoesNotMoveIsNoticedUnlessAtRest() {
    AtomicLong now = new AtomicLong();
    Stall loop = new Stall("the loop", Duration.ofSeconds(5), now::get);
    now.addAndGet(5_000_000_000L);
    assertThat(loop.get()).isEmpty();
    now.addAndGet(1_000_000_000L);
    assertThat(loop.get()).contains("the loop has not moved for 6 s");
    loop.moved();
    assertThat(loop.get()).isEmpty();
    loop.rests();
    now.addAndGet(60_000_000_000L);
    assertThat(loop.get()).isEmpty();
  }
}

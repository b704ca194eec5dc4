package io.sluice.operations;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Serves {@code /metrics}, {@code /livez} and {@code /readyz}. A probe answers 200 or 503 and lists
 * its checks, one a line, with what is wrong with each.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition
 *     formats</a>
 */
public final class OperationsServer implements AutoCloseable {

  static {
    // The server is for a scraper and a prober: nobody needs many connections, or long ones.
    setUnlessSet("jdk.httpserver.maxConnections", "32");
    setUnlessSet("sun.net.httpserver.maxReqTime", "10");
    setUnlessSet("sun.net.httpserver.maxRspTime", "30");
  }

  private final HttpServer server;
  private final ExecutorService requests;

  private OperationsServer(HttpServer server, ExecutorService requests) {
    this.server = server;
    this.requests = requests;
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /**
   * Listens from now on.
   *
   * @param address where; port 0 takes a free one
   * @throws IOException if that is impossible, for instance because somebody else does
   */
  public static OperationsServer start(
      InetSocketAddress address, PrometheusRegistry metrics, Health health) throws IOException {
    HttpServer server = HttpServer.create(address, 0);
    // One that reads slowly must not keep the others waiting.
    ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(requests);
    server.createContext("/", OperationsServer::notFound);
    server.createContext("/metrics", new MetricsHandler(metrics));
    server.createContext("/livez", exchange -> probe(exchange, health::alive));
    server.createContext("/readyz", exchange -> probe(exchange, health::ready));
    server.start();
    return new OperationsServer(server, requests);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private static void probe(
      HttpExchange exchange, Supplier<SortedMap<String, Optional<String>>> checks)
      throws IOException {
    SortedMap<String, Optional<String>> answers = checks.get();
    String text =
        answers.entrySet().stream()
            .map(answer -> "%s: %s\n".formatted(answer.getKey(), answer.getValue().orElse("ok")))
            .collect(Collectors.joining());
    boolean well = answers.values().stream().allMatch(Optional::isEmpty);
    answer(exchange, well ? HttpURLConnection.HTTP_OK : HttpURLConnection.HTTP_UNAVAILABLE, text);
  }

  private static void notFound(HttpExchange exchange) throws IOException {
    answer(exchange, HttpURLConnection.HTTP_NOT_FOUND, "try /metrics, /livez or /readyz\n");
  }

  private static void answer(HttpExchange exchange, int code, String text) throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(code, head ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  /** Lets go of the address at once. */
  @Override
  public void close() {
    server.stop(0);
    requests.shutdownNow();
  }
}

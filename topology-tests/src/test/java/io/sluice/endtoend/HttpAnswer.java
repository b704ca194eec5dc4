package io.sluice.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalDouble;

/** What a program answers on its own port on loopback: a probe, or metrics. */
record HttpAnswer(int code, String body) {

  /** Asks in the network namespace of this thread. */
  static HttpAnswer get(int port, String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:%d%s".formatted(port, path)).toURL().openConnection();
    // A connection that is kept would be used again for the same address in another namespace.
    connection.setRequestProperty("Connection", "close");
    int code = connection.getResponseCode();
    try (InputStream body =
        code < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return new HttpAnswer(code, new String(body.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** The sum of all lines that begin so; empty if there is none. */
  OptionalDouble sum(String beginning) {
    List<Double> values =
        body.lines()
            .filter(line -> line.startsWith(beginning))
            .map(line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
            .toList();
    return values.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(values.stream().mapToDouble(Double::doubleValue).sum());
  }
}

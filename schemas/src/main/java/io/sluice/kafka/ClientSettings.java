package io.sluice.kafka;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * What all clients have in common. Kafka's defaults are made for throughput and for patience; here
 * a fail-over waits for the answer.
 */
final class ClientSettings {

  /**
   * Short pauses before trying again, and no waiting for half a minute on a broker that is gone.
   * The request timeout is far above the longest poll and far below the default of 30 s.
   */
  private static final Map<String, String> PROMPT =
      Map.of(
          // Every client would register hundreds of beans and ask the broker what to send it.
          CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "",
          CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, "false",
          CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, "2",
          CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG, "20",
          CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, "20",
          CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, "200",
          CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, "5000",
          CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, "1000",
          CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, "5000");

  /** Kafka registers metrics by client id, so two clients of one process need two. */
  private static final AtomicInteger CLIENTS = new AtomicInteger();

  private ClientSettings() {}

  /**
   * The settings of one client: the defaults of all clients, then those of its kind, then what the
   * operator has set. The client id says what it is for.
   *
   * @param role what the client does, such as {@code reader}
   */
  static Properties of(Properties operators, String role, Map<String, ?> defaultsOfRole) {
    Properties settings = new Properties();
    settings.putAll(PROMPT);
    settings.putAll(defaultsOfRole);
    for (String name : operators.stringPropertyNames()) {
      settings.setProperty(name, operators.getProperty(name));
    }
    settings.putAll(operators);
    String program = operators.getProperty(CommonClientConfigs.CLIENT_ID_CONFIG, "sluice");
    settings.setProperty(
        CommonClientConfigs.CLIENT_ID_CONFIG,
        "%s-%s-%d".formatted(program, role, CLIENTS.incrementAndGet()));
    return settings;
  }
}

package io.sluice.allocator;

import io.sluice.allocator.kafka.BrokerLimits;
import io.sluice.allocator.kafka.StreamsSettings;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How the two Kafka Streams applications run; a picocli mixin. */
final class StreamsOptions {

  /** The least that brokers accept unless they are told otherwise. */
  private static final int CAUTIOUS_SESSION_TIMEOUT_MILLIS = 6_000;

  @Option(
      names = "--state-dir",
      paramLabel = "DIRECTORY",
      description =
          "For the little that Kafka Streams keeps on disk (default: sluice-allocator in the"
              + " directory for temporary files). All state is on Kafka.")
  private Path stateDirectory = Path.of(System.getProperty("java.io.tmpdir"), "sluice-allocator");

  @Option(
      names = "--application-prefix",
      paramLabel = "NAME",
      defaultValue = "sluice",
      description =
          "Begins the names of the two applications; instances that share the work share it"
              + " (default: ${DEFAULT-VALUE}).")
  private String applicationPrefix;

  @Option(
      names = "--standby-replicas",
      paramLabel = "N",
      defaultValue = "1",
      description = "Other instances that keep the state at hand (default: ${DEFAULT-VALUE}).")
  private int standbyReplicas;

  @Option(
      names = "--session-timeout-millis",
      paramLabel = "MS",
      description =
          "After this silence of an instance another one takes over (default: 500, or the brokers'"
              + " group.min.session.timeout.ms if that is more).")
  private Integer sessionTimeoutMillis;

  @Option(
      names = "--session-heartbeat-millis",
      paramLabel = "MS",
      description =
          "How often an instance says it is there (default: a tenth of the session timeout).")
  private Integer heartbeatIntervalMillis;

  @Option(
      names = "--transaction-timeout-millis",
      paramLabel = "MS",
      defaultValue = "2000",
      description =
          "When the broker ends the transaction of an instance that died (default:"
              + " ${DEFAULT-VALUE}).")
  private int transactionTimeoutMillis;

  /**
   * The settings as chosen, and as the brokers allow.
   *
   * @throws IllegalArgumentException if they contradict each other, or the brokers
   */
  StreamsSettings settings(short replication, BrokerLimits brokers) {
    int session =
        sessionTimeoutMillis != null
            ? sessionTimeoutMillis
            : brokers.bestSessionTimeoutMillis().orElse(CAUTIOUS_SESSION_TIMEOUT_MILLIS);
    int least = brokers.minSessionTimeoutMillis().orElse(session);
    if (session < least) {
      throw new IllegalArgumentException(
          ("--session-timeout-millis: the brokers accept %d and more, not %d; or set their"
                  + " group.min.session.timeout.ms to %d")
              .formatted(least, session, session));
    }
    return new StreamsSettings(
        applicationPrefix,
        stateDirectory,
        replication,
        standbyReplicas,
        session,
        heartbeatIntervalMillis != null ? heartbeatIntervalMillis : session / 10,
        transactionTimeoutMillis);
  }
}

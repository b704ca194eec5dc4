package io.sluice.allocator;

import io.sluice.allocator.kafka.StreamsSettings;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How the two Kafka Streams applications run; a picocli mixin. */
final class StreamsOptions {

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
      defaultValue = "6000",
      description =
          "After this silence of an instance another one takes over; 500 is good where the broker's"
              + " group.min.session.timeout.ms allows it (default: ${DEFAULT-VALUE}).")
  private int sessionTimeoutMillis;

  @Option(
      names = "--session-heartbeat-millis",
      paramLabel = "MS",
      defaultValue = "1000",
      description = "How often an instance says it is there (default: ${DEFAULT-VALUE}).")
  private int heartbeatIntervalMillis;

  @Option(
      names = "--transaction-timeout-millis",
      paramLabel = "MS",
      defaultValue = "2000",
      description =
          "When the broker ends the transaction of an instance that died (default:"
              + " ${DEFAULT-VALUE}).")
  private int transactionTimeoutMillis;

  /**
   * The settings as chosen.
   *
   * @throws IllegalArgumentException if they contradict each other
   */
  StreamsSettings settings(short replication) {
    return new StreamsSettings(
        applicationPrefix,
        stateDirectory,
        replication,
        standbyReplicas,
        sessionTimeoutMillis,
        heartbeatIntervalMillis,
        transactionTimeoutMillis);
  }
}

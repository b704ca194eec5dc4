package io.sluice.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options with which every program finds its Kafka; a picocli mixin. */
public final class KafkaOptions {

  private static final String BOOTSTRAP_SERVERS = "SLUICE_BOOTSTRAP_SERVERS";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT[,HOST:PORT...]",
      defaultValue = "${env:" + BOOTSTRAP_SERVERS + ":-localhost:9092}",
      description = "Where Kafka is (default: $SLUICE_BOOTSTRAP_SERVERS, or localhost:9092).")
  private String bootstrapServers;

  private final Properties fileProperties = new Properties();
  private String cluster;
  private int topicPartitions;
  private short topicReplication;

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description = "Properties for all Kafka clients, such as TLS and SASL; they win.")
  void readKafkaConfig(Path file) {
    try (Reader reader = Files.newBufferedReader(file)) {
      fileProperties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw refused("--kafka-config: cannot read %s: %s".formatted(file, e), e);
    }
  }

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      defaultValue = "${env:SLUICE_CLUSTER:-default}",
      description =
          "The Kubernetes cluster's name on the topics (default: $SLUICE_CLUSTER, or default).")
  void chooseCluster(String name) {
    if (name.isBlank()) {
      throw refused("--cluster: a cluster needs a name", null);
    }
    cluster = name;
  }

  @Option(
      names = "--topic-partitions",
      paramLabel = "N",
      defaultValue = "1",
      description = "Partitions of each topic; several clusters share them (default: 1).")
  void chooseTopicPartitions(int count) {
    if (count < 1) {
      throw refused("--topic-partitions: at least 1, not " + count, null);
    }
    topicPartitions = count;
  }

  @Option(
      names = "--topic-replication",
      paramLabel = "N",
      defaultValue = "${env:SLUICE_TOPIC_REPLICATION:-1}",
      description =
          "Copies of each topic that is made; 3 in production (default:"
              + " $SLUICE_TOPIC_REPLICATION, or 1).")
  void chooseTopicReplication(short count) {
    if (count < 1) {
      throw refused("--topic-replication: at least 1, not " + count, null);
    }
    topicReplication = count;
  }

  private ParameterException refused(String message, Throwable cause) {
    return new ParameterException(command.commandLine(), message, cause);
  }

  /** The Kubernetes cluster that this program works for. */
  public String cluster() {
    return cluster;
  }

  /** What a client needs to reach Kafka; a new copy with each call. */
  public Properties clientProperties() {
    Properties properties = new Properties();
    properties.setProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    properties.putAll(fileProperties);
    return properties;
  }

  /** A client that asks and makes topics, as prompt and as small as readers and writers are. */
  public Admin openAdmin() {
    return Admin.create(ClientSettings.of(clientProperties(), "admin", Map.of()));
  }

  /** Whether the command line says which Kafka is meant. */
  public boolean isNamed() {
    var given = command.commandLine().getParseResult();
    return given.hasMatchedOption("--bootstrap-servers")
        || fileProperties.containsKey(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)
        || System.getenv(BOOTSTRAP_SERVERS) != null;
  }

  /** The number of partitions of every topic. */
  public int topicPartitions() {
    return topicPartitions;
  }

  /** The number of copies of each topic that is made. */
  public short topicReplication() {
    return topicReplication;
  }
}

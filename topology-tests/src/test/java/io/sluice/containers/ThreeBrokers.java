package io.sluice.containers;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;

/** A Kafka of three brokers, each record on all of them and acknowledged by two. */
final class ThreeBrokers implements AutoCloseable {

  private static final int COUNT = 3;
  private static final int CONTROLLER_PORT = 9094;

  private final Network network = Network.newNetwork();
  private final List<KafkaContainer> brokers;

  private ThreeBrokers() {
    brokers = IntStream.rangeClosed(1, COUNT).mapToObj(this::broker).toList();
  }

  static ThreeBrokers start() {
    ThreeBrokers cluster = new ThreeBrokers();
    try {
      Startables.deepStart(cluster.brokers).join();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private KafkaContainer broker(int number) {
    KafkaContainer broker = new KafkaContainer(Docker.KAFKA_IMAGE);
    broker.withNetwork(network).withNetworkAliases(alias(number));
    broker.withEnv("CLUSTER_ID", "5L6g3nShT-eMCtK--X86sw");
    broker.withEnv("KAFKA_NODE_ID", Integer.toString(number));
    broker.withEnv(
        "KAFKA_CONTROLLER_QUORUM_VOTERS",
        IntStream.rangeClosed(1, COUNT)
            .mapToObj(it -> "%d@%s:%d".formatted(it, alias(it), CONTROLLER_PORT))
            .collect(Collectors.joining(",")));
    broker.withEnv("KAFKA_MIN_INSYNC_REPLICAS", "2");
    broker.withEnv("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "3");
    broker.withEnv("KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "3");
    broker.withEnv("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "3");
    broker.withEnv("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "2");
    broker.withEnv("KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "3");
    broker.withEnv("KAFKA_BROKER_SESSION_TIMEOUT_MS", "1000");
    broker.withEnv("KAFKA_BROKER_HEARTBEAT_INTERVAL_MS", "200");
    broker.withEnv("KAFKA_HEAP_OPTS", "-Xmx256m");
    return broker;
  }

  private static String alias(int number) {
    return "broker-" + number;
  }

  String bootstrapServers() {
    return brokers.stream()
        .map(KafkaContainer::getBootstrapServers)
        .collect(Collectors.joining(","));
  }

  /** Ends a broker as a crash would: SIGKILL. */
  void kill(int number) {
    KafkaContainer broker = brokers.get(number - 1);
    broker.getDockerClient().killContainerCmd(broker.getContainerId()).exec();
  }

  @Override
  public void close() {
    brokers.forEach(GenericContainer::stop);
    network.close();
  }
}

package io.sluice.cli.lab;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka broker with its controller in the same process (KRaft combined mode, KIP-500), as a
 * program of its own: {@code BrokerMain DIRECTORY HOST FIRST_PORT [NUMBER COUNT]}.
 */
public final class BrokerMain {

  /** The same for all brokers of a lab; no two labs share a network. */
  private static final Uuid CLUSTER_ID = new Uuid(0x736c_7569_6365L, 1);

  private static final Logger log = LoggerFactory.getLogger(BrokerMain.class);

  private BrokerMain() {}

  /** Formats the directory if it is new, and runs until the process is told to end. */
  public static void main(String[] arguments) throws Exception {
    BrokerPlan plan = BrokerPlan.parse(arguments);
    Properties settings = BrokerSettings.of(plan);
    format(plan);
    KafkaRaftServer server =
        new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
    server.startup();
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "shutdown"));
    log.info("ready on {}:{}", plan.host(), plan.port());
    server.awaitShutdown();
  }

  /** Writes the cluster's identity into an empty directory; a formatted one stays as it is. */
  private static void format(BrokerPlan plan) throws Exception {
    Path directory = plan.directory();
    Files.createDirectories(directory);
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setIgnoreFormatted(true)
        .setClusterId(CLUSTER_ID.toString())
        .setNodeId(plan.number())
        .addDirectory(directory.toString())
        .setMetadataLogDirectory(directory.toString())
        .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
        .run();
  }
}

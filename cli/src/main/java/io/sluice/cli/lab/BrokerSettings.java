package io.sluice.cli.lab;

import java.nio.file.Path;
import java.util.Properties;

/** Settings of a single broker that is small and loses no time (design, section 10.2). */
final class BrokerSettings {

  static final int NODE_ID = 1;
  static final String CONTROLLER_LISTENER = "CONTROLLER";

  private static final int CONTROLLER_PORT_OFFSET = 1;

  private BrokerSettings() {}

  static Properties of(Path directory, String host, int port) {
    Properties settings = new Properties();
    addRoles(settings, directory, host, port);
    addSingleReplicas(settings);
    addLatency(settings);
    addSize(settings);
    return settings;
  }

  private static void addRoles(Properties settings, Path directory, String host, int port) {
    int controllerPort = port + CONTROLLER_PORT_OFFSET;
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(NODE_ID));
    settings.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
    settings.put("controller.listener.names", CONTROLLER_LISTENER);
    settings.put(
        "listeners",
        "PLAINTEXT://%s:%d,%s://127.0.0.1:%d"
            .formatted(host, port, CONTROLLER_LISTENER, controllerPort));
    settings.put("advertised.listeners", "PLAINTEXT://%s:%d".formatted(host, port));
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("log.dirs", directory.toString());
  }

  private static void addSingleReplicas(Properties settings) {
    settings.put("default.replication.factor", "1");
    settings.put("min.insync.replicas", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "1");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "1");
  }

  private static void addLatency(Properties settings) {
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("group.min.session.timeout.ms", "100");
    settings.put("add.partitions.to.txn.retry.backoff.ms", "1");
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "100");
    // Elections of a quorum of one need not wait for anybody.
    settings.put("controller.quorum.election.timeout.ms", "100");
    settings.put("controller.quorum.election.backoff.max.ms", "100");
    settings.put("auto.create.topics.enable", "false");
  }

  private static void addSize(Properties settings) {
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("num.recovery.threads.per.data.dir", "1");
    settings.put("background.threads", "2");
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 * 1024 * 1024));
    settings.put("log.cleaner.io.buffer.size", Integer.toString(128 * 1024));
    settings.put("log.index.size.max.bytes", Integer.toString(1024 * 1024));
    settings.put("log.segment.bytes", Integer.toString(64 * 1024 * 1024));
    settings.put("offsets.load.buffer.size", Integer.toString(1024 * 1024));
  }
}

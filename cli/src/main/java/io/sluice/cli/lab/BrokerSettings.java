package io.sluice.cli.lab;

import java.util.Properties;

/** Settings of brokers that are small and lose no time (design, section 10.2). */
final class BrokerSettings {

  static final String CONTROLLER_LISTENER = "CONTROLLER";

  private BrokerSettings() {}

  static Properties of(BrokerPlan plan) {
    Properties settings = new Properties();
    addRoles(settings, plan);
    addCopies(settings, plan);
    addLatency(settings);
    addElections(settings, plan);
    addSize(settings);
    return settings;
  }

  private static void addRoles(Properties settings, BrokerPlan plan) {
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(plan.number()));
    settings.put("controller.quorum.voters", plan.voters());
    settings.put("controller.listener.names", CONTROLLER_LISTENER);
    settings.put(
        "listeners",
        "PLAINTEXT://%s:%d,%s://127.0.0.1:%d"
            .formatted(plan.host(), plan.port(), CONTROLLER_LISTENER, plan.controllerPort()));
    settings.put("advertised.listeners", "PLAINTEXT://%s:%d".formatted(plan.host(), plan.port()));
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("log.dirs", plan.directory().toString());
  }

  private static void addCopies(Properties settings, BrokerPlan plan) {
    String copies = Integer.toString(plan.replication());
    String inSync = Integer.toString(plan.inSync());
    settings.put("default.replication.factor", copies);
    settings.put("min.insync.replicas", inSync);
    settings.put("offsets.topic.replication.factor", copies);
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("transaction.state.log.replication.factor", copies);
    settings.put("transaction.state.log.min.isr", inSync);
    settings.put("transaction.state.log.num.partitions", "1");
    settings.put("share.coordinator.state.topic.replication.factor", copies);
    settings.put("share.coordinator.state.topic.min.isr", inSync);
    settings.put("share.coordinator.state.topic.num.partitions", "1");
  }

  /** What operators are told to set as well: docs/PERFORMANCE.md. */
  private static void addLatency(Properties settings) {
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("group.min.session.timeout.ms", "100");
    settings.put("add.partitions.to.txn.retry.backoff.ms", "1");
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "100");
    settings.put("auto.create.topics.enable", "false");
  }

  private static void addElections(Properties settings, BrokerPlan plan) {
    if (plan.count() == 1) {
      // Elections of a quorum of one need not wait for anybody.
      settings.put("controller.quorum.election.timeout.ms", "100");
      settings.put("controller.quorum.election.backoff.max.ms", "100");
    } else {
      settings.put("broker.session.timeout.ms", "1000");
      settings.put("broker.heartbeat.interval.ms", "200");
      settings.put("replica.fetch.backoff.ms", "50");
      settings.put("num.replica.fetchers", "3");
    }
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

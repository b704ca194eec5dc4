package io.sluice.secured;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A Kafka broker that asks who is there, by password (SCRAM) on one listener and by certificate on
 * another, both encrypted, and lets nobody do what is not allowed. Its own certificate and the user
 * {@code admin} may do everything.
 */
final class SecuredBroker implements AutoCloseable {

  private static final String SCRAM =
      "org.apache.kafka.common.security.scram.ScramLoginModule required";

  private final KafkaRaftServer server;
  private final Certificates certificates;
  private final int loginPort = freePort();
  private final int certificatePort = freePort();
  private final int controllerPort = freePort();

  /**
   * Starts it.
   *
   * @param users who have {@link #password}s
   */
  SecuredBroker(Path directory, Certificates certificates, List<String> users) throws Exception {
    this.certificates = certificates;
    Path log = directory.resolve("broker");
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setClusterId(Uuid.randomUuid().toString())
        .setNodeId(1)
        .addDirectory(log.toString())
        .setMetadataLogDirectory(log.toString())
        .setControllerListenerName("CONTROLLER")
        .setScramArguments(
            users.stream()
                .map(user -> "SCRAM-SHA-512=[name=%s,password=%s]".formatted(user, password(user)))
                .toList())
        .run();
    server =
        new KafkaRaftServer(
            KafkaConfig.fromProps(settings(log, certificates.keyStore("broker")), false),
            Time.SYSTEM);
    server.startup();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  static String password(String user) {
    return "secret-of-" + user;
  }

  private Properties settings(Path log, Path keys) {
    Properties settings = new Properties();
    String clients =
        "LOGIN://127.0.0.1:%d,CERTIFICATE://127.0.0.1:%d".formatted(loginPort, certificatePort);
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("log.dirs", log.toString());
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("listeners", clients + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", clients);
    settings.put("listener.security.protocol.map", "LOGIN:SASL_SSL,CERTIFICATE:SSL,CONTROLLER:SSL");
    settings.put("inter.broker.listener.name", "CERTIFICATE");
    settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
    settings.put("listener.name.login.scram-sha-512.sasl.jaas.config", SCRAM + ";");
    settings.put("listener.name.certificate.ssl.client.auth", "required");
    settings.put("listener.name.controller.ssl.client.auth", "required");
    settings.put("ssl.principal.mapping.rules", "RULE:^CN=([^,]+).*$/$1/,DEFAULT");
    settings.putAll(tls(keys));
    settings.put("authorizer.class.name", StandardAuthorizer.class.getName());
    settings.put("super.users", "User:admin;User:broker");
    for (String name :
        List.of(
            "offsets.topic.replication.factor",
            "offsets.topic.num.partitions",
            "transaction.state.log.replication.factor",
            "transaction.state.log.min.isr",
            "transaction.state.log.num.partitions",
            "share.coordinator.state.topic.replication.factor",
            "share.coordinator.state.topic.min.isr")) {
      settings.put(name, "1");
    }
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("auto.create.topics.enable", "false");
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 * 1024 * 1024));
    return settings;
  }

  private Properties tls(Path keys) {
    Properties tls = trusting(certificates);
    tls.put("ssl.keystore.location", keys.toString());
    tls.put("ssl.keystore.password", Certificates.PASSWORD);
    return tls;
  }

  private static Properties trusting(Certificates authority) {
    Properties trust = new Properties();
    trust.put("ssl.truststore.location", authority.trustStore().toString());
    trust.put("ssl.truststore.password", Certificates.PASSWORD);
    return trust;
  }

  /** How this user logs in, trusting this authority. */
  Properties login(String user, String password, Certificates authority) {
    Properties client = trusting(authority);
    client.put("bootstrap.servers", "127.0.0.1:" + loginPort);
    client.put("security.protocol", "SASL_SSL");
    client.put("sasl.mechanism", "SCRAM-SHA-512");
    client.put(
        "sasl.jaas.config", "%s username=\"%s\" password=\"%s\";".formatted(SCRAM, user, password));
    return client;
  }

  /** How this user logs in. */
  Properties login(String user) {
    return login(user, password(user), certificates);
  }

  /** How whoever has these keys shows a certificate. */
  Properties certificate(Path keys) {
    Properties client = tls(keys);
    client.put("bootstrap.servers", "127.0.0.1:" + certificatePort);
    client.put("security.protocol", "SSL");
    return client;
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}

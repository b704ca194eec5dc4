package io.sluice.watching;

import io.sluice.cli.lab.BrokerMain;
import io.sluice.schemas.TopicCatalogue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.awaitility.Awaitility;

/** A real broker on the loopback interface, in a process of its own. */
final class Broker implements AutoCloseable {

  private final Process process;
  private final String bootstrapServers;

  private Broker(Process process, String bootstrapServers) {
    this.process = process;
    this.bootstrapServers = bootstrapServers;
  }

  static Broker start(Path directory) throws IOException {
    int port = freePort();
    Process process =
        Java.start(
            directory.resolve("broker.log"),
            List.of("-Xmx256m", "-Dlogback.configurationFile=broker-logback.xml"),
            BrokerMain.class.getName(),
            List.of(directory.resolve("broker").toString(), "127.0.0.1", Integer.toString(port)));
    Broker broker = new Broker(process, "127.0.0.1:" + port);
    Map<String, Object> settings =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers);
    try (Admin admin = Admin.create(settings)) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(90))
          .ignoreExceptions()
          .until(() -> admin.describeCluster().nodes().get(2, TimeUnit.SECONDS).size() == 1);
      TopicCatalogue.ensure(admin, 1, (short) 1);
    }
    return broker;
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  /** The broker listens on it, and its controller on the next one. */
  private static int freePort() throws IOException {
    while (true) {
      try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        int port = one.getLocalPort();
        try (ServerSocket _ = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
          return port;
        } catch (IOException | IllegalArgumentException _) {
          // The next one is taken, so this one is of no use either: try others.
        }
      }
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

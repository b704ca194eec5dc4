package io.sluice.cli.audit;

import io.sluice.cli.lab.BrokerMain;
import io.sluice.cli.lab.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** A real broker, a process of its own on the loopback interface. */
final class LoopbackBroker implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final int HEAP_MEBIBYTES = 256;

  private final Program program;
  private final String bootstrapServers;

  private LoopbackBroker(Program program, String bootstrapServers) {
    this.program = program;
    this.bootstrapServers = bootstrapServers;
  }

  /** Starts it, and returns when it answers. */
  static LoopbackBroker start(Path directory) {
    int port = freePort();
    Program program =
        Program.start(
            new Program.Plan(
                "broker",
                Optional.empty(),
                BrokerMain.class.getName(),
                HEAP_MEBIBYTES,
                List.of("-Dlogback.configurationFile=broker-logback.xml"),
                List.of(
                    directory.resolve("broker").toString(), "127.0.0.1", Integer.toString(port)),
                directory,
                false));
    LoopbackBroker broker = new LoopbackBroker(program, "127.0.0.1:" + port);
    try {
      program.awaitReady(START_LIMIT);
      return broker;
    } catch (RuntimeException e) {
      broker.close();
      throw e;
    }
  }

  /** The broker listens on it, and its controller on the next one. */
  private static int freePort() {
    while (true) {
      try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        int port = one.getLocalPort();
        try (ServerSocket _ = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
          return port;
        } catch (IOException | IllegalArgumentException _) {
          // The next one is taken, so this one is of no use either: try others.
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  Properties clientProperties() {
    Properties properties = new Properties();
    properties.setProperty("bootstrap.servers", bootstrapServers);
    return properties;
  }

  @Override
  public void close() {
    program.close();
  }
}

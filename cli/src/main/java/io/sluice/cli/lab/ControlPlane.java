package io.sluice.cli.lab;

import io.sluice.schemas.TopicCatalogue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** A broker and an allocator on the loopback of the sandbox, and nothing else of a cluster. */
public final class ControlPlane implements AutoCloseable {

  /** Where Kafka is. */
  public static final String BOOTSTRAP_SERVERS = "127.0.0.1:" + Programs.KAFKA_PORT;

  private static final int BROKER_HEAP_MEBIBYTES = 512;
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final Program broker;
  private final Program allocator;

  private ControlPlane(Program broker, Program allocator) {
    this.broker = broker;
    this.allocator = allocator;
  }

  /**
   * Starts both and returns when the allocator is ready.
   *
   * @param scratch for the broker's data and the logs
   * @param allocatorHeapMebibytes the most heap the allocator may have
   * @throws LabException outside of a sandbox, or if one does not start
   */
  public static ControlPlane start(String cluster, Path scratch, int allocatorHeapMebibytes) {
    Sandbox.require();
    Commands.ip(List.of("link set lo up"));
    Program broker =
        program(
            "broker",
            BrokerMain.class.getName(),
            BROKER_HEAP_MEBIBYTES,
            List.of(
                "-Dlogback.configurationFile=broker-logback.xml",
                "--sun-misc-unsafe-memory-access=allow"),
            List.of(
                scratch.resolve("broker").toString(),
                "127.0.0.1",
                Integer.toString(Programs.KAFKA_PORT)),
            scratch);
    try {
      broker.awaitReady(START_LIMIT);
      makeTopics();
      Program allocator =
          program(
              "allocator",
              "io.sluice.allocator.Main",
              allocatorHeapMebibytes,
              // It is measured as it runs in production: with the optimizing compiler.
              List.of("-XX:TieredStopAtLevel=4"),
              List.of("--bootstrap-servers", BOOTSTRAP_SERVERS, "--cluster", cluster),
              scratch);
      ControlPlane plane = new ControlPlane(broker, allocator);
      allocator.awaitReady(START_LIMIT);
      return plane;
    } catch (RuntimeException | Error e) {
      broker.close();
      throw e;
    }
  }

  /** The allocator's process. */
  public Program allocator() {
    return allocator;
  }

  private static void makeTopics() {
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, BOOTSTRAP_SERVERS))) {
      TopicCatalogue.ensure(admin, 1, (short) 1);
    }
  }

  private static Program program(
      String name,
      String main,
      int heapMebibytes,
      List<String> jvmArguments,
      List<String> arguments,
      Path directory) {
    return Program.start(
        new Program.Plan(
            name,
            Optional.empty(),
            main,
            heapMebibytes,
            jvmArguments,
            arguments,
            directory,
            false));
  }

  @Override
  public void close() {
    allocator.close();
    broker.close();
  }
}

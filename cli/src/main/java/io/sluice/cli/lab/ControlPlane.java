package io.sluice.cli.lab;

import io.sluice.schemas.TopicCatalogue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Brokers and allocators on the loopback of the sandbox, and nothing else of a cluster. */
public final class ControlPlane implements AutoCloseable {

  /** Where Kafka is, when it is a single broker. */
  public static final String BOOTSTRAP_SERVERS = "127.0.0.1:" + Programs.KAFKA_PORT;

  private static final int BROKER_HEAP_MEBIBYTES = 1024;

  /**
   * With a small heap there is a collection of 12 ms every three seconds, and that is what would be
   * measured. Most of this one is for what is young, so that collections are seldom.
   */
  private static final List<String> BROKER_OPTIONS =
      List.of(
          "-XX:TieredStopAtLevel=4",
          "-Xmn640m",
          "-Dlogback.configurationFile=broker-logback.xml",
          "--sun-misc-unsafe-memory-access=allow");

  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final Plan plan;
  private final List<Program> brokers = new ArrayList<>();
  private final List<Program> allocators = new ArrayList<>();

  /**
   * What to start.
   *
   * @param cluster the cluster's name on the topics
   * @param scratch for the brokers' data and the logs
   * @param brokers how many
   * @param allocators how many
   * @param allocatorHeapMebibytes the most heap each allocator may have
   * @param allocatorArguments further arguments of each
   */
  public record Plan(
      String cluster,
      Path scratch,
      int brokers,
      int allocators,
      int allocatorHeapMebibytes,
      List<String> allocatorArguments) {

    public Plan {
      allocatorArguments = List.copyOf(allocatorArguments);
    }

    private BrokerPlan broker(int number) {
      return new BrokerPlan(
          scratch.resolve("broker-" + number), "127.0.0.1", Programs.KAFKA_PORT, number, brokers);
    }
  }

  private ControlPlane(Plan plan) {
    this.plan = plan;
  }

  /**
   * Starts a broker and an allocator and returns when the allocator is ready.
   *
   * @param scratch for the broker's data and the logs
   * @param allocatorHeapMebibytes the most heap the allocator may have
   * @throws LabException outside of a sandbox, or if one does not start
   */
  public static ControlPlane start(String cluster, Path scratch, int allocatorHeapMebibytes) {
    return start(new Plan(cluster, scratch, 1, 1, allocatorHeapMebibytes, List.of()));
  }

  /**
   * Starts everything and returns when every allocator is ready.
   *
   * @throws LabException outside of a sandbox, or if one does not start
   */
  public static ControlPlane start(Plan plan) {
    Sandbox.require();
    Commands.ip(List.of("link set lo up"));
    ControlPlane plane = new ControlPlane(plan);
    try {
      plane.bringUp();
      return plane;
    } catch (RuntimeException | Error e) {
      plane.close();
      throw e;
    }
  }

  private void bringUp() {
    for (int number = 1; number <= plan.brokers(); number++) {
      brokers.add(broker(plan.broker(number)));
    }
    brokers.forEach(broker -> broker.awaitReady(START_LIMIT));
    makeTopics();
    for (int number = 1; number <= plan.allocators(); number++) {
      allocators.add(allocator(number));
    }
    allocators.forEach(allocator -> allocator.awaitReady(START_LIMIT));
  }

  /** The first allocator's process. */
  public Program allocator() {
    return allocators.getFirst();
  }

  /** All allocators. */
  public List<Program> allocators() {
    return Collections.unmodifiableList(allocators);
  }

  /** Where Kafka is. */
  public String bootstrapServers() {
    return plan.broker(1).bootstrapServers();
  }

  /** What a Kafka client needs. */
  public Properties clientProperties() {
    Properties client = new Properties();
    client.setProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
    return client;
  }

  private void makeTopics() {
    try (Admin admin = Admin.create(clientProperties())) {
      TopicCatalogue.ensure(admin, 1, (short) plan.broker(1).replication());
    }
  }

  private Program broker(BrokerPlan broker) {
    return program(
        "broker-" + broker.number(),
        BrokerMain.class.getName(),
        BROKER_HEAP_MEBIBYTES,
        BROKER_OPTIONS,
        broker.arguments());
  }

  private Program allocator(int number) {
    String name = "allocator-" + number;
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--bootstrap-servers",
                bootstrapServers(),
                "--cluster",
                plan.cluster(),
                "--topic-replication",
                Integer.toString(plan.broker(1).replication()),
                "--state-dir",
                plan.scratch().resolve(name).toString()));
    arguments.addAll(plan.allocatorArguments());
    return program(
        name,
        "io.sluice.allocator.Main",
        plan.allocatorHeapMebibytes(),
        // It is measured as it runs in production: with the optimizing compiler, as the brokers.
        List.of("-XX:TieredStopAtLevel=4"),
        arguments);
  }

  private Program program(
      String name,
      String main,
      int heapMebibytes,
      List<String> jvmArguments,
      List<String> arguments) {
    return Program.start(
        new Program.Plan(
            name,
            Optional.empty(),
            main,
            heapMebibytes,
            jvmArguments,
            arguments,
            plan.scratch(),
            false));
  }

  @Override
  public void close() {
    allocators.forEach(Program::close);
    brokers.forEach(Program::close);
  }
}

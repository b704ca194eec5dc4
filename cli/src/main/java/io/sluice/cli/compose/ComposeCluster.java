package io.sluice.cli.compose;

import io.sluice.cli.lab.LabException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The cluster of {@code docker-compose.yml}: Sluice's images, three nodes, Pods and an outside
 * host. Closing it removes every container and network.
 */
public final class ComposeCluster implements AutoCloseable {

  /** An address of the outside host that the policy names as a destination. */
  public static final String MATCHED_DESTINATION = "203.0.113.10";

  /** An address of the outside host that no policy names. */
  public static final String OTHER_DESTINATION = "198.51.100.10";

  /** The policy of {@code deploy/compose/manifests}. */
  public static final String POLICY = "alice-paul";

  private static final int NODES = 3;

  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final JsonMapper JSON = new JsonMapper();

  private final Compose compose;

  private ComposeCluster(Compose compose) {
    this.compose = compose;
  }

  /**
   * Starts it; first removes what an earlier one of this project name left.
   *
   * @param root the directory of the Compose files
   * @param project begins the names of containers and networks
   * @param brokers one or three
   */
  public static ComposeCluster start(Path root, String project, int brokers) {
    List<String> files = new ArrayList<>(List.of("docker-compose.yml"));
    if (brokers == 3) {
      files.add("docker-compose.three-brokers.yml");
    }
    Compose compose = Compose.of(root, project, files);
    compose.close();
    try {
      compose.up();
    } catch (RuntimeException e) {
      compose.close();
      throw e;
    }
    return new ComposeCluster(compose);
  }

  /** Compose itself. */
  public Compose compose() {
    return compose;
  }

  /**
   * Waits for the first translated packet.
   *
   * @return the floating IP that a matched Pod is seen with
   */
  public String awaitFirstTranslatedPacket() {
    return await(
            "alice-1 is seen with a floating IP",
            () -> source("alice-1", MATCHED_DESTINATION),
            source -> source.filter(it -> it.startsWith("10.40.1.")).isPresent())
        .orElseThrow();
  }

  /** The source address the outside host sees; empty without an answer within a second. */
  public Optional<String> source(String pod, String destination) {
    try {
      return Optional.of(exec(pod, "sluice", "probe", destination).strip());
    } catch (LabException _) {
      // The command says so by its exit code when there was no answer.
      return Optional.empty();
    }
  }

  /** Waits until a Pod is seen as expected, and returns what it is seen as at the end. */
  public Optional<String> awaitSource(String pod, String destination, String expected) {
    return await(
        "%s is seen by %s as %s".formatted(pod, destination, expected),
        () -> source(pod, destination),
        source -> source.filter(expected::equals).isPresent());
  }

  /** What {@code sluice status} says. */
  public JsonNode status() {
    return JSON.readTree(compose.runOnce("cli", "status", "--output", "json"));
  }

  /** Who carries a floating IP. */
  public record Holder(String node, long epoch) {}

  /** The node whose kernel carries a floating IP, once there is one that the condition accepts. */
  public Holder awaitHolder(String floatingIp, Predicate<Holder> accepted) {
    return await(
            floatingIp + " is carried by a node as expected",
            () -> holder(floatingIp),
            holder -> holder.filter(accepted).isPresent())
        .orElseThrow();
  }

  /**
   * Waits until every node carries one of the floating IPs, of which there are as many as nodes:
   * before that they move to the nodes that started last.
   */
  public void awaitBalance() {
    await(
        "each node carries a floating IP",
        () -> carried().map(ip -> ip.path("node").asString()).collect(Collectors.toSet()),
        nodes -> nodes.size() == NODES);
  }

  private Stream<JsonNode> carried() {
    return status()
        .path("floatingIPs")
        .valueStream()
        .filter(ip -> ip.path("inTheKernel").asBoolean());
  }

  private Optional<Holder> holder(String floatingIp) {
    return carried()
        .filter(ip -> ip.path("address").asString().equals(floatingIp))
        .map(ip -> new Holder(ip.path("node").asString(), ip.path("epoch").asLong()))
        .findFirst();
  }

  /** Waits until a service's health check says that it is well. */
  public void awaitHealthy(String service) {
    List<String> inspect =
        List.of(
            "docker",
            "inspect",
            "--format",
            "{{.State.Health.Status}}",
            compose.container(service));
    await(
        service + " is healthy",
        () -> Compose.run(inspect, Path.of(".")).strip(),
        "healthy"::equals);
  }

  /**
   * Starts a probe in a Pod that sends a packet every millisecond; returns when one is answered.
   */
  public PodProbe probe(String pod) {
    return PodProbe.start(compose.container(pod), MATCHED_DESTINATION);
  }

  /** A power cut. */
  public void killNode(String node) {
    compose.kill(node);
  }

  /** Runs a command in a container, and returns its standard output. */
  public String exec(String service, String... command) {
    List<String> all = new ArrayList<>(List.of("docker", "exec", compose.container(service)));
    all.addAll(List.of(command));
    return Compose.run(all, Path.of("."));
  }

  private static <T> T await(String what, Supplier<T> reading, Predicate<T> condition) {
    Instant end = Instant.now().plus(START_LIMIT);
    while (true) {
      T read = reading.get();
      if (condition.test(read)) {
        return read;
      }
      if (Instant.now().isAfter(end)) {
        throw new LabException(
            "not within %d s: %s; it is %s".formatted(START_LIMIT.toSeconds(), what, read));
      }
      try {
        Thread.sleep(POLL);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LabException("interrupted while waiting: " + what, e);
      }
    }
  }

  @Override
  public void close() {
    compose.close();
  }
}

package io.sluice.agent;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.agent.core.DataPlaneException;
import io.sluice.agent.core.LeakGuardMode;
import io.sluice.agent.core.LeaseRenewal;
import io.sluice.agent.core.WireWatch;
import io.sluice.agent.kernel.LinuxDataPlane;
import io.sluice.agent.kernel.VxlanSettings;
import io.sluice.agent.kernel.WallClock;
import io.sluice.kafka.KafkaOptions;
import io.sluice.operations.Health;
import io.sluice.operations.OperationsOptions;
import io.sluice.operations.ProgramMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The node agent: makes the kernel of its node carry what was decided. */
@Command(
    name = "sluice-agent",
    mixinStandardHelpOptions = true,
    versionProvider = AgentVersion.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = {
      "Makes the kernel of this node carry what the allocator has decided: floating IPs, routes and"
          + " address translation. Beats, and reports what it has done.",
      "",
      "A signal to stop (SIGTERM) lets go of the floating IPs, so that they move at once. The rules"
          + " stay: packets of matched Pods go on leaving through other nodes, or not at all."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sluice-agent --bootstrap-servers kafka:9092 --cluster prod --nic eth0",
      "  sluice-agent --node-name node-1 --profile fast --keep-on-stop",
      "  sluice-agent --remove-all",
      "",
      "Needs CAP_NET_ADMIN and CAP_NET_RAW in the network namespace of the node. A small heap is"
          + " enough: java -Xmx48m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
          + " --enable-native-access=ALL-UNNAMED; more only above 20,000 matched Pods.",
      "Exit codes: 0 ended as asked, 1 operating failure, 2 wrong usage."
    })
public final class Main implements Callable<Integer> {

  private static final Logger log = LoggerFactory.getLogger(Main.class);

  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(30);
  private static final Duration FAREWELL = Duration.ofSeconds(2);
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  @Spec private CommandSpec command;
  @Mixin private KafkaOptions kafka;

  @Option(
      names = {"--node-name", "--node"},
      paramLabel = "NAME",
      defaultValue = "${env:NODE_NAME}",
      description = "The node's name in Kubernetes (default: $NODE_NAME, or the host name).")
  private String nodeName;

  @Option(
      names = "--nic",
      paramLabel = "NAME",
      description =
          "The network interface that carries floating IPs (default: that of the default route).")
  private String nic;

  @Mixin private LeaseOptions lease;
  @Mixin private OperationsOptions operations = new OperationsOptions(OperationsOptions.AGENT_PORT);

  @Option(
      names = "--leak-guard",
      paramLabel = "closed|open",
      defaultValue = "closed",
      description =
          "What happens to packets that would leave the cluster, of a Pod of which is not known yet"
              + " whether a policy matches it: closed drops them, so that nothing of a matched Pod"
              + " ever leaves with a node's address; open lets them out (default: closed).")
  private LeakGuardMode leakGuard = LeakGuardMode.CLOSED;

  @Option(
      names = "--vxlan-port",
      paramLabel = "PORT",
      description =
          "The UDP port of the tunnel between nodes on different segments; the same on all nodes"
              + " (default: 4799).")
  private int vxlanPort = VxlanSettings.DEFAULT.udpPort();

  @Option(
      names = "--keep-on-stop",
      description =
          "A signal to stop means a restart: the allocator is told so and lets the floating IPs"
              + " stay for a while; everything is left in the kernel. For upgrades in place.")
  private boolean keepOnStop;

  @Option(
      names = "--remove-all",
      description =
          "Takes away everything that Sluice made in the kernel of this node, and ends. Kafka is"
              + " not needed. Stop the agent first.")
  private boolean removeAll;

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public Integer call() throws InterruptedException {
    VxlanSettings tunnel = tunnel();
    String interfaceName = interfaceName();
    try (LinuxDataPlane dataPlane = LinuxDataPlane.open(interfaceName, tunnel)) {
      if (removeAll) {
        dataPlane.removeAll();
        log.info("removed everything that Sluice made on {}", interfaceName);
        return CommandLine.ExitCode.OK;
      }
      AgentSettings settings =
          new AgentSettings(
              nodeName(),
              UUID.randomUUID().toString(),
              AgentVersion.text(),
              lease.lease(),
              CHECK_INTERVAL,
              FAREWELL,
              leakGuard);
      log.info(
          "agent {} of node {} on {}, beat {} ms, lease {} ms",
          settings.version(),
          settings.node(),
          interfaceName,
          lease.beatInterval().toMillis(),
          lease.lease().toMillis());
      Tenure tenure =
          new Tenure(
              dataPlane.fence(),
              new LeaseRenewal(lease.lease(), lease.restartLease()),
              new WireWatch(lease.lease()),
              System::nanoTime,
              WallClock::nanos);
      Health health = new Health();
      PrometheusRegistry registry = ProgramMetrics.registry();
      AgentMetrics metrics = new AgentMetrics(registry);
      metrics.counted(
          dataPlane::guardCounters, dataPlane::fenceCounters, dataPlane::waitingCounters);
      AgentProcess process =
          new AgentProcess(
              settings,
              lease.beatInterval(),
              kafka,
              dataPlane,
              tenure,
              keepOnStop,
              health,
              metrics);
      try (var _ = operations.start(registry, health)) {
        process.run();
      }
      return CommandLine.ExitCode.OK;
    } catch (DataPlaneException e) {
      log.error("cannot work on {}", interfaceName, e);
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private VxlanSettings tunnel() {
    try {
      lease.check();
      return new VxlanSettings(
          VxlanSettings.DEFAULT.device(), vxlanPort, VxlanSettings.DEFAULT.networkId());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  private String interfaceName() {
    if (nic != null) {
      return nic;
    }
    return DefaultInterface.find()
        .orElseThrow(() ->
            new ParameterException(
                command.commandLine(),
                "--nic: this node has no default route; name the interface that carries"
                    + " floating IPs"));
  }

  private String nodeName() {
    if (nodeName != null && !nodeName.isBlank()) {
      return nodeName;
    }
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + HOST_NAME + "; give --node-name", e);
    }
  }
}

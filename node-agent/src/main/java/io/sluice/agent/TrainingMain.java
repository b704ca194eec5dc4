package io.sluice.agent;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.agent.core.DataPlane;
import io.sluice.agent.core.DataPlaneException;
import io.sluice.agent.core.KernelTables;
import io.sluice.agent.core.LeakGuardMode;
import io.sluice.agent.core.LeaseFence;
import io.sluice.agent.core.LeaseRenewal;
import io.sluice.agent.core.WireWatch;
import io.sluice.agent.kernel.LinuxDataPlane;
import io.sluice.agent.kernel.VxlanSettings;
import io.sluice.agent.kernel.WallClock;
import io.sluice.kafka.KafkaOptions;
import io.sluice.model.AgentReport.Nic;
import io.sluice.model.InterfaceAddress;
import io.sluice.model.IpAddress;
import io.sluice.model.LeaseMode;
import io.sluice.operations.Health;
import io.sluice.operations.OperationsOptions;
import io.sluice.operations.ProgramMetrics;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The agent on an imagined node, from which the JVM learns what to keep in an AOT cache (JEP 514):
 * the build of a container image has a Kafka but no right to change a kernel. Everything else is
 * the agent itself. It touches the real kernel as far as that lets it.
 */
@Command(name = "sluice-agent-training", description = "Trains an AOT cache for the agent.")
final class TrainingMain implements Callable<Integer> {

  private static final Logger log = LoggerFactory.getLogger(TrainingMain.class);
  private static final Duration LEASE = Duration.ofMillis(400);
  private static final Duration RESTART_LEASE = Duration.ofSeconds(5);
  private static final Duration BEAT = Duration.ofMillis(100);
  private static final Duration CHECK = Duration.ofSeconds(1);

  @Mixin private KafkaOptions kafka;
  @Mixin private OperationsOptions operations = new OperationsOptions(OperationsOptions.AGENT_PORT);

  private TrainingMain() {}

  public static void main(String[] arguments) {
    // Parsing the real options is part of every start.
    Main.commandLine().parseArgs("--node-name", "node-1", "--bootstrap-servers", "localhost:9092");
    System.exit(new CommandLine(new TrainingMain()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    touchKernel();
    AgentSettings settings =
        new AgentSettings(
            "node-1", "training", AgentVersion.text(), LEASE, CHECK, CHECK, LeakGuardMode.CLOSED);
    Tenure tenure =
        new Tenure(
            new ImaginedFence(),
            new LeaseRenewal(LEASE, RESTART_LEASE),
            new WireWatch(LEASE),
            System::nanoTime,
            WallClock::nanos);
    Health health = new Health();
    PrometheusRegistry registry = ProgramMetrics.registry();
    AgentMetrics metrics = new AgentMetrics(registry);
    AgentProcess process =
        new AgentProcess(settings, BEAT, kafka, new ImaginedNode(), tenure, false, health, metrics);
    try (var _ = operations.start(registry, health)) {
      process.run();
    }
    return CommandLine.ExitCode.OK;
  }

  private static void touchKernel() {
    try (LinuxDataPlane real = LinuxDataPlane.open("lo", VxlanSettings.DEFAULT)) {
      real.observe();
    } catch (DataPlaneException e) {
      log.info("the kernel was touched as far as it allows: {}", e.getMessage());
    }
  }

  /** A kernel that agrees to everything. */
  private static final class ImaginedNode implements DataPlane {

    private KernelTables tables = KernelTables.EMPTY;

    @Override
    public Nic nic() {
      return new Nic("eth0", "02:00:00:00:00:01", List.of(InterfaceAddress.parse("10.40.0.11/16")));
    }

    @Override
    public boolean hasCarrier() {
      return true;
    }

    @Override
    public void install() {
      log.debug("nothing to install in an imagined kernel");
    }

    @Override
    public synchronized KernelTables observe() {
      return tables;
    }

    @Override
    public synchronized void apply(KernelTables from, KernelTables to) {
      tables = to;
    }

    @Override
    public void announce(IpAddress floatingIp) {
      log.debug("nobody hears about {}", floatingIp);
    }

    @Override
    public void ask(IpAddress floatingIp) {
      log.debug("nobody answers for {}", floatingIp);
    }

    @Override
    public void onClaim(ClaimListener listener) {
      log.debug("nobody claims anything in an imagined kernel");
    }

    @Override
    public void onDrift(Runnable listener) {
      log.debug("nothing drifts in an imagined kernel");
    }

    @Override
    public void close() {
      log.debug("nothing to close");
    }

    @Override
    public void removeAll() {
      tables = KernelTables.EMPTY;
    }
  }

  /** Opens nothing, and says so. */
  private static final class ImaginedFence implements LeaseFence {

    @Override
    public void admit(SortedMap<LeaseMode, SortedSet<IpAddress>> addresses) {
      log.debug("admitted {}", addresses);
    }

    @Override
    public void shut(IpAddress address) {
      log.debug("shut {}", address);
    }

    @Override
    public void renew(LeaseMode mode, Deadline deadline) {
      log.debug("renewed {}", mode);
    }

    @Override
    public boolean prolong(LeaseMode mode, Deadline deadline) {
      return true;
    }

    @Override
    public SortedSet<IpAddress> open() {
      return Collections.emptySortedSet();
    }
  }
}

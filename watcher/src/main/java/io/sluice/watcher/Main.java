package io.sluice.watcher;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.kafka.KafkaOptions;
import io.sluice.kafka.Refusal;
import io.sluice.operations.Health;
import io.sluice.operations.OperationsOptions;
import io.sluice.operations.ProgramMetrics;
import io.sluice.schemas.TopicCatalogueException;
import io.sluice.watcher.kubernetes.KubernetesCluster;
import io.sluice.watcher.manifests.EventFile;
import io.sluice.watcher.manifests.ManifestSource;
import io.sluice.watcher.manifests.StatusDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code sluice-watcher}. */
@Command(
    name = "sluice-watcher",
    mixinStandardHelpOptions = true,
    description = "Publishes Kubernetes objects to Kafka, and shows the statuses that come back.",
    subcommands = {Main.ManifestsCommand.class, Main.KubernetesCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  sluice-watcher manifests --directory ./cluster --status-dir ./status",
      "  sluice-watcher kubernetes --cluster prod-1 --bootstrap-servers kafka:9092",
      "",
      "Exit codes: 0 ended as asked, 1 failed (a restart publishes what was missed), 2 wrong"
          + " usage."
    })
public final class Main implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Main.class);

  private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

  @Spec private CommandSpec command;

  /** Runs the program and ends the process. */
  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  /** Runs the program and returns its exit code. */
  static int execute(String... arguments) {
    return new CommandLine(new Main()).execute(arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(command.commandLine(), "Say where the objects come from.");
  }

  /** {@code sluice-watcher manifests}. */
  @Command(
      name = "manifests",
      mixinStandardHelpOptions = true,
      description = {
        "Publishes the objects of a directory of manifests (*.yaml, *.yml), and follows it.",
        "",
        "A removed file or document deletes its objects. A file with an error changes nothing until"
            + " it is mended."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  sluice-watcher manifests --directory ./cluster --status-dir ./status --cluster local",
        "  sluice-watcher manifests --directory /etc/sluice/cluster --bootstrap-servers kafka:9092"
      })
  static final class ManifestsCommand implements Callable<Integer> {

    /** Notifications do the work; this is for the one that gets lost. */
    private static final Duration RESCAN = Duration.ofSeconds(10);

    @Spec private CommandSpec command;
    @Mixin private KafkaOptions kafka;
    @Mixin private OperationsOptions operations = operations();

    @Option(
        names = "--directory",
        paramLabel = "DIR",
        required = true,
        description = "Where the manifests are.")
    private Path directory;

    @Option(
        names = "--status-dir",
        paramLabel = "DIR",
        description =
            "Where to write each object's status, one file an object, and events.log; made if"
                + " missing.")
    private Optional<Path> statusDirectory = Optional.empty();

    @Override
    public Integer call() throws Exception {
      if (!Files.isDirectory(directory)) {
        throw refused("--directory: %s is not a directory".formatted(directory));
      }
      if (statusDirectory.isPresent()) {
        Files.createDirectories(statusDirectory.get());
        if (Files.isSameFile(directory, statusDirectory.get())) {
          throw refused("--status-dir: must be another directory than --directory");
        }
      }
      return watch(
          kafka,
          operations,
          Election.alone(),
          new Terms.Parts(
              () -> new ManifestSource(directory, RESCAN, Clock.systemUTC()),
              statusDirectory.map(StatusDirectory::new),
              statusDirectory.map(EventFile::new)));
    }

    private ParameterException refused(String message) {
      return new ParameterException(command.commandLine(), message);
    }
  }

  /** {@code sluice-watcher kubernetes}. */
  @Command(
      name = "kubernetes",
      mixinStandardHelpOptions = true,
      description = "Publishes the objects of a Kubernetes cluster, and follows its API server.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  sluice-watcher kubernetes --cluster prod-1 --bootstrap-servers kafka:9092",
        "  sluice-watcher kubernetes --kubeconfig ~/.kube/config --context prod-1 --cluster prod-1"
      })
  static final class KubernetesCommand implements Callable<Integer> {

    @Spec private CommandSpec command;
    @Mixin private KafkaOptions kafka;
    @Mixin private OperationsOptions operations = operations();

    @Option(
        names = "--kubeconfig",
        paramLabel = "FILE",
        description = "How to reach the API server; otherwise the usual places are tried.")
    private Optional<Path> kubeconfig = Optional.empty();

    @Option(
        names = "--context",
        paramLabel = "NAME",
        description = "The context of the kubeconfig; otherwise its current one.")
    private Optional<String> context = Optional.empty();

    @Option(
        names = "--no-leader-election",
        description = {
          "Work at once instead of waiting for the Lease. Of several watchers of one cluster only"
              + " the one that began last can write all the same."
        })
    private boolean noLeaderElection;

    @Option(
        names = "--lease-namespace",
        paramLabel = "NAMESPACE",
        defaultValue = "sluice-system",
        description = "Where the Lease is (default: ${DEFAULT-VALUE}).")
    private String leaseNamespace;

    @Option(
        names = "--lease-name",
        paramLabel = "NAME",
        defaultValue = "sluice-watcher",
        description = {
          "The Lease whose holder works while other watchers stand by (default: ${DEFAULT-VALUE})."
        })
    private String leaseName;

    /** A Pod is called what its host is called. */
    private static String instance() {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException _) {
        // Only people read it: what tells watchers apart is not the name.
        return "sluice-watcher";
      }
    }

    @Override
    public Integer call() {
      if (kubeconfig.isPresent() && !Files.isReadable(kubeconfig.get())) {
        throw new ParameterException(
            command.commandLine(), "--kubeconfig: cannot read " + kubeconfig.get());
      }
      try (KubernetesCluster cluster = connect()) {
        log.info("following the API server {}", cluster.address());
        return watch(
            kafka,
            operations,
            noLeaderElection ? Election.alone() : election(cluster),
            new Terms.Parts(
                cluster::source,
                Optional.of(cluster.statusTarget()),
                Optional.of(cluster.eventTarget(instance()))));
      }
    }

    private KubernetesCluster connect() {
      try {
        return KubernetesCluster.connect(kubeconfig, context);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(command.commandLine(), "--context: " + e.getMessage(), e);
      }
    }

    /** A Pod that is made anew may have the name of the one before. */
    private Election election(KubernetesCluster cluster) {
      String identity = instance() + "_" + UUID.randomUUID();
      return cluster.election(leaseNamespace, leaseName, identity);
    }
  }

  private static OperationsOptions operations() {
    return new OperationsOptions(OperationsOptions.WATCHER_PORT);
  }

  /** Runs until SIGTERM or a failure, and returns the exit code. */
  private static int watch(
      KafkaOptions kafka, OperationsOptions operations, Election election, Terms.Parts parts) {
    Health health = new Health();
    PrometheusRegistry registry = ProgramMetrics.registry();
    WatcherMetrics metrics = new WatcherMetrics(registry);
    try (var _ = operations.start(registry, health)) {
      return run(new Terms(kafka, election, parts, health, metrics));
    }
  }

  private static int run(Terms terms) {
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(terms, ended), "stop"));
    try {
      terms.run();
      return CommandLine.ExitCode.OK;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      log.error("interrupted", e);
    } catch (TopicCatalogueException | IOException | FencedException e) {
      log.error("{}", e.getMessage());
    } catch (KafkaException | WatcherFailedException e) {
      Refusal.of(e)
          .ifPresentOrElse(
              refusal -> log.error("cannot go on: {}", refusal),
              () -> log.error("cannot go on", e));
    } finally {
      ended.countDown();
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static void stop(Terms terms, CountDownLatch ended) {
    try {
      if (ended.getCount() == 0) {
        // It ended by itself and has an exit code of its own.
        return;
      }
      terms.stop();
      if (ended.await(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        // Otherwise the exit code would be that of a signal: 143, as if it had failed.
        Runtime.getRuntime().halt(CommandLine.ExitCode.OK);
      }
      log.warn("not done within {} s; ending anyway", STOP_WITHIN.toSeconds());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

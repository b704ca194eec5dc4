package io.sluice.cli;

import io.sluice.cli.kubernetes.Kubeconfig;
import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.Program;
import io.sluice.cli.lab.Sandbox;
import io.sluice.cli.lab.kubernetes.LabApi;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Starts a local cluster, which then runs in the background. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Starts a cluster on this machine.",
      "",
      "A Kafka broker, watcher, allocator, and nodes as network namespaces with an agent each."
          + " Apply manifests by writing them into its directory.",
      "",
      "With --kubeconfig the nodes and Pods are objects of a real API server instead, and kubectl"
          + " does the rest. It needs Sluice's definitions (kubectl apply -k deploy), no nodes of"
          + " its own, and no controller that takes nodes without a kubelet for dead"
          + " (kube-controller-manager --controllers=*,-nodelifecycle,-nodeipam). Needs root."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the cluster is up",
      "1:it did not start, or one runs already",
      "2:wrong options"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice up",
      "  ./sluice up --nodes 5 --allocators 2",
      "  ./sluice up --foreground",
      "  ./sluice up --kubeconfig ~/.kube/config"
    })
final class UpCommand implements Callable<Integer> {

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration WATCH = Duration.ofMillis(500);

  @Spec private CommandSpec spec;

  @Mixin private LabOptions options;

  @Option(
      names = "--foreground",
      description = "Stay in the foreground and end the cluster on Ctrl-C.")
  private boolean foreground;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "Follow this API server, with all rights, instead of a directory of manifests.")
  private Optional<Path> kubeconfig = Optional.empty();

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description = "The context of the kubeconfig; otherwise its current one.")
  private Optional<String> context = Optional.empty();

  private final Terminal terminal = Terminal.standard();
  private final StateDirectory state = StateDirectory.standard();

  @Override
  public Integer call() throws Exception {
    if (context.isPresent() && kubeconfig.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--context: is one of a kubeconfig; add --kubeconfig FILE, or leave --context out for a"
              + " directory of manifests");
    }
    if (state.running().isPresent()) {
      throw new LabException(
          "a local cluster runs already: see ./sluice status, or end it with ./sluice down");
    }
    Optional<Kubeconfig> server = kubeconfig.map(file -> Kubeconfig.read(file, context));
    return foreground ? supervise(server) : startInBackground(server);
  }

  // ---- in the foreground of a sandbox
  // ------------------------------------------------------------

  private int supervise(Optional<Kubeconfig> server) throws InterruptedException {
    Sandbox.require();
    FileLock lock = state.claim();
    CountDownLatch ended = new CountDownLatch(1);
    terminal.line("Starting a cluster of namespaces on this machine:");
    LocalCluster cluster =
        LocalCluster.start(
            options.spec(), state.upDirectories(), server.map(LabApi::connect), terminal);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  cluster.shutDown();
                  state.clear(options.keepLogs());
                  ended.countDown();
                },
                "shutdown"));
    state.markReady();
    printHowToGoOn(server);
    while (lock.isValid()) {
      Thread.sleep(WATCH);
      cluster.programs().stream().filter(Program::failed).forEach(this::startAgain);
    }
    ended.await();
    return 0;
  }

  /** As Kubernetes would: a program that crashed, or was killed, is started again. */
  private void startAgain(Program program) {
    terminal.done(program.name() + " has ended by itself and is started again");
    program.start();
  }

  private void printHowToGoOn(Optional<Kubeconfig> server) {
    terminal.blank();
    terminal.line("The cluster is up. Go on with:");
    Path examples = Examples.directory();
    server.ifPresentOrElse(
        followed -> {
          terminal.line("  export KUBECONFIG=" + followed.file());
          terminal.line("  kubectl apply -f " + examples);
          terminal.line("  kubectl get ang,enp --all-namespaces");
        },
        () -> terminal.line("  cp %s/*.yaml %s/".formatted(examples, state.manifests())));
    terminal.line("  ./sluice status");
    terminal.line("  ./sluice run alice-2 -- bash -c 'cat </dev/tcp/203.0.113.10/7777'");
    terminal.line("  ./sluice logs allocator -f");
    terminal.line("  ./sluice down");
  }

  // ---- in the background
  // -------------------------------------------------------------------------

  private int startInBackground(Optional<Kubeconfig> server)
      throws IOException, InterruptedException {
    Files.createDirectories(state.up());
    Files.deleteIfExists(state.ready());
    Process supervisor = launch(server);
    int shown = 0;
    while (!Files.exists(state.ready())) {
      shown = show(shown);
      if (!supervisor.isAlive()) {
        show(shown);
        terminal.line("The cluster did not start. Its programs' logs: " + state.logs());
        return 1;
      }
      Thread.sleep(POLL);
    }
    // The last lines are written right after the cluster is up.
    Thread.sleep(POLL.multipliedBy(4));
    show(shown);
    return 0;
  }

  /** A session of its own, so that the cluster outlives this terminal. */
  private Process launch(Optional<Kubeconfig> server) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("setsid", Launcher.path(), "up", "--foreground"));
    command.addAll(options.arguments());
    server.ifPresent(followed -> command.add("--kubeconfig=" + followed.file()));
    context.ifPresent(name -> command.add("--context=" + name));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(state.console().toFile())
            .redirectErrorStream(true);
    builder.environment().put("SLUICE_NO_BUILD", "1");
    builder
        .environment()
        .put("SLUICE_COLOUR", Boolean.toString(Boolean.getBoolean("sluice.colour")));
    return builder.start();
  }

  /** Prints what is new, and returns how much has been printed. */
  private int show(int from) throws IOException {
    String text = Files.readString(state.console());
    int end = text.lastIndexOf('\n') + 1;
    if (end > from) {
      System.out.print(text.substring(from, end));
      System.out.flush();
    }
    return Math.max(end, from);
  }
}

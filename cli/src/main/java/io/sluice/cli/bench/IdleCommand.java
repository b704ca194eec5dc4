package io.sluice.cli.bench;

import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.LabSpec;
import io.sluice.cli.lab.LocalCluster;
import io.sluice.cli.lab.Program;
import io.sluice.cli.lab.Progress;
import io.sluice.cli.load.ProcessMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What programs cost that have nothing to do. */
@Command(
    name = "idle",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Processor time and resident memory of programs that have nothing to do.",
      "",
      "A cluster of namespaces with a gateway and a policy, at the defaults: agents beat every"
          + " 100 ms and renew the leases of what they carry, and nothing else happens. Read from"
          + " /proc, with the kernel's work on behalf of the programs. They run with the options of"
          + " deploy/jvm, as everywhere."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:measured", "1:a program ended", "2:wrong options"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./sluice bench idle",
      "  ./sluice bench idle --seconds 60 --allocators 2",
      "  ./sluice bench idle --threads          and which threads it was"
    })
final class IdleCommand implements Callable<Integer> {

  private static final int LEAST_SECONDS = 5;
  private static final int BUSIEST_THREADS = 6;
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String GATEWAY =
      """
      apiVersion: networking.gke.io/v1alpha1
      kind: AnthosNetworkGateway
      metadata: {namespace: kube-system, name: default}
      spec:
        floatingIPs: [10.40.1.100, 10.40.1.101, 10.40.1.102]
      """;
  private static final String POLICY =
      """
      apiVersion: networking.gke.io/v1alpha1
      kind: EgressNATPolicy
      metadata: {name: bench}
      spec:
        sources:
        - namespaceSelector: {matchLabels: {user: alice}}
        action: SNAT
        destinations: [{cidr: 203.0.113.0/24}]
      """;

  @Spec private CommandSpec spec;

  @Mixin private BenchOutput output;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "30",
      description = "For how long, 5 at least (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--settle-seconds",
      paramLabel = "N",
      defaultValue = "120",
      description =
          "How long the programs are left alone before: their compilers are at work for two minutes"
              + " (default: ${DEFAULT-VALUE}).")
  private int settleSeconds;

  @Option(
      names = "--allocators",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many; further ones stand by (default: ${DEFAULT-VALUE}).")
  private int allocators;

  @Option(names = "--threads", description = "Also the busiest threads of each program.")
  private boolean threads;

  @Override
  public Integer call() {
    check(seconds >= LEAST_SECONDS, "--seconds: at least 5, not " + seconds);
    check(settleSeconds >= 0, "--settle-seconds: not below 0, but is " + settleSeconds);
    check(allocators >= 1, "--allocators: at least 1, not " + allocators);
    Progress progress = output.progress();
    try (LocalCluster cluster =
        LocalCluster.start(LabSpec.of(3).withAllocators(allocators), progress)) {
      cluster.apply("gateway.yaml", GATEWAY);
      cluster.apply("policy.yaml", POLICY);
      cluster.awaitCarrier("10.40.1.102", LIMIT, _ -> true);
      pause(Duration.ofSeconds(settleSeconds));
      progress.done("left alone for %d s, measuring".formatted(settleSeconds));
      List<Program> programs = new ArrayList<>(cluster.allocators());
      List<Program> agents =
          cluster.spec().nodes().stream().map(node -> cluster.agent(node.name())).toList();
      programs.addAll(agents);
      List<ProcessorTime> before =
          programs.stream().map(program -> ProcessorTime.read(program.pid())).toList();
      pause(Duration.ofSeconds(seconds));
      List<Figure> figures = new ArrayList<>();
      for (int i = 0; i < programs.size(); i++) {
        figures.addAll(figures(programs.get(i), before.get(i), agents.contains(programs.get(i))));
      }
      return output.show(
          new BenchReport(
              "idle",
              "over %d s: processor time (user and system), then resident memory"
                  .formatted(seconds),
              "3 nodes carry an address each, at the defaults, and nothing changes",
              figures,
              List.of()));
    }
  }

  private List<Figure> figures(Program program, ProcessorTime before, boolean agent) {
    ProcessorTime after = ProcessorTime.read(program.pid());
    List<Figure> figures = new ArrayList<>();
    double share = after.percentSince(before);
    long resident = ProcessMemory.residentMebibytes(program.pid());
    String name = program.name();
    figures.add(
        agent
            ? Figure.atMost(1, name + ", processor", share, Figure.PERCENT_OF_CORE)
            : Figure.of(name + ", processor", share, Figure.PERCENT_OF_CORE));
    figures.add(
        agent
            ? Figure.atMost(100, name + ", resident", resident, Figure.MEBIBYTES)
            : Figure.of(name + ", resident", resident, Figure.MEBIBYTES));
    if (threads) {
      after
          .busiestSince(before, BUSIEST_THREADS)
          .forEach((thread, percent) ->
              figures.add(Figure.of("  " + name + ": " + thread, percent, Figure.PERCENT_OF_CORE)));
    }
    return figures;
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }

  private void check(boolean fine, String otherwise) {
    if (!fine) {
      throw new CommandLine.ParameterException(spec.commandLine(), otherwise);
    }
  }
}
